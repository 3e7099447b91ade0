"""Names, attributes and lists in note style.

    pain, side "left", site "lower abdomen"  -> "pain in the left lower abdomen"
    condition "you're gaining more weight"   -> "gaining more weight"

Pronouns, helping verbs and fillers go; numbers and denials stay as they were said. A side is left out where several
were told of one thing, or where the thing has no sides. What cannot be put so is empty: its words are left to the
transcript.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scribe.sections import named
from scribe.sections.person import PEOPLE, gerund
from scribe.sections.realisation import words
from scribe.sections.realisation.told import Told
from scribe.sections.tokens import NAMED_TIMES
from scribe.types import AttributeKind, FindingKind, Time

A = AttributeKind
WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
STEM = 4  # letters in which two forms of one word are alike
FEW = 3  # words of a name
SHORT = 5  # letters of what is a short form
NO_NAME, SPOKEN, PLACELESS = map(words.listed, ("no_name", "spoken", "placeless"))
HAPPENS, MOVEMENTS, VERBS_BEFORE = map(words.listed, ("happens", "movements", "verbs_before"))
GENERAL, PERSONS, EMPTY, AGO = map(words.pattern, ("general", "persons", "empty_times", "ago"))
PLACED, ARTICLE = map(words.opening, ("placed", "articles"))
ABBREVIATED = re.compile(rf"\b(?:{'|'.join(sorted(words.listed('abbreviations')))}|a1c)\b")
COLLOQUIAL = words.listed("colloquial")
SIDED, NO_THING = words.listed("sided"), words.listed("no_thing")
ABDOMEN = words.listed("abdomen")
OWNED = re.compile(r"\b(?:my|your|his|her|their|our)\s+(?=(?P<noun>[\w'-]+))", re.IGNORECASE)
OWN = re.compile(r"\b(?:on|by) (?:(?:my|your|his|her|their) own|(?:my|your|him|her)self)\b", re.IGNORECASE)
HANGS = re.compile(f"{words.alternatives('hanging')}$", re.IGNORECASE)
FILLED = re.compile(f"{words.alternatives('fillers')}[, ]*", re.IGNORECASE)
AROUND = re.compile(r"^(?:about|around|approximately|roughly|maybe|probably)\b ?", re.IGNORECASE)
SUBJECT = re.compile(rf"^{words.alternatives('subjects')}\s+", re.IGNORECASE)
IF = re.compile(r"^(?:if|when|whenever|unless|in case|once)\s+", re.IGNORECASE)
OR_IF = re.compile(r"\b(?:or|and) (?:if )?(?:you|i|it|they)(?:'re|'s|'ve| are| is| have| has)? ", re.IGNORECASE)
FIRST_VERB = re.compile(r"^(\w+)\s+(?=\w)")
SIDES = re.compile(r"\b(?:left|right|both|bilateral(?:ly)?)\b", re.IGNORECASE)
EVENTS = frozenset({FindingKind.PROCEDURE, FindingKind.IMMUNIZATION})
SOME_TIME_AGO = re.compile(r"((?:about |around )?[\w-]+(?: or [\w-]+)? (?:hour|day|week|month|year)s?) ago")
DOING = re.compile(
    r"(?P<when>(?:only )?(?:when|while|after|before|whenever|if)) (?:i|you|she|he|they)(?:'m|'re|'s| am| are| is)? "
    r"(?P<verb>[a-z]+)(?P<rest>.*)",
    re.IGNORECASE,
)
IFS = {Time.CURRENT: (A.CONDITION,)}  # of what is so now, a condition says when
SINCE = frozenset({"yesterday", "today", "earlier today"})
LONGEST_CLAUSE = 14  # words of a condition
UNSOUND = re.compile(r"\b(\w+) \1\b|^(?:also|that|be|so)\b|\b(?:that or|something that)\b", re.IGNORECASE)
LONG_TIME = 6  # words of a time that is no clause


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


def term_of(told: Told) -> str:
    """Its name as clinicians call it, where it was called so: gastroenteritis, and not "tummy bug"."""
    name = name_of(told)
    if named.diseases(name):
        return name
    return next((small(called) for called in told.called if _is_term(called)), name)


def _is_term(called: str) -> bool:
    return any(span.start == 0 and span.end == len(called) for span in named.diseases(called))


def names_nothing(told: Told) -> bool:
    """Whether its name is no more than a word for all of its kind: "any medications", "medical problems"."""
    return GENERAL.fullmatch(told.concept) is not None


def plain(text: str) -> str:
    """The words without fillers; empty where somebody speaks of himself or to somebody in them."""
    text = FILLED.sub("", " ".join(text.replace("\u2019", "'").split())).strip(" ,.;:!?-")
    text = OWN.sub("alone", text)
    text = OWNED.sub(_owner, text).strip()
    lost = PERSONS.search(text) or text.lower() in NO_NAME or HANGS.search(text) or UNSOUND.search(text)
    return "" if lost else small(text)


def _owner(found: re.Match[str]) -> str:
    """Nothing before a person, "the" before all else: "with my wife" -> "with wife"."""
    return "" if found["noun"].lower() in PEOPLE else "the "


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
    text = ABBREVIATED.sub(lambda found: "A1c" if found[0] == "a1c" else found[0].upper(), text.strip(" ,;"))
    return f"{capital(text).rstrip('.')}."


def joined(names: Sequence[str], word: str = "and") -> str:
    """The names as a list, each once: "fever, chills and cough"."""
    once = list(dict.fromkeys(name for name in names if name))
    return f"{', '.join(once[:-1])} {word} {once[-1]}" if len(once) > 1 else "".join(once)


def clause(text: str) -> str:
    """A condition as a note has it: "you're gaining more weight" -> "gaining more weight"; empty where it cannot be."""
    text = FILLED.sub("", " ".join(text.replace("\u2019", "'").split())).strip(" ,.;:!?-")
    text = OWNED.sub(_owner, SUBJECT.sub("", IF.sub("", text), count=1))
    text = OR_IF.sub("or ", FIRST_VERB.sub(lambda verb: "" if verb[1].lower() in VERBS_BEFORE else verb[0], text))
    sound = text and len(text.split()) <= LONGEST_CLAUSE and not PERSONS.search(text)
    return small(text) if sound and not UNSOUND.search(text) and not HANGS.search(text) else ""


def phrase(told: Told, *, named: str = "") -> str:
    """It as a noun with what was told of it."""
    name = named or name_of(told)
    before = [
        word
        for word in map(plain, told.of(A.SEVERITY, A.QUALITY))
        if word and " " not in word and word not in name and not word.endswith("ly")
        if told.kind is FindingKind.SYMPTOM or word not in COLLOQUIAL
    ]
    side = _side(told, name)
    head = " ".join(dict.fromkeys([*before[:2], *([side] if side else []), name]))
    site = _site(told, f"{head} {side}")
    if side and site and not SIDED & set(name.split()):
        head, site = " ".join([*before[:2], name]), re.sub(r"^(\w+ (?:the )?)", rf"\1{side} ", site)
    head = " ".join([f"{head} {site}".strip(), *_long(told, head), *contexts(told)[:1]])
    return ", ".join([head, *_when(told, head), *_what_changes(told)])


def denied(told: Told) -> str:
    """It as what is denied: with its place only where its name has none."""
    name = name_of(told)
    side = _side(told, name)
    head = f"{side} {name}".strip()
    return f"{head} {_site(told, head)}".strip() if told.concept in PLACELESS else head


def _side(told: Told, name: str) -> str:
    """The one side that was told; none where several were, its name has one, or it is of nothing that has sides."""
    sides = {text.lower() for text in told.of(A.SIDE)}
    sided = SIDED | PLACELESS
    if len(sides) != 1 or SIDES.search(name) or not (told.of(A.SITE) or sided & set(name.split())):
        return ""
    side = sides.pop()
    side = {"bilaterally": "bilateral", "both sides": "bilateral", "both": "bilateral"}.get(side, side)
    return side if side in ("left", "right", "bilateral") else ""


def _site(told: Told, head: str) -> str:
    """Where it is: "in the lower abdomen"; empty where the name says so."""
    named = WORD.findall(head.lower())
    stems = {word[:STEM] for word in (*named, *(ABDOMEN if ABDOMEN & set(named) else ()))}
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
    lasts = told.kind is FindingKind.SYMPTOM and told.concept not in HAPPENS and told.claims.time is Time.CURRENT
    if onset and lasts and not found and (since := SOME_TIME_AGO.fullmatch(onset)):
        found.append(f"for {since[1]}")
    elif onset:
        onset = re.sub(r"^(?:was|were|since|on) ", "", onset)
        event = told.kind in EVENTS or told.concept in HAPPENS
        if AGO.search(onset) and lasts and not found:
            onset = f"since {onset}" if onset in SINCE else f"(onset {onset})"
        found.append(onset if AGO.search(onset) or event else f"since {onset}")
    return found


def _when(told: Told, head: str) -> list[str]:
    return [
        text
        for text in map(plain, told.of(A.TIMING, A.FREQUENCY, A.COURSE))
        if text and text not in head and not EMPTY.fullmatch(text) and len(text.split()) <= LONG_TIME
    ][:2]


def _what_changes(told: Told) -> list[str]:
    """What makes it worse and better, and when it comes."""
    found = []
    for kind, lead in ((A.AGGRAVATED_BY, "worse with"), (A.RELIEVED_BY, "better with")):
        things = [text for text in (_doing(text) for text in told.of(kind)) if text]
        if things:
            found.append(f"{lead} {joined(things)}")
    return found


def contexts(told: Told) -> list[str]:
    """When or where it is so: "when I run" -> "when running"."""
    return [text for text in map(_context, told.of(A.CONTEXT, *IFS.get(told.claims.time, ()))) if text]


def loses_context(told: Told) -> bool:
    """Whether it is told only of a time or place that cannot be put in note style."""
    return len(contexts(told)) < len(told.of(A.CONTEXT, *IFS.get(told.claims.time, ())))


def _context(text: str) -> str:
    plain_text = " ".join(text.replace("\u2019", "'").split()).strip(" ,.;:!?")
    doing = DOING.fullmatch(plain_text)
    if doing is None:
        return plain(plain_text)
    verb = doing["verb"].lower()
    done = verb if verb.endswith("ing") else gerund(verb)
    rest = plain(doing["rest"]) if doing["rest"].strip() else ""
    return "" if doing["rest"].strip() and not rest else f"{doing['when'].lower()} {done} {rest}".strip()


def _doing(text: str) -> str:
    """What is done as a noun: "move" -> "moving"."""
    done = plain(text).split()
    if NO_THING & set(done):
        return ""
    if done and len(done) <= FEW and done[0] in MOVEMENTS:
        done[0] = gerund(done[0])
    return " ".join(done)
