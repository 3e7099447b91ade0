"""A transcript as subtitles (SubRip, WebVTT) or as plain text with the names of the speakers.

Sources of the forms: the SubRip layout as players read it (number, `HH:MM:SS,mmm --> HH:MM:SS,mmm`, text, empty line)
and the W3C's WebVTT, whose cue text escapes `&`, `<` and `>`. Lengths follow common subtitling practice: two lines of
42 characters, at most seven seconds on the screen.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from scribe.errors import InputError
from scribe.export.checks import long_clock
from scribe.export.layout import SENTENCE_ENDS, runs, speaker_names
from scribe.types import FlagKind, Transcript, Word

LINE = 42  # characters
LINES = 2
CUE_SECONDS = 7.0
PAUSE = 1.5  # seconds of silence that end a cue
ON_SCREEN = {FlagKind.INAUDIBLE: " [inaudible]", FlagKind.OVERLAP: " [overlap]"}
IN_TEXT = {FlagKind.INAUDIBLE: " ____ [inaudible {}]"}
SHORTEST = 0.1  # seconds: a cue of no length would never be seen


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    name: str | None
    text: str = field(repr=False)


def to_srt(transcript: Transcript) -> str:
    """SubRip. The speaker's name opens a cue wherever the speaker changes. Raises InputError without times."""
    blocks = []
    last = None
    for number, cue in enumerate(_cues(transcript), start=1):
        said = f"{cue.name}: {cue.text}" if cue.name and cue.name != last else cue.text
        last = cue.name
        # an arrow inside the text would read as a line of times
        lines = "\n".join(textwrap.wrap(said.replace("-->", "->"), LINE))
        blocks.append(f"{number}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n{lines}\n")
    return "\n".join(blocks)


def to_vtt(transcript: Transcript) -> str:
    """WebVTT, with the speaker as the voice of each cue. Raises InputError without times."""
    blocks = ["WEBVTT\n"]
    for cue in _cues(transcript):
        lines = "\n".join(_escaped(line) for line in textwrap.wrap(cue.text, LINE))
        voice = f"<v {_escaped(cue.name)}>" if cue.name else ""
        blocks.append(f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n{voice}{lines}\n")
    return "\n".join(blocks)


def to_text(transcript: Transcript) -> str:
    """One paragraph for each turn, opened by the speaker's name where it is known."""
    names = speaker_names(transcript)
    turns = []
    for run in runs(enumerate(_marked(transcript, IN_TEXT))):
        text = "".join(word.text for _, word in run).strip()
        name = names.get(run[0][1].speaker or "")
        turns.append(f"{name}: {text}\n" if name else f"{text}\n")
    return "\n".join(turns)


def _marked(transcript: Transcript, marks: Mapping[FlagKind, str]) -> tuple[Word, ...]:
    """The words, with a word of nobody's where no words were made out, and one more where two people speak at once."""
    words = list(transcript.words)
    for flag in sorted(transcript.flags, key=lambda flag: flag.interval, reverse=True):
        begin, end = flag.interval.start, flag.interval.end
        text = marks.get(flag.kind, "").format(long_clock(begin))
        if text and flag.kind is FlagKind.INAUDIBLE:
            at = next((at for at, word in enumerate(words) if word.start >= begin), len(words))
            words.insert(at, Word(begin, end, text))
        elif text:
            at = next((at for at, word in enumerate(words) if word.end > begin), len(words))
            words[at:at] = [replace(word, end=word.start, text=text) for word in words[at : at + 1]]
    return tuple(words)


def _cues(transcript: Transcript) -> Iterator[_Cue]:
    """Cues in order of time, none longer than it may be unless a single word is, none overlapping the next."""
    if transcript.words and not transcript.timed:
        raise InputError("this transcript has no times, so it cannot become subtitles: write it as text or JSON")
    names = speaker_names(transcript)
    cues = [
        _Cue(cue[0].start, max(word.end for word in cue), names.get(cue[0].speaker or ""), _text(cue))
        for run in runs(enumerate(_marked(transcript, ON_SCREEN)))
        for cue in _cut([word for _, word in run], f"{names.get(run[0][1].speaker or '', '')}: ")
        if _text(cue)
    ]
    shown_until = 0.0
    for at, cue in enumerate(cues):
        start = max(cue.start, shown_until)
        room = max(cues[at + 1].start, start + SHORTEST) if at + 1 < len(cues) else float("inf")
        shown_until = min(max(cue.end, start + SHORTEST), room)
        yield _Cue(start, shown_until, cue.name, cue.text)


def _cut(words: list[Word], label: str) -> Iterator[list[Word]]:
    cue: list[Word] = []
    for word in words:
        if cue and _is_full(cue, word, label):
            yield cue
            cue = []
        cue.append(word)
    if cue:
        yield cue


def _is_full(cue: list[Word], following: Word, label: str) -> bool:
    sentence_done = cue[-1].text.rstrip().endswith(SENTENCE_ENDS)
    return (
        len(textwrap.wrap(label + _text([*cue, following]), LINE)) > LINES
        or following.end - cue[0].start > CUE_SECONDS
        or following.start - cue[-1].end > PAUSE
        or (sentence_done and len(label + _text(cue)) >= LINE)
    )


def _text(words: list[Word]) -> str:
    return " ".join("".join(word.text for word in words).split())


def _stamp(seconds: float, decimal: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, seconds_left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds_left:02}{decimal}{thousandths:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
