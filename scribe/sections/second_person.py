"""Note sentences to the patient as "you", where that is safe; the sentence stays as it is where it is not.

"Takes metformin" -> "You take metformin"; "Has decreased range of motion" -> "You have ..."; "Refer to physical
therapy" -> "We will refer you to physical therapy". All of a sentence is turned or nothing of it: half a sentence about
"you" and half about "him" is about two people. A sentence that names a relative is never turned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.types import Assertion, Role, SectionGroup, Statement

EDGE = ".,;:!?\u201c\u201d\"'()"
QUOTE = re.compile(
    "^(?P<who>Asked|Patient asked|Patient:|Clinician:|Informant:) ?\u201c(?P<first>[^\u201d]*)\u201d"
    "(?::? ?\u201c(?P<second>[^\u201d]*)\u201d)?[.]?$"
)
TOLD = {
    "Asked": "We asked \u201c{}\u201d and you said \u201c{}\u201d",
    "Patient asked": "You asked \u201c{}\u201d and we said \u201c{}\u201d",
    "Patient:": "You said \u201c{}\u201d",
    "Clinician:": "We said \u201c{}\u201d",
}
OPENINGS = {"Denies ": "You said no to ", "Reports ": "You told us: ", "Asked about ": "We asked about "}
PRONOUNS = frozenset({"he", "she", "him", "her", "his", "hers", "he's", "she's", "himself", "herself"})
PLURAL = frozenset({"they", "them", "their", "theirs"})
OTHER_SUBJECTS = frozenset({"it", "it's", "this", "that", "there", "which", "who", "what", *PLURAL})
OURS = frozenset({"order", "prescribe"})  # only a clinician does these; "check" and "schedule" may be the patient's
JOINING = frozenset({"and", "but", "or", "then"})
SUBJECT_AFTER = JOINING | frozenset(
    "when while if unless until that because since before after where what how than as though although which whether "
    "think believe suspect".split()
)  # "the patient" behind these has a verb of its own


def addressed(statement: Statement, group: SectionGroup) -> str:
    """The statement's text to the patient. `group` is the part of the note it stands in."""
    text = statement.text
    if found := QUOTE.match(text):
        return _quoted(found, text)
    words = [word.strip(EDGE).lower() for word in text.split()]
    relatives = any(word.removesuffix("'s") in _words("people") for word in words)
    if "\u201c" in text or relatives or statement.assertion is Assertion.FAMILY or statement.role is Role.OTHER:
        return text
    turned = _turned(text, group, statement.role)
    left = {word.strip(EDGE).lower() for word in turned.split()}
    if left & (PRONOUNS | {"patient"}) or (turned != text and left & PLURAL):
        return text
    return turned


def _quoted(found: re.Match[str], text: str) -> str:
    who, first, second = found["who"], found["first"], found["second"]
    if who not in TOLD or (TOLD[who].count("{}") == 2) != (second is not None):
        return text
    said = TOLD[who].format(first, second)
    return said if said[-2] in ".?!" else f"{said}."


def _turned(text: str, group: SectionGroup, role: Role | None) -> str:
    for opening, instead in OPENINGS.items():
        if text.startswith(opening) and group is SectionGroup.HISTORY:
            return instead + _person(text[len(opening) :])
    first = text.split()[0].strip(EDGE).lower() if text.split() else ""
    if group is SectionGroup.PLAN:
        if text.startswith("Refer to "):
            return f"We will refer you to {_person(text.removeprefix('Refer to '))}"
        if text.startswith("Refer the patient to "):
            return f"We will refer you to {_person(text.removeprefix('Refer the patient to '))}"
        return f"We will {text[0].lower()}{_person(text[1:])}" if first in OURS else _person(text)
    if group is SectionGroup.HISTORY and role is not None:  # what "you take" and "I take" became
        return _with_subject(text) or _person(text)
    if first == "has" and not re.match(r"has (?:been|not|had|to|n't)\b", text, re.IGNORECASE):
        return f"You have {_person(text[4:])}"
    return _person(text)


def _with_subject(text: str) -> str | None:
    """A sentence of the patient's own whose subject is left out, "Sometimes forgets the pill", with "You"."""
    words = text.split()
    if not words:
        return None
    at = 0
    while at < len(words) - 1 and words[at].lower() in _words("adverbs"):
        at += 1
    verb = _verbs().get(words[at].strip(EDGE).lower())
    if verb is None or words[at][-1] in ",;:":
        return None
    before = [words[0].lower(), *words[1:at]] if at else []
    return " ".join(["You", *before, verb + _tail(words[at]), _person(" ".join(_joined(words[at + 1 :])))]).strip()


def _joined(words: list[str]) -> Iterator[str]:
    """A second verb of the same subject: "..., but has a cough" after "You"; not after another subject."""
    other = False
    for at, word in enumerate(words):
        bare = word.strip(EDGE).lower()
        other = other or bare in OTHER_SUBJECTS
        opens = at > 0 and words[at - 1].strip(EDGE).lower() in JOINING
        base = _changes().get(bare)
        yield base + _tail(word) if opens and not other and base else word


def _person(text: str) -> str:
    """`the patient has` -> you have, `the patient's` -> your, `the patient` -> you; unknown verbs leave it standing."""
    words, made, at = text.split(" "), list[str](), 0
    while at < len(words):
        bare, following = (
            words[at].strip(EDGE).lower(),
            words[at + 1].strip(EDGE).lower() if at + 1 < len(words) else "",
        )
        article = bare == "the" and following in ("patient", "patient's")
        here = at + 1 if article else at
        named = words[here].strip(EDGE).lower()
        if named not in ("patient", "patient's") or (not article and at > 0):
            made.append(words[at])
            at += 1
            continue
        if named == "patient's":
            made.append(_capped("your", words[at]))
            at = here + 1
            continue
        verb = words[here + 1] if here + 1 < len(words) else ""
        third = verb.strip(EDGE).lower()
        base = _verbs().get(third) if words[here][-1] not in EDGE else None
        subject = base is not None and (base != third or _opens_clause(made))
        if not subject and words[here][-1] not in EDGE and verb and third not in _words("follows"):
            return text
        made.append(_capped("you", words[at]) + _tail(words[here]))
        at = here + 1
        if subject and base is not None:
            made.append(base + _tail(verb))
            at += 1
    return " ".join(made)


def _opens_clause(made: list[str]) -> bool:
    """Whether what follows is a subject with a verb of its own: "when the patient had ..."."""
    return not made or made[-1].strip(EDGE).lower() in SUBJECT_AFTER or made[-1].endswith((",", ".", ";"))


def _capped(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word


def _tail(word: str) -> str:
    return word[len(word.rstrip(EDGE)) :]


@cache
def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return tables


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(str(_tables()[name]).split())


@cache
def _changes() -> Mapping[str, str]:
    return {str(third): str(base) for third, base in _tables()["changes"].items()}


@cache
def _verbs() -> Mapping[str, str]:
    """Verbs as they follow "he" and as they follow "you": takes -> take, has -> have, took -> took."""
    regular = _words("regular")
    past = {verb + ("d" if verb.endswith("e") else "ed") for verb in regular}
    same = {verb: verb for verb in (*past, *_words("same"))}
    return {**same, **{f"{verb}s": verb for verb in regular}, **_changes()}
