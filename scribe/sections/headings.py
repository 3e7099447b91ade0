"""Headings that a clinician speaks or writes: they win over the classifier.

A heading stands at the start of an utterance and is closed by a colon, a full stop, a dash or the end of the line
("Past medical history: ...", "Next, physical exam."). Where it is the subject of its sentence ("Family history is
noncontributory.") it names the section and stays in the text. Inside a phrase it is no heading ("no significant past
medical history", "exam was limited by pain" in small talk).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scribe.sections import phrases
from scribe.sections.catalog import HEADINGS
from scribe.types import SectionKind

LEAD_WORDS = r"okay|ok|and|so|now|next|then|moving on(?: to)?|on to|under|for(?: the)?|the|his|her|their|patient's"
LEAD = rf"(?:(?:{LEAD_WORDS})[,:]?\s+){{0,3}}"
PHRASES = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(HEADINGS, key=len, reverse=True))
CLOSED = re.compile(
    rf"^\W*(?:\d+[.)]\s+)?{LEAD}(?P<name>{PHRASES})\b\s*(?P<mark>[:;]|[-\u2013\u2014](?=\s)|\.(?!\w)|$)[\s,]*",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    rf"^\W*{LEAD}(?P<name>{PHRASES})\s+(?:is|are|was|were|includes?|included|shows?|showed|reveals?|revealed|"
    r"remains?|significant|notable|remarkable|unremarkable|noncontributory|reviewed|as\s+(?:follows|above|per))\b",
    re.IGNORECASE,
)
UNKNOWN = re.compile(r"^\W*(?P<first>[A-Z]{2,})[A-Z/&()' -]{0,60}:")
SYSTEMS = phrases.words("systems")
INITIAL = re.compile(r"^\s*(?P<name>[SOAP])\s*[:.]\s+")  # the letters of a SOAP note
LETTERS = {"S": "subjective", "O": "objective", "A": "assessment", "P": "plan"}
NEEDS_COLON = frozenset(
    {"other", "cc", "pe", "fh", "sh", "problems", "studies", "comments", "meds", "x-ray", "ekg", "ecg"}
)
NOT_SUBJECT = frozenset(
    {"exam", "problems", "diagnosis", "x-ray", "ekg", "ecg", "plan", "other", "studies", "habits", "sh", "fh"}
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at the start of an utterance: the sections it opens, and how many characters it takes up."""

    kinds: tuple[SectionKind, ...]
    length: int  # 0 where the heading is part of its sentence


def match(text: str, *, written: bool = False) -> Heading | None:
    """The heading that `text` begins with, None where it begins with none.

    `written`: the text is a written note, where `P:` may be the plan.
    """
    if found := CLOSED.match(text):
        name = _name(found)
        if found["mark"] == ":" or name not in NEEDS_COLON:
            return Heading(HEADINGS[name], found.end())
    if (found := SUBJECT.match(text)) and _name(found) not in NOT_SUBJECT:
        return Heading(HEADINGS[_name(found)], 0)
    if written and (found := INITIAL.match(text)):
        return Heading(HEADINGS[LETTERS[found["name"]]], found.end())
    return None


def unknown(text: str) -> bool:
    """Whether a line of a written note begins with a heading in capitals that names no section of ours.

    A part of the body or a system is no such heading: "LUNGS:" stays within the examination.
    """
    found = UNKNOWN.match(text)
    return found is not None and found["first"].lower() not in SYSTEMS


def _name(found: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", found["name"].lower())
