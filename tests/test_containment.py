"""A fault in one passage costs that passage: the search for what breaks a step, and each step that uses it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import containment, pipeline, serial
from scribe.config import CodingSettings, Config
from scribe.errors import EngineError
from scribe.export.checks import Checklist
from scribe.export.markdown import Markdown
from scribe.sections import plain_text
from scribe.types import CodeFlag, FlagKind, Interval, Mode, Note, Segment, Span, SpeakerRole, Transcript, Word

SECRET = "Zortivex"
LINES = (
    ("clinician", "What brings you in today?"),
    ("patient", "I have had a bad cough for three weeks."),
    ("clinician", "Any fever?"),
    ("patient", "No."),
    ("patient", f"I take {SECRET} for my knee."),
    ("clinician", "I think you have bronchitis."),
    ("clinician", "I'm going to start amoxicillin 500 mg three times a day."),
)


@pytest.fixture
def visit() -> Transcript:
    """A short visit; each line takes ten seconds, each word one."""
    segments = tuple(
        Segment(tuple(Word(10.0 * at + n, 10.0 * at + n + 1, f" {w}", speaker=who) for n, w in enumerate(text.split())))
        for at, (who, text) in enumerate(LINES)
    )
    roles = tuple(SpeakerRole(role, role, 1.0) for role in pipeline.Role if role != "other")
    return Transcript(segments, roles=roles, duration=80.0)


def breaks_at_secret(original: Any) -> Any:
    """`original`, broken for whatever holds the secret word."""

    def broken(first: Any, *rest: Any, **more: Any) -> Any:
        if SECRET.casefold() in _text(first).casefold():
            raise IndexError(f"no place for {SECRET}")
        return original(first, *rest, **more)

    return broken


def _text(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Sequence):
        return " ".join(map(_text, thing))
    inner = [getattr(thing, name, "") for name in ("text", "word", "tokens", "utterance")]
    return " ".join(map(_text, inner))


# --- the search
@given(st.sets(st.integers(0, 39)), st.integers(0, 40))
def test_what_breaks_is_left_out_and_nothing_else(bad: set[int], count: int) -> None:
    def work(items: Sequence[int]) -> list[int]:
        if any(item in bad for item in items):
            raise ValueError
        return list(items)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(containment, "strict", False)
        made, broken = containment.without_faults(range(count), work, "test")
    assert made == [item for item in range(count) if item not in bad]
    assert sorted(broken) == sorted(bad & set(range(count)))


@pytest.mark.usefixtures("contained")
def test_passages_that_break_only_together_cost_one_of_them() -> None:
    def work(items: Sequence[int]) -> list[int]:
        if {3, 17} <= set(items):
            raise ValueError
        return list(items)

    made, broken = containment.without_faults(range(30), work, "test")
    assert len(broken) == 1
    assert len(made) == 29


@pytest.mark.usefixtures("contained")
def test_what_is_no_passages_fault_is_passed_on() -> None:
    def broken(items: Sequence[int]) -> None:
        raise KeyError

    def unusable(items: Sequence[int]) -> None:
        raise EngineError("the engine is not installed")

    with pytest.raises(KeyError):
        containment.without_faults([1, 2], broken, "test")
    with pytest.raises(EngineError):
        containment.without_faults([1, 2], unusable, "test")


def test_our_own_tests_see_every_fault() -> None:
    with pytest.raises(ZeroDivisionError):
        containment.or_else(lambda: 1 / 0, 0.0, "test")
    with pytest.raises(ZeroDivisionError):
        containment.without_faults([1], lambda items: [1 / 0 for _ in items], "test")


@pytest.mark.usefixtures("contained")
def test_a_fault_is_logged_by_kind_and_place_without_words(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> int:
        raise IndexError(SECRET)

    assert containment.or_else(broken, 3, "sections") == 3
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "IndexError at test_containment.py:" in caplog.text
    assert SECRET not in caplog.text


# --- the steps
@pytest.mark.weights
@pytest.mark.usefixtures("contained")
@pytest.mark.parametrize(
    "step",
    [
        "scribe.sections.rewrite.clean",
        "scribe.sections.compose._matters",
        "scribe.sections.compose.assertion_of",
        "scribe.sections.compose._statement",
    ],
)
def test_a_passage_that_breaks_the_draft_costs_itself_and_is_flagged(
    visit: Transcript, monkeypatch: pytest.MonkeyPatch, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    whole = pipeline.draft(visit, Config(), mode=Mode.VISIT).note
    module, _, name = step.rpartition(".")
    target = __import__(module, fromlist=[name])
    original = getattr(target, name)
    if name in ("_matters", "_statement"):

        def broken(first: Any, second: Any, *rest: Any, **more: Any) -> Any:
            if SECRET in (second if isinstance(second, str) else _text(second.tokens)):
                raise IndexError(SECRET)
            return original(first, second, *rest, **more)

        monkeypatch.setattr(target, name, broken)
    else:
        monkeypatch.setattr(target, name, breaks_at_secret(original))
    draft = pipeline.draft(visit, Config(), mode=Mode.VISIT)
    note, flagged = draft.note, draft.transcript
    kept = [item.text for item in whole.statements if SECRET not in item.text]
    assert [item.text for item in note.statements] == kept
    (flag,) = note.unread
    assert flag.kind is FlagKind.UNREAD
    assert flag.interval == Interval(40.0, 46.0)
    assert [item for item in flagged.flags if item.kind is FlagKind.UNREAD] == [flag]
    assert pipeline.draft(flagged, Config(), mode=Mode.VISIT) == draft
    assert SECRET in flagged.text
    shown = Markdown().export(note, flagged, pipeline.lay_out(note, Config())).decode()
    assert "could not be read" in shown
    assert "00:40" in shown
    assert [check.kind for check in Checklist(note, visit).checks] == [FlagKind.UNREAD]  # from the note alone
    assert serial.loads(serial.dumps(note), Note).unread == note.unread
    assert SECRET not in caplog.text


@pytest.mark.weights
@pytest.mark.usefixtures("contained")
def test_a_text_without_times_says_which_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"Doctor: Hello.\nPatient: I have a cough.\nPatient: I take {SECRET}."
    from scribe.sections import rewrite

    monkeypatch.setattr(rewrite, "clean", breaks_at_secret(rewrite.clean))
    note = pipeline.draft(plain_text.read(text), Config(), mode=Mode.VISIT).note
    (flag,) = note.unread
    assert "sentence 3 of the text" in flag.reason


@pytest.mark.usefixtures("contained")
def test_words_that_cannot_be_formatted_stand_as_heard_and_are_flagged(
    visit: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scribe.dictation import write

    formatted = write.formatted

    def broken(written: Any, settings: Any) -> Any:
        if any(SECRET in item.word.text for item in written):
            raise ValueError(SECRET)
        return formatted(written, settings)

    monkeypatch.setattr(write, "formatted", broken)
    five = Segment(
        tuple(Word(70.0 + n, 71.0 + n, f" {w}") for n, w in enumerate("take twenty five milligrams".split()))
    )
    heard = replace(visit, segments=(*visit.segments, five))
    page = write.write(heard, Mode.VISIT, Config())
    text = "".join(item.word.text for item in page.written)
    assert SECRET in text
    assert "take 25 mg" in text
    assert [item.first for item in page.written] == sorted(item.first for item in page.written)
    assert [(flag.kind, flag.interval) for flag in page.flags] == [(FlagKind.UNREAD, Interval(40.0, 46.0))]


@pytest.mark.weights
@pytest.mark.usefixtures("contained")
def test_a_statement_that_breaks_a_coding_rule_gives_no_codes_and_a_remark(
    visit: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scribe.coding import typed

    note = pipeline.draft(visit, Config(), mode=Mode.VISIT).note
    assert any(SECRET in item.text for item in note.statements)
    read = typed.read

    def broken(lines: Any, system: Any) -> Any:
        if any(SECRET in line.text for line in lines):
            raise KeyError(SECRET)
        return read(lines, system)

    monkeypatch.setattr("scribe.coding.suggest.typed.read", broken)
    coded = pipeline.code(note, Config(coding=CodingSettings(systems=("icd10cm",))))
    assert coded.sections == note.sections
    (remark,) = [item for item in coded.remarks if item.kind is CodeFlag.UNREAD]
    said = note.statement(remark.statement_id).text
    assert SECRET in said
    assert remark.span == Span(0, len(said))
    assert "J40" in {item.coding.code for item in coded.suggestions}


@pytest.mark.weights
@pytest.mark.usefixtures("contained")
def test_other_views_keep_the_words_of_the_note(visit: Transcript, monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.sections import layout_rules, patient_view

    note = pipeline.draft(visit, Config(), mode=Mode.VISIT).note
    monkeypatch.setattr(patient_view, "addressed", breaks_at_secret(patient_view.explained))
    monkeypatch.setattr(layout_rules.tables, "table", lambda *given: 1 / 0)
    monkeypatch.setattr(layout_rules.body_systems, "grouped", lambda *given: 1 / 0)
    texts = {item.text for item in note.statements}
    summary = pipeline.for_patient(note)
    assert summary.parts
    view = pipeline.lay_out(note, Config())
    shown = {item.id for item in note.statements}
    rows = [excerpt for block in view.blocks for row in block.rows for cell in row.cells for excerpt in cell]
    assert {excerpt.statement_id for excerpt in rows} == shown
    assert texts
