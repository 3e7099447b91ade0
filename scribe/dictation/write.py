"""What was heard -> how it is written: spoken commands, then figures, then what could not be made out."""

from __future__ import annotations

from dataclasses import dataclass

from scribe.config import Config
from scribe.dictation import commands, templates
from scribe.dictation.blanks import with_blanks
from scribe.dictation.editing import dictate
from scribe.dictation.formatting import formatted
from scribe.dictation.written import Written, verbatim
from scribe.types import Flag, Mode, Transcript


@dataclass(frozen=True, slots=True)
class Page:
    """The written words of a transcript, and what came up while they were written."""

    written: tuple[Written, ...]
    flags: tuple[Flag, ...]


def check_files(config: Config) -> None:
    """Raises ConfigError where the user's commands or templates cannot be used: before work goes into a recording."""
    commands.load(config.dictation.commands)
    templates.load(config.dictation.templates)


def write(transcript: Transcript, mode: Mode, config: Config) -> Page:
    """The page of a transcript: a dictation's commands are carried out, a visit has none.

    Raises ConfigError where the user's commands or templates cannot be used.
    """
    written: tuple[Written, ...] = tuple(verbatim(transcript.words))
    flags: tuple[Flag, ...] = ()
    if mode is Mode.DICTATION:
        known = commands.load(config.dictation.commands), templates.load(config.dictation.templates)
        dictated = dictate(transcript.words, *known)
        written, flags = dictated.written, dictated.flags
    if config.dictation.formatting:
        figures = formatted(written, config.dictation)
        written, flags = figures.written, (*flags, *figures.flags)
    return Page(tuple(with_blanks(written, transcript)), flags)
