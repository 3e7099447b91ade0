"""Names, attributes and lists in note style.

    pain, side "left", site "lower abdomen", course "comes and goes"  -> "left pain in the lower abdomen, comes and goes"
    condition "you're gaining more weight"                            -> "gaining more weight"

Words keep what they claim: pronouns and helping verbs go, a number, a side or a denial never does. What cannot be put
so is empty, and its words are left to the transcript.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scribe.sections.person import gerund
from scribe.sections.realisation.told import Told
from scribe.sections.tokens import NAMED_TIMES
from scribe.types import AttributeKind, FindingKind

A = AttributeKind
WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
STEM = 4  # letters in which two forms of one word are alike
FEW = 3  # words of a name
SHORT = 5  # letters of what is a short form
NO_NAME = frozenset("any anything it that this them those go going some one ones since for".split())  # names nothing
SPOKEN = frozenset(
    "a lot up off out at on to all no more less pee keeping keep hurts hurt hurting is are was stings throbs keeps i my me not feel feels felt feeling so had has have got it he she his her your you we".split()
)
ANY = frozenset({"any", "medical problems", "chronic problems", "bowel problems"})
GENERAL = re.compile(
    r"(?:medical|health|chronic|other|heart|bowel|lung|kidney|stomach|skin) (?:problems?|conditions?|issues?|history)|any|medications?"
)
PERSONS = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|me|we|us|you|you're|you've|you'd|he|she|he's|she's|him|they|let's)\b", re.IGNORECASE
)
OWNED = re.compile(r"\b(?:my|your|his|her|their|our)\b", re.IGNORECASE)
FILLED = re.compile(
    r"\b(?:um+|uh+|er|erm|like|you know|i mean|kind of|sort of|just|really|actually|probably)\b[, ]*", re.IGNORECASE
)
AROUND = re.compile(r"^(?:about|around|approximately|roughly|maybe)\b ?", re.IGNORECASE)
TIMES_OF_DAY = re.compile(r"(?:this|last|yesterday|today|tonight|earlier|on |in |since |at |over )", re.IGNORECASE)
AGO = re.compile(r"\bago\b|\byesterday\b|\btoday\b|\bearlier\b", re.IGNORECASE)
SUBJECT = re.compile(
    r"^(?:(?:it|that|this|things|everything|they|there|you|the patient|he|she)(?:'s|'re| is| are| was| were| do| does| have| has|'ve|'d)?|i'm|i am|i)\s+",
    re.IGNORECASE,
)
SIDES = re.compile(r"\b(?:left|right|both|bilateral(?:ly)?)\b", re.IGNORECASE)
ARTICLE = re.compile(r"^(?:the|a|an|both|either|one|each|all|my|your|his|her)\b", re.IGNORECASE)
PLACED = re.compile(
    r"^(?:in|on|at|over|under|behind|above|below|around|across|along|near|between|inside|down|up|to|into|from|just)\b",
    re.IGNORECASE,
)
PLURAL = re.compile(r"(?:[^s]s|feet|teeth|hands)$", re.IGNORECASE)
PLACELESS = frozenset("pain numbness weakness tingling swelling rash itching stiffness tenderness bleeding".split())
EVENTS = frozenset({FindingKind.PROCEDURE, FindingKind.IMMUNIZATION})
HAPPENS = frozenset("injury fall seizure vomiting fainting loss of consciousness".split())


def name_of(told: Told) -> str:
    """What it is called: by its concept where the words agree with it, else by the words, where these are a name.

    "Tummy pain" and "short of breath" are called abdominal pain and shortness of breath, but a stiff neck is no neck
    pain.
    """
    concept, heard = told.concept, WORD.findall(told.heard_as.lower())
    stems = {word[:STEM] for word in heard}
    own = [word for word in WORD.findall(concept.lower()) if len(word) >= STEM]
    alike = bool(own) and own[-1][:STEM] in stems
    spoken = not heard or heard[-1] in NO_NAME or SPOKEN & set(heard) or any("n't" in word for word in heard)
    if spoken:
        return concept
    if told.kind is FindingKind.SYMPTOM:
        if len(heard) == 1:
            return f"feeling {heard[0]}" if heard[0].endswith("y") and not alike else concept
        return concept if alike or len(heard) > FEW else " ".join(heard)
    if len(heard) == 1 and len(heard[0]) <= SHORT and not alike:
        return concept  # "afib"
    if len(heard) > FEW + 1 or (alike and len(heard) <= len(WORD.findall(concept))):
        return concept
    return " ".join(heard)


def names_nothing(told: Told) -> bool:
    """Whether its name is no more than a word for all of its kind: "any medications", "medical problems"."""
    return told.concept in ANY or GENERAL.fullmatch(told.concept) is not None


def plain(text: str) -> str:
    """The words without fillers; empty where somebody speaks of himself or to somebody in them."""
    text = FILLED.sub("", " ".join(text.replace("\u2019", "'").split())).strip(" ,.;:!?-")
    text = OWNED.sub("the", text)
    return "" if PERSONS.search(text) or text.lower() in NO_NAME else small(text)


def small(text: str) -> str:
    """A small letter at the start, but for a name that has other capitals or is one letter."""
    first = text.split(" ", 1)[0]
    named = first.lower().rstrip(",") in NAMED_TIMES
    return text if named or first[1:] != first[1:].lower() or len(first) < 2 else text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """A capital at the start."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A capital at the start and one full stop at the end."""
    return f"{capital(text.strip(' ,;')).rstrip('.')}."


def joined(names: Sequence[str], word: str = "and") -> str:
    """The names as a list, each once: "fever, chills and cough"."""
    once = list(dict.fromkeys(name for name in names if name))
    return f"{', '.join(once[:-1])} {word} {once[-1]}" if len(once) > 1 else "".join(once)


def clause(text: str) -> str:
    """A condition as a note has it: "you're gaining more weight" -> "gaining more weight"; empty where it cannot be."""
    text = FILLED.sub("", " ".join(text.replace("\u2019", "'").split())).strip(" ,.;:!?-")
    text = re.sub(r"^(?:if|when|whenever|unless|in case|once)\s+", "", text, flags=re.IGNORECASE)
    text = OWNED.sub("the", SUBJECT.sub("", text, count=1))
    text = re.sub(
        r"^(?:is|are|was|were|do|does|did|have|has|had|feel|feels|get|gets|notice|see|develop|start)\s+(?=\w)",
        _kept,
        text,
    )
    text = re.sub(
        r"\b(?:or|and) (?:if )?(?:you|i|it|they)(?:'re|'s|'ve| are| is| have| has)? ", "or ", text, flags=re.IGNORECASE
    )
    return "" if PERSONS.search(text) or not text else small(text)


def phrase(told: Told, *, named: str = "") -> str:
    """It as a noun with what was told of it."""
    name = named or name_of(told)
    before = [
        word for word in map(plain, told.of(A.SEVERITY, A.QUALITY)) if word and " " not in word and word not in name
    ]
    side = _side(told, name)
    head = " ".join(dict.fromkeys([*before[:2], *([side] if side else []), name]))
    site = _site(told, f"{head} {side}")
    head = " ".join([f"{head} {site}".strip(), *_long(told, head)])
    return ", ".join([head, *_when(told, head), *_what_changes(told)])


def denied(told: Told) -> str:
    """It as what is denied: with its place only where its name has none."""
    name = name_of(told)
    side = _side(told, name)
    head = f"{side} {name}".strip()
    return f"{head} {_site(told, head)}".strip() if told.concept in PLACELESS else head


def _kept(found: re.Match[str]) -> str:
    return (
        ""
        if found[0].split()[0].lower() in ("is", "are", "was", "were", "do", "does", "have", "has", "get", "gets")
        else found[0]
    )


def _side(told: Told, name: str) -> str:
    """The one side that was told; none where several were, or its name has one."""
    sides = {text.lower() for text in told.of(A.SIDE)}
    if len(sides) != 1 or SIDES.search(name):
        return ""
    side = sides.pop()
    side = {"bilaterally": "bilateral", "both sides": "bilateral", "both": "bilateral"}.get(side, side)
    return side if side in ("left", "right", "bilateral") else ""


def _site(told: Told, head: str) -> str:
    """Where it is: "in the lower abdomen"; empty where the name says so."""
    stems = {word[:STEM] for word in WORD.findall(head.lower())}
    places = []
    for text in map(plain, told.of(A.SITE)):
        new = [word for word in WORD.findall(text) if word not in ("the", "of", "in", "side", "left", "right")]
        if new and not any(word[:STEM] in stems for word in new):
            places.append(text)
    if not places:
        return ""
    places = places[:3]
    first = places[0] if PLACED.match(places[0]) or ARTICLE.match(places[0]) else f"the {places[0]}"
    text = joined([first, *places[1:]])
    return text if PLACED.match(text) or text.startswith("all over") else f"in {text}"


def _long(told: Told, head: str) -> list[str]:
    """How long, and since when."""
    found = []
    durations = [text for text in map(plain, told.of(A.DURATION)) if text and text not in head]
    if durations and told.kind is not FindingKind.MEDICATION:
        text = durations[0]
        found.append(text if text.startswith(("for ", "since ")) else f"for {AROUND.sub('about ', text)}")
    onset = next((text for text in map(plain, told.of(A.ONSET, A.DATE)) if text and text not in durations), "")
    if onset:
        onset = re.sub(r"^(?:was|were|since|on) ", "", onset)
        found.append(onset if AGO.search(onset) or told.kind in EVENTS or told.concept in HAPPENS else f"since {onset}")
    return found


def _when(told: Told, head: str) -> list[str]:
    return [
        text
        for text in map(plain, told.of(A.TIMING, A.FREQUENCY, A.COURSE))
        if text and text not in head and len(text.split()) <= 6
    ][:3]


def _what_changes(told: Told) -> list[str]:
    """What makes it worse and better, and when it comes."""
    found = []
    for kind, lead in ((A.AGGRAVATED_BY, "worse with"), (A.RELIEVED_BY, "better with")):
        things = [text for text in (_doing(told, kind, text) for text in told.of(kind)) if text]
        if things:
            found.append(f"{lead} {joined(things)}")
    contexts = [text for text in map(plain, told.of(A.CONTEXT)) if text]
    return found + contexts[:1]


def _doing(told: Told, kind: AttributeKind, text: str) -> str:
    """What is done as a noun: "move" -> "moving"."""
    words = plain(text).split()
    if not words:
        return ""
    if len(words) <= 3 and words[0] in VERBS:
        return " ".join([gerund(words[0]), *words[1:]])
    return " ".join(words)


VERBS = frozenset(
    "move walk run bend lift breathe cough eat drink swallow sit stand lie turn sleep rest stretch climb twist press touch "
    "lean reach squat kneel exercise laugh sneeze chew talk drive work push pull carry type write grip".split()
)
