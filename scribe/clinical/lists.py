"""The lists of words that patterns name in braces: `{person}`, `{count}`, `{unit}`."""

from __future__ import annotations

from functools import cache

from scribe.clinical import notation, people
from scribe.clinical.number_words import ONES, TENS, expanded

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
SMALL = rf"(?:{'|'.join(TENS)}) (?:- )?(?:{'|'.join(ONES)})|{expanded('{number:1-99}')}"
BODY = (
    "head|face|eye|ear|ear drum|nose|throat|neck|shoulder|arm|elbow|wrist|hand|finger|thumb|chest|breast|belly|"
    "stomach|abdomen|flank|groin|hip|leg|thigh|knee|calf|shin|ankle|foot|heel|toe|lung|kidney|jaw|cheek|temple|"
    "sinus|jawline|scalp|eyebrow|chin|lip|gum|mouth|armpit|rib|spine|tailbone|buttock|pelvis|big toe|"
    "index finger|ring finger|forehead|collarbone|shoulder blade|testicle|eyelid|nostril|knuckle|hamstring|"
    "nail|tongue|tonsil|belly button|tummy|forearm|sternum|breastbone|kneecap|bicep|tricep|achilles"
)

SPECIALISTS = (
    "cardiolog~|dermatolog~|neurolog~|neurosurg~|orthoped~|orthopaed~|ophthalmolog~|optometr~|optician|"
    "gastroenterolog~|gi|urolog~|nephrolog~|endocrinolog~|pulmonolog~|pulmonary|rheumatolog~|oncolog~|hematolog~|"
    "haematolog~|psychiatr~|psycholog~|gynecolog~|gynaecolog~|obstetric~|midwi~|podiatr~|dietitian|dietician|"
    "nutritionist|allergist|allergy|immunolog~|ent|ear , nose and throat|surgeon|surgeons|general surgery|"
    "vascular~|hand surgeon|pain clinic|pain management|pain specialist|physio|physiotherap~|physical therap~|"
    "occupational therap~|speech therap~|social worker|specialist|eye clinic|chest clinic|memory clinic|"
    "diabetes clinic|breast clinic|fracture clinic|sleep clinic|hospital|dentist|infectious disease~|genetic~|"
    "audiolog~|hospice|palliative care|crisis team|mental health team|early pregnancy unit"
)
AUXILIARY = "(?:just|really|also|still|has|have|had|been|is|are|was|were|'s|'ve|so|very|a|bit|started|keeps|keep|all)"
HURTS = "hurts?|hurting|aches?|aching|ached|sore|painful|throbs|throbbing|killing (?:me|him|her)|stings?|stinging"


@cache
def lists() -> dict[str, str]:
    """The regular expression of each list, over `Text.line`."""
    number = rf"(?:\d\S*|an?|{SMALL}|several|many|some) "
    few = rf"(?:{number}|a few |few |a couple (?:of )?|couple (?:of )?|half a )(?:plus |more )?"
    date = rf"(?:back )?in (?:(?:{MONTHS}) )?(?:19|20)\d\d |(?:back )?in \d\S* / (?:\d\S* / )?(?:19|20)\d\d "
    plural = "|".join(f"{part}s" for part in BODY.split("|") if part not in ("foot", "calf")) + "|feet|calves"
    return {
        "person": people.expression(),
        "years_ago": rf"{few}(?:years?|yrs|decades?) ago |years ago |{date}",
        "some_time_ago": r"half a year ago |(?:ages|a long time|a while|some time) (?:ago|back) |"
        rf"{few}(?:days?|weeks?|months?|summers?|winters?) (?:ago|back) ",
        "count": few,
        "number": rf"(?:\d\S*|{SMALL}) ",
        "my": r"(?:(?:my|your|his|her|the|their|both|one|this|that|a|an) )"
        r"(?:(?:left|right|lower|upper|low|other|whole|entire|big|little) )?",
        "hurts": rf"(?:{AUXILIARY} )*(?:{HURTS}) ",
        "pain": r"(?:(?:pains?|aches?|aching|soreness|discomfort|tightness|pressure) )",
        "specialist": rf"(?:{'|'.join(notation.expression(one, {}).rstrip() for one in SPECIALISTS.split('|'))}) ",
        "unit": "(?:minutes?|hours?|days?|nights?|weeks?|months?|years?|yrs|decades?) ",
        "body": rf"(?:{BODY}|{plural}) ",
        "day": rf"(?:{DAYS}) ",
        "month": rf"(?:{MONTHS}) ",
        "year": r"(?:19|20)\d\d ",
    }
