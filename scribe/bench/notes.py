"""How good our notes are: `scribe bench notes`, on dialogues with the note that a clinician wrote of them.

Our writer reads each dialogue. Its note is compared with the reference (ROUGE, length), and with what was said: every
statement with the words it was heard in (invented, flipped) and with what stands around them (changed), the whole note
with the whole dialogue (missed). How language is read for that is `scribe/bench/meaning`, apart from the stages. What a
reader sees (talk left in it, complaint, problems, plan, medications, important facts) is `scribe/bench/reading`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

from scribe import pipeline
from scribe.bench import encounters, rouge
from scribe.bench.encounters import Division, Encounter
from scribe.bench.meaning import fact_reader
from scribe.bench.meaning.changes import Change, ChangeKind, changed
from scribe.bench.meaning.compare import compare
from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import Fact, FactKind, Facts, Polarity
from scribe.bench.meaning.heard import Talk
from scribe.bench.reading import measure
from scribe.bench.report import Report
from scribe.config import Config
from scribe.plugins import OnProgress, OnWarning, no_progress, no_warning
from scribe.types import Mode, Note, Role, SectionKind, Statement, Transcript

MEASURES = ("rouge_1", "rouge_2", "rouge_l")
ROWS: Mapping[str, tuple[FactKind, ...]] = {
    "medications": (FactKind.DRUG,),
    "doses": (FactKind.DOSE,),
    "problems": (FactKind.PROBLEM,),
    "numbers": (FactKind.NUMBER, FactKind.MEASURE),
    "sides": (FactKind.SIDE,),
    "other terms": (FactKind.TERM,),
    "relatives": (FactKind.RELATIVE,),
    "other denials": (FactKind.NEGATION,),
}
NEGATED = "negated symptoms"


def notes(
    data: Sequence[Path],
    config: Config,
    *,
    limit: int | None = None,
    on_progress: OnProgress = no_progress,
    on_warning: OnWarning = no_warning,
) -> Report:
    """Compare the notes that we write of the dialogues of `data` with the notes of clinicians and with what was said.

    ROUGE is the mean over the notes, by division over those of the reference that have it. `length_ratio` is the
    words of all our notes by those of all references. Raises InputError where the data is not what is expected.
    """
    read = encounters.read(*data, limit=limit)
    reader = fact_reader.reader(config.models)
    items: list[dict[str, Any]] = []
    for at, encounter in enumerate(read):
        on_progress("texts", at, len(read))
        transcript = encounter.transcript
        note = pipeline.draft(transcript, config, mode=Mode.VISIT, on_warning=on_warning).note
        spoken = [turn.text for turn in encounter.turns]
        items.append(
            _compared(encounter, note)
            | _checked(encounter, note, transcript, reader)
            | {"statements": _statements(note, transcript)}
            | {"reading": measure.of(note, spoken, encounter.note, reader)}
        )
    on_progress("texts", len(read), len(read))
    concluded = [item["said_as_assessment"] for item in items]
    metrics = {
        "notes": len(items),
        **_means([item["rouge"] for item in items]),
        "length_ratio": sum(item["words"] for item in items) / max(1, sum(item["reference_words"] for item in items)),
        "invented": sum(len(item["invented"]) for item in items),
        "flipped": sum(len(item["flipped"]) for item in items),
        "changed": sum(len(item["changed"]) for item in items),
        "said_as_assessment": sum(map(len, concluded)),
        "assessment_in_note": _share(
            sum(len(item["said_as_assessment"]) - len(item["assessment_missed"]) for item in items),
            sum(map(len, concluded)),
        ),
        "reworded": sum(item["reworded"] for item in items),
        "refused": sum(item["refused"] for item in items),
        "by_division": _by_division(items),
        "facts": _by_kind(items),
        "changes": _by_change(items),
        **measure.tables([item["reading"] for item in items]),
    }
    return Report(metrics, tuple(items))


def text_of(note: Note, division: Division | None = None) -> str:
    """The note as plain text, each section under its title; or one division of it."""
    parts = [
        "\n".join((section.title.upper(), *(statement.text for statement in section.statements)))
        for section in note.sections
        if division in (None, encounters.division_of(section.kind))
    ]
    return "\n\n".join(parts)


def _statements(note: Note, transcript: Transcript) -> list[dict[str, str]]:
    """Every statement with its section, its rule and the words that it was heard in: the rows of a reading sheet."""
    return [
        {
            "section": section.title,
            "statement": statement.text,
            "heard": _heard(statement, transcript),
            "rule": statement.rule or "none",
        }
        for section in note.sections
        for statement in section.statements
    ]


def _heard(statement: Statement, transcript: Transcript) -> str:
    pieces = []
    for span in statement.heard:
        words = transcript.words_in(span)
        who = f"{words[0].speaker}: " if words and words[0].speaker else ""
        pieces.append(f"{who}{transcript.text[span.start : span.end].strip()}")
    return " / ".join(pieces)


# --- against the reference -------------------------------------------------------------------------------------------


def _compared(encounter: Encounter, note: Note) -> dict[str, Any]:
    text = text_of(note)
    return {
        "id": encounter.id,
        "rouge": _rouge(encounter.note, text),
        "rouge_by_division": {
            division.value: _rouge(reference, text_of(note, division))
            for division, reference in encounter.divisions.items()
        },
        "words": len(text.split()),
        "reference_words": len(encounter.note.split()),
        "reworded": len(note.reworded),
        "refused": len(note.refusals),
        "note": text,
        "reference": encounter.note,
    }


def _rouge(reference: str, text: str) -> dict[str, float]:
    found = rouge.score(reference, text)
    return dict.fromkeys(MEASURES, 0.0) if found is None else asdict(found)


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float | None]:
    return {name: fmean(row[name] for row in rows) if rows else None for name in MEASURES}


def _by_division(items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, list[dict[str, float]]] = {}
    for item in items:
        for division, scores in item["rouge_by_division"].items():
            found.setdefault(division, []).append(scores)
    return {
        division.value: {"notes": len(found[division.value]), **_means(found[division.value])}
        for division in Division
        if division.value in found
    }


# --- against what was said -------------------------------------------------------------------------------------------


def _checked(encounter: Encounter, note: Note, transcript: Transcript, reader: Reader) -> dict[str, Any]:
    """What a note invents, turns round and leaves out, each fact with its row of the table."""
    said = reader.read_exchange([(turn.role, turn.text) for turn in encounter.turns])
    talk = Talk(transcript)
    held: list[Fact] = []
    invented, flipped, changes = [], [], []
    for section in note.sections:
        for statement in section.statements:
            stated = reader.read(statement.text)
            held += stated.facts
            heard = talk.heard(statement.heard)
            found = compare(stated, _source(statement, transcript, reader))
            if not found.faithful:  # what the sentences around it bear out is cited badly, and not changed
                found = found.both(compare(stated, reader.read_exchange(heard.pieces)))
            invented += [_entry(fact, statement) for fact in found.invented]
            flipped += [_entry(fact, statement) for fact in found.flipped]
            of_family = section.kind is SectionKind.FAMILY
            changes += [_changed(one, statement) for one in changed(statement.text, heard, of_family=of_family)]
    written, spoken = _by_row(held), _by_row(said.facts)
    concluded = _concluded(encounter, reader)
    in_note = {fact.key for fact in held}
    return {
        "invented": invented,
        "flipped": flipped,
        "changed": changes,
        "said": {row: len(values) for row, values in spoken.items()},
        "missed": {row: sorted(values - written[row]) for row, values in spoken.items()},
        "said_as_assessment": sorted(value for _, value in concluded),
        "assessment_missed": sorted(value for kind, value in concluded if (kind, value) not in in_note),
    }


def _source(statement: Statement, transcript: Transcript, reader: Reader) -> Facts:
    """The facts of the words that a statement was heard in."""
    text = transcript.text
    pieces = []
    for span in statement.heard:
        words = transcript.words_in(span)
        pieces.append((words[0].speaker if words else None, text[span.start : span.end]))
    return reader.read_exchange(pieces)


def _entry(fact: Fact, statement: Statement) -> dict[str, str]:
    row = next(row for row, kinds in ROWS.items() if fact.kind in kinds)
    return {"row": row, "value": fact.value, "about": fact.about, "statement": statement.id, "text": statement.text}


def _changed(change: Change, statement: Statement) -> dict[str, str]:
    return {"row": change.kind, "value": change.about, "statement": statement.id, "text": statement.text}


def _by_row(found: Iterable[Fact]) -> dict[str, set[str]]:
    """The facts of each row as a set. A problem that is only denied, or only asked about, is none that was said."""
    rows: dict[str, set[str]] = {row: set() for row in (*ROWS, NEGATED)}
    for fact in found:
        row = next(row for row, kinds in ROWS.items() if fact.kind in kinds)
        if fact.kind is not FactKind.PROBLEM or fact.polarity is Polarity.AFFIRMED:
            rows[row].add(f"{fact.value} {fact.about}" if fact.kind is FactKind.SIDE else fact.value)
        elif fact.polarity is Polarity.NEGATED:
            rows[NEGATED].add(fact.value)
    return rows


def _concluded(encounter: Encounter, reader: Reader) -> set[tuple[FactKind, str]]:
    """Drugs and problems that the clinician said and that the reference has in its assessment and plan."""
    reference = reader.read(encounter.divisions.get(Division.ASSESSMENT_AND_PLAN, ""))
    spoken = reader.read_exchange([(None, turn.text) for turn in encounter.turns if turn.role is Role.CLINICIAN])
    kinds = (FactKind.DRUG, FactKind.PROBLEM)
    return {fact.key for fact in reference.of(*kinds)} & {fact.key for fact in spoken.of(*kinds)}


def _by_kind(items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The table of facts: distinct facts said in the dialogues, their share in our notes, and our own."""
    invented, flipped = (
        Counter(entry["row"] for item in items for entry in item[name]) for name in ("invented", "flipped")
    )
    table: dict[str, dict[str, Any]] = {}
    for row in (*ROWS, NEGATED):
        said = sum(item["said"][row] for item in items)
        missed = sum(len(item["missed"][row]) for item in items)
        counted = row != "other denials"  # only looked for in our notes
        table[row] = {
            "said": said if counted else None,
            "missed": missed if counted else None,
            "in_note": _share(said - missed, said),
            "invented": invented[row],
            "flipped": flipped[row],
        }
    return table


def _by_change(items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How often each kind of changed meaning was found."""
    found = Counter(entry["row"] for item in items for entry in item["changed"])
    return {kind.value: {"statements": found[kind]} for kind in ChangeKind}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
