from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from scribe.config import Config, DictationSettings
from scribe.dictation.write import write
from scribe.errors import ConfigError
from scribe.types import Flag, FlagKind, Interval, Mode, Transcript

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
    assert text(say("well"), Mode.VISIT, config) == " well"


def test_ten_minutes_are_written_in_a_moment(say: Say) -> None:
    said = say("the patient has chest pain comma twenty milligrams of aspirin and no fever period " * 107)
    write(said, Mode.DICTATION, Config())
    for mode in Mode:
        start = perf_counter()
        write(said, mode, Config())
        assert perf_counter() - start < 1.0  # 0.3 s on a quiet machine
