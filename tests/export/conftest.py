"""A note written by hand from the gold transcript of the sample visit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scribe import serial
from scribe.types import (
    Addendum,
    Assertion,
    CodeSuggestion,
    Coding,
    Encounter,
    Evidence,
    Flag,
    FlagKind,
    Interval,
    Note,
    NoteStatus,
    Provenance,
    Query,
    Repair,
    Section,
    SectionGroup,
    SectionKind,
    Signature,
    Span,
    Statement,
    SuggestionStatus,
    Transcript,
)
from scribe.view import Letter, NoteView, Particulars, Practice, plain

G, K, A = SectionGroup, SectionKind, Assertion
LINES: tuple[tuple[SectionKind, str, SectionGroup, tuple[tuple[str, str], ...]], ...] = (
    (
        K.HPI,
        "History of present illness",
        G.HISTORY,
        (
            ("The right knee has been bothering him.", "my right knee has been bothering me."),
            ("Worse going up and down the stairs.", "mostly going up and down the stairs."),
            ("Takes ibuprofen, 400 milligrams, twice a day.", "I take ibuprofen, 400 milligrams, twice a day."),
        ),
    ),
    (K.FAMILY, "Family history", G.HISTORY, (("Father had a heart attack at 62.", "My father had a heart attack"),)),
    (
        K.MEDICATIONS,
        "Medications",
        G.HISTORY,
        (
            ("Metformin, 1000 milligrams twice a day.", "metformin, 1000 milligrams twice a day."),
            ("Amlodipine, 5 milligrams daily.", "Amlodipine, 5 milligrams daily."),
        ),
    ),
    (K.ALLERGIES, "Allergies", G.HISTORY, (("Penicillin: skin rash.", "penicillin. It gave me a skin rash."),)),
    (K.ROS, "Review of systems", G.HISTORY, (("Denies chest pain or shortness of breath.", "No, none of that."),)),
    (
        K.VITALS,
        "Vital signs",
        G.EXAM,
        (("Blood pressure 148 over 86, pulse 72.", "Your blood pressure is 148 over 86, and your pulse is 72."),),
    ),
    (
        K.ASSESSMENT,
        "Assessment",
        G.ASSESSMENT,
        (
            ("Osteoarthritis of the right knee.", "osteoarthritis of the right knee."),
            ("Type 2 diabetes, not quite at goal.", "Your type 2 diabetes is not quite where we want it."),
            ("Hypertension, not well controlled.", "hypertension is not well controlled."),
        ),
    ),
    (K.PLAN, "Plan", G.PLAN, (("X-ray of the right knee.", "let's get an X-ray of the right knee."),)),
)
CODES = (
    ("M17.11", "Unilateral primary osteoarthritis, right knee", "Osteoarthritis of the right knee"),
    ("E11.9", "Type 2 diabetes mellitus without complications", "Type 2 diabetes"),
    ("I10", "Essential (primary) hypertension", "Hypertension"),
)


@pytest.fixture(scope="session")
def transcript(samples: Path) -> Transcript:
    """The gold transcript of the visit, with one flag."""
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    flag = Flag(FlagKind.OVERLAP, Interval(31.5, 33.0), "two people spoke at once")
    return Transcript(gold.segments, roles=gold.roles, flags=(flag,), duration=gold.duration)


@pytest.fixture(scope="session")
def checked(transcript: Transcript) -> Transcript:
    """The same with a flag of several kinds, and with "penicillin" standing for what was misheard."""
    texts = [word.text.strip(" .,?").lower() for word in transcript.words]

    def flag(kind: FlagKind, word: str, reason: str, *readings: str) -> Flag:
        heard = transcript.words[texts.index(word)]
        return Flag(kind, Interval(heard.start, heard.end), reason, readings)

    at = texts.index("penicillin")
    place = transcript.words[at]
    misheard = tuple(replace(place, text=f" {text}", probability=0.31) for text in ("penny", "silly", "in,"))
    flags = (
        Flag(FlagKind.OVERLAP, Interval(90.0, 90.6), "two people spoke at once"),
        Flag(FlagKind.OVERLAP, Interval(100.0, 100.6), "two people spoke at once"),
        Flag(FlagKind.INAUDIBLE, Interval(68.0, 68.0), "no words were made out"),
        flag(FlagKind.NUMBER, "148", "a number was heard poorly", "148", "140"),
        flag(FlagKind.DRUG, "amlodipine", "looks or sounds like another drug", "amlodipine", "amiloride"),
        *transcript.flags,
    )
    return replace(transcript, flags=flags, repairs=(Repair(at, 1, misheard, "sound-and-dose", 0.95),))


@pytest.fixture(scope="session")
def note(transcript: Transcript) -> Note:
    """Sections, codes, one question, one doubtful word."""
    sections = []
    for kind, title, group, lines in LINES:
        statements = tuple(
            _statement(f"s-{kind}-{at}", text, said, transcript) for at, (text, said) in enumerate(lines)
        )
        sections.append(Section(kind, title, group, "0000-0", statements, 0.9))
    made = [statement for section in sections for statement in section.statements]
    return Note(
        id="note-1",
        encounter=Encounter("encounter-1", date_of_service="2026-03-02"),
        sections=tuple(sections),
        suggestions=tuple(_suggestion(code, display, term, made) for code, display, term in CODES),
        queries=(Query(made[-1].id, "Which view of the knee?", ("standing", "lying")),),
        provenance=Provenance(
            "faster-whisper + pyannote + linear",
            weights=(("whisper-base", "d01c3014881c9c6f"), ("campplus", "92f29b94e6948786")),
            config_hash="ab" * 32,
            versions=(("scribe", "0.1.0"),),
            source_sha256="cd" * 32,
        ),
    )


LATER = "2026-03-03T08:30:00+00:00"
ADDED = "Called back: the rash was hives.\nNo swelling of the tongue."


def signed_note(draft: Note, addenda: tuple[str, ...] = ()) -> Note:
    """The note, signed, with addenda; the first of its codes accepted."""
    first, *others = draft.suggestions or (None,)
    decided = (replace(first, status=SuggestionStatus.ACCEPTED),) if first else ()
    note = replace(draft, status=NoteStatus.FINAL, suggestions=(*decided, *others))
    stands = Signature("Ada Okonkwo, MD", "2026-03-02T10:00:00+00:00", "I stand for this.", serial.content_sha256(note))
    below = tuple(
        Addendum(
            text, replace(stands, at="2026-03-03T08:30:00+00:00", sha256=serial.content_sha256(note, addenda[:at]))
        )
        for at, text in enumerate(addenda, 1)
    )
    return replace(note, signatures=(stands,), addenda=below)


@pytest.fixture(scope="session")
def signed(note: Note) -> Note:
    """The note as its clinician signed it, with an addendum."""
    return signed_note(note, (ADDED,))


@pytest.fixture(scope="session")
def letter() -> Letter:
    """A practice and a patient."""
    return Letter(
        Practice("Riverside Family Practice", ("12 Mill Lane, Springfield", "Telephone 555 0100")),
        Particulars("Jane Q. Example", "1958-07-04", "0042-17", "Ada Okonkwo, MD"),
    )


@pytest.fixture(scope="session")
def view(note: Note, letter: Letter) -> NoteView:
    """The note as its sections stand, on the paper of the practice."""
    return replace(plain(note), letter=letter)


def _statement(name: str, text: str, said: str, transcript: Transcript) -> Statement:
    start = transcript.text.index(said)
    span = Span(start, start + len(said))
    seconds = transcript.seconds(span)
    assert seconds is not None
    doubtful = (Span(0, 10),) if text.startswith("Amlodipine") else ()
    return Statement(name, text, (span,), (seconds,), doubtful=doubtful)


def _suggestion(code: str, display: str, term: str, statements: list[Statement]) -> CodeSuggestion:
    statement = next(item for item in statements if term in item.text)
    start = statement.text.index(term)
    evidence = Evidence(statement.id, Span(start, start + len(term)), A.PRESENT, f"lexicon: {term.lower()}", 0.93)
    return CodeSuggestion(Coding("icd10cm", "2026-04", code, display), (evidence,))
