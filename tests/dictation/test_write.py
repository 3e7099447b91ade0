from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scribe import pipeline, serial
from scribe.config import Config, DictationSettings
from scribe.dictation.write import check_files, write
from scribe.errors import ConfigError
from scribe.export.html import Html
from scribe.export.markdown import Markdown
from scribe.types import Flag, FlagKind, Interval, Mode, Note, Role, SpeakerRole, Transcript

Say = Callable[..., Transcript]


def text(transcript: Transcript, mode: Mode, config: Config | None = None) -> str:
    return "".join(item.word.text for item in write(transcript, mode, config or Config()).written)


def test_commands_come_before_figures(say: Say) -> None:
    said = "aspirin eighty one milligrams comma blood pressure one twenty over eighty period"
    assert text(say(said), Mode.DICTATION) == " Aspirin 81 mg, blood pressure 120/80."


def test_a_visit_has_no_commands(say: Say) -> None:
    said = "well new paragraph scratch that insert normal chest exam go to plan flag this period"
    page = write(say(said), Mode.VISIT, Config())
    assert "".join(item.word.text for item in page.written) == f" {said}"
    assert page.flags == ()


def test_figures_can_be_left_as_said(say: Say) -> None:
    plain = Config(dictation=DictationSettings(formatting=False))
    assert text(say("aspirin eighty one milligrams period"), Mode.DICTATION, plain) == " Aspirin eighty one milligrams."


@pytest.mark.parametrize("mode", list(Mode))
def test_what_was_not_made_out_is_shown_in_both(say: Say, mode: Mode) -> None:
    heard = replace(say("aspirin | daily"), flags=(Flag(FlagKind.INAUDIBLE, Interval(0.6, 1.4), "test"),))
    assert "____ [inaudible 00:00:00]" in text(heard, mode)


def test_flags_of_the_speaker_are_on_the_page(say: Say) -> None:
    page = write(say("aspirin blank milligrams period flag this"), Mode.DICTATION, Config())
    assert {flag.kind for flag in page.flags} >= {FlagKind.BLANK, FlagKind.MARKED}


def test_nothing_heard_gives_an_empty_page() -> None:
    for mode in Mode:
        page = write(Transcript(()), mode, Config())
        assert (page.written, page.flags) == ((), ())


def test_a_mistake_in_the_users_files_stops_dictations_only(say: Say, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("templates: {a: {text: '{x}'}}\n", encoding="utf-8")
    config = Config(dictation=DictationSettings(templates=str(bad)))
    with pytest.raises(ConfigError, match="'x'"):
        write(say("well"), Mode.DICTATION, config)
    with pytest.raises(ConfigError, match="'x'"):
        check_files(config)
    check_files(Config())
    assert text(say("well"), Mode.VISIT, config) == " well"


@pytest.mark.parametrize("mode", list(Mode))
def test_cost_grows_with_the_length(say: Say, mode: Mode, steps: Callable[..., int]) -> None:
    line = "the patient has chest pain comma twenty milligrams of aspirin and no fever period "
    write(say(line), mode, Config())

    def cost(times: int) -> int:
        heard = say(line * times)
        return steps(lambda: write(heard, mode, Config()))

    assert cost(100) < 11 * cost(10)


def test_a_note_leads_back_to_what_was_said(say: Say) -> None:
    heard = say(
        "go to exam insert normal knee exam next field left period lungs clear period go to plan aspirin period "
        "scratch that statin daily period",
        speaker="a",
    )
    note = pipeline.draft(heard, Config(), mode=Mode.DICTATION).note
    found = {item.text: [heard.text[span.start : span.end] for span in item.heard] for item in note.statements}
    assert [section.title for section in note.sections] == ["Physical examination", "Plan"]
    assert found["Ligaments are stable."] == ["insert normal knee exam"]
    assert found["Left knee: No effusion, warmth or deformity."] == ["insert normal knee exam next field left"]
    assert found["Lungs clear."] == ["lungs clear"]
    assert found["Statin daily."] == ["statin daily"]
    assert not any("spirin" in text for text in found)


def test_text_is_a_note_unless_it_is_said_to_be_dictated(say: Say) -> None:
    heard = replace(say("cough comma fever period new paragraph plan colon rest period"), timed=False)
    assert any("comma" in item.text for item in pipeline.draft(heard, Config()).note.statements)
    dictated = pipeline.draft(heard, Config(), mode=Mode.DICTATION).note
    assert [item.text for item in dictated.statements] == ["Cough, fever.", "Rest."]


def test_a_visit_shows_what_was_not_made_out_wherever_it_lies(say: Say) -> None:
    asked, told = say("Do you smoke ?", speaker="d"), say("| | | No never . | Okay . | My knee hurts .", speaker="p")
    segments = (*asked.segments, *told.segments)
    roles = (SpeakerRole("d", Role.CLINICIAN, 1.0), SpeakerRole("p", Role.PATIENT, 1.0))
    for start in (0.2, 2.1, 3.4, 4.7, 6.6):
        flag = Flag(FlagKind.INAUDIBLE, Interval(start, start + 0.2), "test")
        heard = Transcript(segments, roles=roles, flags=(flag,), duration=8)
        note = pipeline.draft(heard, Config(), mode=Mode.VISIT).note
        assert any("____ [inaudible 00:00:0" in item.text for item in note.statements), start


def test_the_examples_of_the_manual_work(say: Say, tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "dictation.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", manual, flags=re.MULTILINE)
    for name, key in (("templates", "    templates:"), ("commands", "    remove:")):
        (block,) = [text for text in blocks if text.lstrip("\n").startswith(key)]
        (tmp_path / name).write_text(textwrap.dedent(block), encoding="utf-8")
    own = {name: str(tmp_path / name) for name in ("templates", "commands")}
    config = Config(dictation=DictationSettings(**own))  # type: ignore[arg-type]
    said = "insert note for work next field ann period accept defaults go to what we do see section sign five full halt"
    expected = " Ann may go back to work on Monday. None.\n\nPlan: See §five."
    assert text(say(said), Mode.DICTATION, config).replace("§5", "§five") == expected


def test_what_was_taken_back_is_listed_and_flagged_where_it_can_harm(say: Say) -> None:
    said = (
        "lungs are clear period give warfarin five milligrams period scratch that | he is tired | scratch that | rest"
    )
    draft = pipeline.draft(say(said), Config(), mode=Mode.DICTATION)
    transcript, note = draft.transcript, draft.note
    assert [item.text for item in note.taken_back] == ["give warfarin five milligrams", "he is tired"]
    for item in note.taken_back:
        assert transcript.text[item.heard.start : item.heard.end] == item.text
        assert item.seconds == transcript.seconds(item.heard)
    flags = [flag for flag in transcript.flags if flag.kind is FlagKind.TAKEN_BACK]
    assert [(flag.readings, flag.interval) for flag in flags] == [
        (("give warfarin five milligrams",), note.taken_back[0].seconds)
    ]
    assert serial.loads(serial.dumps(note), Note).taken_back == note.taken_back
    for shown in (Markdown().export(note, transcript).decode(), Html().export(note, transcript).decode()):
        assert "Taken back by the speaker" in shown
        assert "he is tired" in shown


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("hold heparin | question mark | delete that", ["question mark"]),
        ("ten units no wait scratch that twelve units", ["ten units"]),
        ("take heparin | correct heparin to warfarin", ["heparin"]),
        ("he is tired | scratch that | undo that | today", []),
        ("he is tired | today", []),
    ],
)
def test_every_span_taken_back_can_be_traced(say: Say, said: str, taken: list[str]) -> None:
    heard = say(said)
    assert [item.text for item in write(heard, Mode.DICTATION, Config()).took_back(heard)] == taken
