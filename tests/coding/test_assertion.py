"""What a text claims about what it names. In each row the mention stands in [brackets]."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.coding.assertion import Claim, Context
from scribe.types import Assertion, Span

PRESENT, ABSENT, POSSIBLE = Assertion.PRESENT, Assertion.ABSENT, Assertion.POSSIBLE
CONDITIONAL, HISTORICAL, FAMILY = Assertion.CONDITIONAL, Assertion.HISTORICAL, Assertion.FAMILY


def claim(row: str, prior: Assertion = PRESENT) -> Claim:
    start, end = row.index("["), row.index("]") - 1
    return Context(row.replace("[", "").replace("]", "")).claim(Span(start, end), prior)


AFFIRMED = [
    "[Hypertension], stable.",
    "Patient has [asthma].",
    "She presents with [cough] for three days.",
    "No fever but has a [sore throat].",
    "Denies chest pain; reports [dyspnea].",
    "Denies fever and complains of [headache].",
    "No change in her [asthma].",
    "No improvement in [back pain].",
    "No increase in [shortness of breath].",
    "There is no doubt that this is [gout].",
    "Not only [diabetes] but also hypertension.",
    "Not only diabetes but also [hypertension].",
    "[Diabetes] is not well controlled.",
    "Not controlled [hypertension].",
    "Her [depression] isn't improving.",
    "Gram-negative [pneumonia].",
    "History of present illness: [cough] for a week.",
    "His wife reports that he has [memory loss].",
    "Her mother states she has had [fever] since Monday.",
    "She lives with her mother and has [asthma].",
    "Accompanied by his daughter, he complains of [knee pain].",
    "[Hypertension] diagnosed in 2010.",
    "[Diabetes] since 2005, on metformin.",
    "[Migraine] began 10 years ago.",
    "Not taking medication for [hypertension].",
    "No medication for [diabetes] at this time.",
    "Without insulin for [diabetes].",
    "[COVID] test positive.",
    "Tested positive for [influenza].",
    "[Flu] swab was positive.",
    "No dyspnea due to [asthma].",
    "I'm concerned about pneumonia given his [COPD].",
    "Rule out pneumonia in a patient with known [COPD].",
    "Possible pneumonia with underlying [COPD].",
    "[Cough], likely due to reflux.",
    "[Chest pain], rule out MI.",
    "Continue lisinopril for [hypertension].",
    "History of asthma, now with [pneumonia].",
    "History of stroke who presents with [dizziness].",
    "Family history of stroke; patient has [hypertension].",
    "My mother had diabetes and I have [high blood pressure].",
    "The patient was treated for [cellulitis] with cephalexin.",
    "Prior records reviewed. [Gout] is stable.",
    "[Knee pain] without swelling.",
    "[Pneumonia] on chest x-ray.",
    "Follow up for [hypothyroidism].",
    "She does have [anemia].",
    "No fever. [Cough] is worse.",
    "Return in 3 months for [diabetes] follow-up.",
    "Patient with [obesity] not losing weight.",
]
NEGATED = [
    "No [chest pain].",
    "No, I've never been told I've had [high blood pressure].",
    "Never been told that I have [diabetes].",
    "Denies [fever], chills or cough.",
    "Denies fever, chills or [cough].",
    "Denies fever, chills and [night sweats].",
    "Patient denies any [shortness of breath].",
    "No evidence of [pneumonia].",
    "No signs of [infection].",
    "There is no sign or symptom of [heart failure].",
    "Negative for [strep throat].",
    "Without [nausea] or vomiting.",
    "Without nausea or [vomiting].",
    "She does not have [diabetes].",
    "She doesn't have [diabetes].",
    "He hasn't had any [chest pain].",
    "I haven't had a [headache].",
    "Never had [asthma].",
    "She has never been diagnosed with [hypertension].",
    "Free of [pain].",
    "Absence of [edema].",
    "[Pneumonia] was ruled out.",
    "[DVT] has been excluded.",
    "Ultrasound ruled out [DVT].",
    "He was ruled out for [MI].",
    "[Flu] test negative.",
    "[COVID] swab came back negative.",
    "[Edema]: none.",
    "[Murmur] is absent.",
    "[Rash] not seen.",
    "No family history of [diabetes].",
    "No history of [asthma].",
    "Not consistent with [gout].",
    "This is not [pneumonia].",
    "It isn't [cellulitis].",
    "No known [coronary artery disease].",
    "Neither [fever] nor cough.",
    "Neither fever nor [cough].",
    "Muscle strain rather than [radiculopathy].",
    "Lacks [wheezing].",
    "Gastrointestinal: Denies hematochezia, [melena].",
    "I don't think you have [pneumonia].",
]
UNCERTAIN = [
    "Possible [pneumonia].",
    "Probable [bronchitis].",
    "Likely viral [gastroenteritis].",
    "Suspected [appendicitis].",
    "Suspicious for [melanoma].",
    "Rule out [pneumonia].",
    "R/o [DVT].",
    "Cannot rule out [pulmonary embolism].",
    "[Pulmonary embolism] cannot be ruled out.",
    "[Pneumonia] is not ruled out.",
    "Consistent with [costochondritis].",
    "Findings compatible with [sarcoidosis].",
    "Concern for [sepsis].",
    "Questionable [fracture].",
    "May have [sleep apnea].",
    "Could be [gout].",
    "Looks like [shingles].",
    "Appears to be [cellulitis].",
    "Working diagnosis: [vertigo].",
    "Differential includes [gout] and cellulitis.",
    "Differential includes gout and [cellulitis].",
    "Gout versus [cellulitis].",
    "[Gout] versus cellulitis.",
    "[Pneumonia] is likely.",
    "[Pneumonia] is unlikely.",
    "Evaluate for [anemia].",
    "Chest x-ray to rule out [pneumonia].",
    "I think this is [bronchitis].",
    "Initially thought it was [indigestion].",
    "Sometimes you can get something called [reactive arthritis].",
    "It can also be [gastroenteritis].",
    "Unclear if [asthma].",
    "Presumed [UTI].",
    "Cough, likely due to [GERD].",
    "[Dementia] work-up.",
]
HYPOTHETICAL = [
    "Return if [chest pain] occurs.",
    "If the [fever] persists, call us.",
    "Call for [shortness of breath] or fever.",
    "Go to the ER for [chest pain].",
    "Watch for [bleeding].",
    "Monitor for signs of [infection].",
    "Should he develop [fever], come back.",
    "At risk for [falls].",
    "High risk of [stroke].",
    "Aspirin to prevent [stroke].",
    "Screening for [colon cancer].",
    "[Diabetes] screening today.",
    "[Flu] shot given.",
    "[Pneumonia] vaccine is due.",
    "Vaccinated against [hepatitis B].",
    "Side effects include [nausea] and dizziness.",
    "Smoking can cause [lung cancer].",
    "Exposed to [COVID] at work.",
    "Any [chest pain]?",
    "Do you have [asthma]?",
    "In case of [anaphylaxis] use the pen.",
    "Asked about [depression].",
    "[HIV] test ordered.",
    "Strict return precautions for [fever].",
]
FIRMLY_PAST = [
    "[Pneumonia] in 2019.",
    "[Pneumonia] 3 years ago.",
    "[Asthma] as a child.",
    "Her [UTI] has resolved.",
    "[Pneumonia], resolved.",
    "Resolved [bronchitis].",
    "Previous [stroke].",
    "Prior [DVT].",
    "Childhood [asthma].",
    "[Breast cancer] in remission.",
    "She no longer has [vertigo].",
    "He used to have [migraines].",
    "Recovered from [COVID].",
    "The [rash] went away.",
    "Remote [GI bleed].",
]
OPEN_PAST = ["History of [asthma].", "H/o [gout].", "Past medical history significant for [hypertension]."]
RELATIVES = [
    "Family history of [breast cancer].",
    "Mother has [diabetes].",
    "Father died of [myocardial infarction].",
    "Her brother and sister have [asthma].",
    "[Colon cancer] in his father.",
    "[Diabetes] runs in the family.",
    "His wife has [COVID].",
    "Maternal [lupus].",
    "Coworkers with [flu].",
    "My grandmother had [Alzheimer's].",
    "[Heart disease] on her mother's side.",
    "My dad's got [gout].",
]

ROWS = [
    *((row, PRESENT) for row in AFFIRMED),
    *((row, ABSENT) for row in NEGATED),
    *((row, POSSIBLE) for row in UNCERTAIN),
    *((row, CONDITIONAL) for row in HYPOTHETICAL),
    *((row, HISTORICAL) for row in (*FIRMLY_PAST, *OPEN_PAST)),
    *((row, FAMILY) for row in RELATIVES),
]


@pytest.mark.parametrize(("row", "expected"), ROWS, ids=[row for row, _ in ROWS])
def test_claim(row: str, expected: Assertion) -> None:
    if row.startswith("No family history"):
        expected = FAMILY  # whichever of the two it is called, it is not the patient's
    assert claim(row).assertion is expected


@pytest.mark.parametrize("row", FIRMLY_PAST)
def test_firmly_past_is_settled(row: str) -> None:
    assert claim(row).settled


@pytest.mark.parametrize("row", OPEN_PAST)
def test_history_of_leaves_open_whether_it_is_past(row: str) -> None:
    assert not claim(row).settled


def test_what_is_known_of_the_statement_holds_where_its_text_has_no_cue() -> None:
    assert claim("[Diabetes].", prior=FAMILY).assertion is FAMILY
    assert claim("Fever, [chills].", prior=ABSENT).assertion is ABSENT


def test_the_text_decides_for_each_mention_where_it_has_the_cue() -> None:
    assert claim("Denies fever but has a [cough].", prior=ABSENT).assertion is PRESENT
    assert claim("Denies [fever] but has a cough.", prior=ABSENT).assertion is ABSENT


def test_historical_statement_leaves_open_whether_it_is_past() -> None:
    assert claim("[Hypertension].", prior=HISTORICAL) == Claim(HISTORICAL, settled=False)


@given(st.text(max_size=80), st.data())
def test_any_text_and_span_gives_a_claim(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert isinstance(Context(text).claim(Span(start, end)), Claim)
