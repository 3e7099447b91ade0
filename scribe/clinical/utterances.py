"""Words -> utterances: the sentences of each speaker's turn, by punctuation, pauses and line breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from scribe.clinical import openings
from scribe.types import Role, Span, Transcript

PAUSE = 3.0  # seconds of silence within a turn that end a sentence
LONG = 25  # words: a run without a full stop that is longer is cut at words that open a new thought
SHORTEST = 6  # words: no such cut leaves less
FULL_LINE = 60  # characters: a line this long that ends without a full stop was only wrapped

END = re.compile(r"[.?!\u2026]+[\"')\]]*(?:,(?=[A-Z\d(])|(?=\s|[A-Z]|$))")
ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|vs|approx|e\.g|i\.e|[a-z]\.[a-z]|[b-hj-z])|(?m:^)[^\w\n]*\d{1,2})\.$", re.IGNORECASE
)
APART = re.compile(
    r"(?i)\s+([.,;:?!\u2026]|n't\b|'(?:s|m|re|ve|ll|d)\b|(?<=\bgon )na\b|(?<=\bwan )na\b|(?<=\bgot )ta\b)"
)
CAPITALS = re.compile(r"(?:^|(?<=[\s.,;]))[A-Z][A-Z/&()' -]{2,60}:")  # HEADINGS: inside a paragraph
ASSENT = re.compile(r"\w[^?]*\W(?:okay|ok|all right|alright)\?\W*$", re.IGNORECASE)  # "..., okay?" asks nothing
ACKNOWLEDGED = re.compile(  # "no side effects okay and then ...": somebody goes on to something else
    r"(?<=\w)(?<!\bis)(?<!\bare)(?<!\bam)(?<!'s)(?<!'re)(?<!'m)(?<!was)(?<!were)(?<!\bbe)(?<!been)(?<!feel)(?<!feels)"
    r"(?<!feeling)(?<!look)(?<!looks)(?<!looking)(?<!doing)(?<!seem)(?<!seems)(?<!sound)(?<!sounds)(?<!pretty)(?<!really)"
    r"(?<!going)(?<!it)(?<!that)(?<!not)(?<!an)(?<!the)(?<!just)(?<!feeling)(?<!did)(?<!eating)(?<!sleeping)\s+"
    r"(?=(?:okay|ok|alright|all right)\s+(?!with|to|for|from|by|if|because|as|on|in|at|but|or|today|now)\w+\s+\w)",
    re.IGNORECASE,
)
OPENERS = re.compile(
    r"(?<=\s)(?=(?:okay|ok|alright|all right|so|now|but|and then|well|(?:do|did|are|have) you)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence that one speaker said."""

    span: Span  # of the transcript's text, without surrounding white space
    text: str = field(repr=False)
    speaker: str | None
    role: Role | None
    asks_on: bool = False  # it goes on with the question before it

    @property
    def plain(self) -> str:
        """The text with what a transcript may write apart put together: "do n't", "gon na", a mark after a space."""
        return APART.sub(r"\1", self.text.replace("\u2019", "'"))

    @property
    def asks(self) -> bool:
        """Whether it is a question; a clinician's may have lost its mark."""
        if self.asks_on:
            return True
        if self.plain.rstrip("\"')] ").endswith("?"):
            return self.role is Role.PATIENT or not ASSENT.search(self.plain)
        return self.role is Role.CLINICIAN and openings.opens_question(self.plain)


def split(transcript: Transcript) -> tuple[Utterance, ...]:
    """The utterances of a transcript, in order; together they hold every word."""
    roles = {item.speaker: item.role for item in transcript.roles}
    text = transcript.text
    return tuple(
        Utterance(span, text[span.start : span.end], speaker, roles.get(speaker) if speaker else None)
        for start, end, speaker in _runs(transcript)
        for span in _sentences(text, start, end)
    )


def _runs(transcript: Transcript) -> Iterator[tuple[int, int, str | None]]:
    """Stretches of text by one speaker without a long pause: start, end, speaker."""
    start = at = 0
    before = None
    for word in transcript.words:
        changed = before is not None and (
            word.speaker != before.speaker or (transcript.timed and word.start - before.end >= PAUSE)
        )
        if before is not None and changed:
            yield start, at, before.speaker
            start = at
        at += len(word.text)
        before = word
    if before is not None:
        yield start, at, before.speaker


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    run = text[start:end]
    cuts = sorted(
        {0, len(run), *_full_stops(run), *_line_breaks(run), *(found.start() for found in CAPITALS.finditer(run))}
    )
    for first, last in pairwise(cuts):
        for piece in _thoughts(run, first, last):
            if trimmed := run[piece.start : piece.end].strip().rstrip(","):
                offset = start + piece.start + run[piece.start : piece.end].index(trimmed)
                yield Span(offset, offset + len(trimmed))


def _full_stops(run: str) -> Iterator[int]:
    before = 0
    for found in END.finditer(run):
        if found[0].startswith(".") and ABBREVIATION.search(run[before : found.start() + 1]):
            continue
        before = found.end()
        yield before


def _line_breaks(run: str) -> Iterator[int]:
    line = 0
    for found in re.finditer(r"\s*\n\s*", run):
        length, last = found.start() - line, run[found.start() - 1 : found.start()]
        if (
            found[0].count("\n") > 1
            or length < FULL_LINE
            or last in ".:;?!"
            or run[found.end() : found.end() + 1] in "-*\u2022"
        ):
            yield found.start()
        line = found.end()


def _thoughts(run: str, start: int, end: int) -> Iterator[Span]:
    """Cut a run of words without punctuation where a new thought opens."""
    for found in ACKNOWLEDGED.finditer(run, start, end):
        if len(run[start : found.start()].split()) > 1:
            yield from _opened(run, start, found.start())
            start = found.start()
    yield from _opened(run, start, end)


def _opened(run: str, start: int, end: int) -> Iterator[Span]:
    if len(run[start:end].split()) > LONG:
        for found in OPENERS.finditer(run, start, end):
            if (
                len(run[start : found.start()].split()) >= SHORTEST
                and len(run[found.start() : end].split()) >= SHORTEST
            ):
                yield Span(start, found.start())
                start = found.start()
    yield Span(start, end)
