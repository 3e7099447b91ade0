"""Plain text -> Transcript without times: a dialogue with `Doctor:` / `Patient:` labels, or any other text.

Labels are taken out of the text and become speakers. What is left is kept to the character: joined, the words give
the text back, with its line breaks, so spans can be checked against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scribe.errors import InputError
from scribe.types import Provenance, Role, Segment, SpeakerRole, Transcript, Word

LABELS: dict[str, Role] = {
    **dict.fromkeys(("doctor", "dr", "d", "clinician", "physician", "provider", "gp", "nurse"), Role.CLINICIAN),
    **dict.fromkeys(("guest_clinician", "guest_clinician_1", "guest_clinician_2", "resident", "md"), Role.CLINICIAN),
    **dict.fromkeys(("patient", "pt", "p"), Role.PATIENT),
    **dict.fromkeys(("guest_family", "guest_family_1", "guest_family_2", "family", "parent"), Role.OTHER),
    **dict.fromkeys(("mother", "father", "wife", "husband", "daughter", "son", "caregiver", "carer"), Role.OTHER),
    **dict.fromkeys(("guest", "other", "interpreter", "patient_guest"), Role.OTHER),
}
NAMES = "|".join(sorted((re.escape(name) for name in LABELS), key=len, reverse=True))
LONG_NAMES = "|".join(sorted((re.escape(name) for name in LABELS if len(name) > 2), key=len, reverse=True))
LABEL = re.compile(
    rf"^[ \t]*(?:\[(?P<bracket>{NAMES})\]:?|(?P<plain>{NAMES})[ \t]?[:;])"  # at the start of a line
    rf"|(?<=[.?!])[ \t]+(?P<inline>{LONG_NAMES}):",  # or, spelled out, after the end of a sentence
    re.IGNORECASE | re.MULTILINE,
)
WORD = re.compile(r"\s*\S+")
SENTENCE_END = re.compile(r"[.?!][\"')\]]*$")


def read(text: str) -> Transcript:
    """The text as a transcript with `timed=False`; each line or sentence is a segment.

    Labels count only where both a clinician and somebody else are labelled, or the text begins with a spelled-out
    clinician's label: `P:` at the start of a line of a written note is its plan. Raises InputError for empty text.
    """
    text = text.removeprefix("\ufeff")
    labels = list(LABEL.finditer(text))
    pieces = list(_turns(text, labels)) if _is_dialogue(text, labels) else [(None, text)]
    segments = tuple(segment for speaker, piece in pieces for segment in _segments(piece, speaker))
    if not segments:
        raise InputError("there is no text to read: the file is empty")
    speakers = dict.fromkeys(speaker for speaker, _ in pieces if speaker)
    roles = tuple(SpeakerRole(speaker, LABELS[speaker], 1.0) for speaker in speakers)
    return Transcript(segments, roles=roles, timed=False, provenance=Provenance("plain-text"))


def _name(label: re.Match[str]) -> str:
    return (label["bracket"] or label["plain"] or label["inline"]).lower()


def _is_dialogue(text: str, labels: list[re.Match[str]]) -> bool:
    roles = {LABELS[_name(label)] for label in labels}
    if Role.CLINICIAN in roles and len(roles) > 1:
        return True
    first = labels[0] if labels else None
    return first is not None and not text[: first.start()].strip() and _name(first) in ("doctor", "clinician")


def _turns(text: str, labels: list[re.Match[str]]) -> Iterator[tuple[str | None, str]]:
    yield None, text[: labels[0].start()]
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        yield _name(label), text[label.end() : end]


def _segments(text: str, speaker: str | None) -> Iterator[Segment]:
    words: list[Word] = []
    for match in WORD.finditer(text):
        if words and ("\n" in match[0] or SENTENCE_END.search(words[-1].text)):
            yield Segment(tuple(words))
            words = []
        words.append(Word(0.0, 0.0, match[0], speaker=speaker))
    if words:
        yield Segment(tuple(words))
