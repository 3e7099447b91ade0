# ruff: noqa: E501
"""Topic cues: patterns that give an utterance of a visit a section with high precision, used to label training data."""

import re

QUESTION = {
    "allergies": r"\ballerg(y|ies|ic)\b",
    "immunizations": r"\b(immuni[sz]|vaccin|flu (shot|jab)|booster|tetanus shot|your shots)",
    "surgical": r"\b(surger(y|ies)|operations?\b|operated|procedures? (done|in the past))",
    "family": r"\b(family history|run in (your|the) family|(in|anyone in|on) (your|the) family|family members?|"
    r"(medical|health) (conditions?|problems?|issues?|history) in (your|the) family|your (parents|siblings)|"
    r"(mother|father|mom|dad|parents|brothers?|sisters?|siblings|relatives)\b)",
    "social": r"\b(smok|cigarettes?|tobacco|alcohol|do you drink|drinker|recreational|illicit|marijuana|cannabis|weed|"
    r"vap(e|ing)\b|occupation|for (work|a living)|your (job|work)\b|do you work|live (with|alone|at)|do you live|"
    r"living (with|situation|at home)|at home with|exercise|your diet|sexually|partners?\b|married|travel(l?ed|ling)?|"
    r"pets\b|sick contacts|around (anyone|anybody))",
    "medications": r"\b(medications?|medicines?|prescriptions?|prescribed|over.the.counter|supplements?|vitamins?|"
    r"(taking|tried|take|taken) (anything|any))\b",
    "past_medical": r"\b(medical (conditions?|problems?|issues?|history|illness)|past medical|hospitali[sz]|chronic (con|ill)|"
    r"diagnosed with|long.?standing|otherwise healthy|health (problems?|conditions?|issues?)|history of|blood pressure|"
    r"diabetes|high cholesterol)\b",
    "ros": r"\b(any (other )?(symptoms|fevers?|chills|nausea)|fevers?|chills|night sweats|weight (loss|gain|changes?)|"
    r"los[st] any weight|appetite|nausea|nauseous|vomit|diarrh?o?ea|constipat|headaches?|dizz|light.?headed|rash(es)?|"
    r"vision|hearing|urin|pee\b|bowel|cough|sore throat|runny nose|congestion|short(ness)? of breath|"
    r"(trouble|difficulty|problems?) breathing|chest pain|palpitations?|racing|swelling|numbness|tingling|weakness|"
    r"bleeding|memory|joint|muscle (aches?|pains?)|fatigue|tired|sleep|mood|depress|anxi|fainted|taste|smell|wheez)",
    "hpi": r"\b(when did|how long|where (is|exactly|does)|scale (of|from)|describe|better or worse|make(s)? (it|the pain|that)|"
    r"radiat|travel(ing|s)? (any|to)|come on|how often|constant|happened before|had (this|anything like this) before|"
    r"the pain|getting (worse|better)|sharp|dull|started)",
}
QUESTION_ORDER = (
    "allergies", "immunizations", "surgical", "family", "past_medical_strong", "medications", "social", "past_medical",
    "hpi", "ros",
)  # fmt: skip
QUESTION["past_medical_strong"] = (
    r"\b(medical (conditions?|problems?|history)|past medical|hospitali[sz](ed|ations?)|otherwise healthy)\b"
)
CLINICIAN = {
    "vitals": r"\b(your (blood pressure|heart rate|pulse|temperature|oxygen|o2|sats?|saturation|weight|respirat\w+)[^?]{0,30} "
    r"(is|was|were|looks?|at|of)\b|vital signs|vitals\b|bpm\b|\d+ over \d+|\d{2,3}/\d{2,3}|beats per minute|saturation)",
    "plan": r"\b(i('m| am) (going to|gonna) (order|prescribe|start|refer|send|give|put|have|recommend|increase|write|schedule)|"
    r"we('ll| will| can| should)\b|i('ll| will) (order|prescribe|start|refer|send|give|put|have|recommend|increase|see)|"
    r"let's (start|get (a|an|some|you)|order|continue|increase|try|do (a|some))|"
    r"i (want|would like|'d like|wanna|do want|also want|also wanna) |"
    r"follow.?up (with|in|appointment)|come back|refer(ral)?\b|prescri|order (a|an|some)|i('d| would)? recommend|"
    r"continue (taking|with|on|your|the|to)|start (you|taking)|(increase|decrease) (your|the)|physical therapy|"
    r"you (should|need to|can take)|recommend|antibiotics?|get (you )?(a|an|some) (x-?ray|ct|mri|ultrasound|ecg|ekg|blood|swab|test))",
    "results": r"\b((your|the) [\w -]{0,30}(x-?rays?|mri|ct|ultrasound|ekg|ecg|echo\w*|labs?|blood ?work|a1c|hemoglobin|biopsy|"
    r"culture|tests?|panel|results?)\b[^?]{0,60}\b(show|came back|reveal|was|were|is|are|look|positive|negative|normal|elevated))",
    "exam": r"\b((on|your) (\w+ )?(physical )?exam(ination)?\b|lungs? (are|is|sound)|breath sounds|heart sounds|"
    r"regular rate|tender(ness)?|range of motion|palpat|murmur|edema|pulses|gait|reflexes|"
    r"i('m| am)? (just )?(going to|gonna|wanna) (\w+ ){0,4}(examine|take a look|listen|check|press|feel|look at)|"
    r"does (that|it|this) hurt|can you (bend|lift|turn|squeeze|open|say|walk|raise|straighten)|i (do )?(appreciate|see|feel|hear) "
    r"|swollen|erythema|bruising|clear to|bilaterally|deep breath)",
    "assessment": r"\b(i think (you|this|it|that|what)|you (likely|probably|most likely|may|might) have|it could be|"
    r"consistent with|for your (first|second|next|third|last) problem|impression|assessment|sounds like (you|this|it)|"
    r"most likely|suspicious|suspect|what we call|i believe|i'm (a little |a bit )?(concerned|worried)|looks like you|diagnosis|"
    r"seems like|concern(ed|ing) (for|about))",
}
CLINICIAN_ORDER = ("vitals", "results", "plan", "exam", "assessment")
CHATTER = (
    r"^\W*((hi|hello|hey|good (morning|afternoon|evening)|thank(s| you)|bye|goodbye|nice to (meet|see)|take care|"
    r"have a (good|great|nice)|you're welcome|no problem|no worries|sounds good|perfect|great|awesome|wonderful|of course|sure|"
    r"okay|ok|all right|alright|right|yeah|yep|yes|mm-?hmm?|uh-?huh|um|uh|got it|i see|gotcha|exactly|sorry|and|so|well|you too|"
    r"how are you( doing)?( today)?|i'm (good|fine|okay|well|doing (well|okay|good))|how can i help( you)?( today)?|"
    r"dr\.?|doctor|sir|ma'am|oh|no problem|that's (good|great|right|fine|okay)|good|nice|cool|absolutely|i understand|"
    r"any questions|do you have any (other )?questions( for me)?|my name is \w+|hey,? dragon)\W*)+$"
)
COMPILED = {name: re.compile(pattern, re.I) for name, pattern in {**QUESTION, **CLINICIAN, "other": CHATTER}.items()}


def question(text: str) -> str | None:
    """The section a clinician's question asks about, None where no cue says."""
    for name in QUESTION_ORDER:
        if COMPILED[name].search(text):
            return name.removesuffix("_strong")
    return None


def clinician(text: str) -> str | None:
    """The section of something a clinician says, None where no cue says."""
    for name in CLINICIAN_ORDER:
        if COMPILED[name].search(text):
            return name
    return None


def chatter(text: str) -> bool:
    """Whether the whole utterance is a courtesy or an acknowledgement."""
    return COMPILED["other"].match(text) is not None
