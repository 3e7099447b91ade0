"""What every document shares: clocks, names of speakers, passages of the transcript, marked words.

Nothing here knows a format. A place in a document is a `Place`: what it is called and the passage it points to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from scribe.types import (
    Assertion,
    Component,
    Element,
    Evidence,
    Interval,
    Level,
    Note,
    NoteStatus,
    Provenance,
    Quote,
    Role,
    Span,
    Statement,
    Transcript,
    Word,
)
from scribe.view import Excerpt, NoteView, plain

PASSAGE_WORDS = 60  # a passage ends at the first end of a sentence after this many words,
PASSAGE_WORDS_MOST = 120  # or here, where nobody ends a sentence
SENTENCE_ENDS = (".", "?", "!")
NOT_WORDS = " \n,.;:?!"

STATUS_BANNERS: Mapping[NoteStatus, str] = {
    NoteStatus.PRELIMINARY: "Draft, not signed. Made by machine: check every line against the recording before use.",
    NoteStatus.FINAL: "Final.",
    NoteStatus.AMENDED: "Amended after it was final.",
}
CLAIMS: Mapping[Assertion, str] = {
    Assertion.PRESENT: "present",
    Assertion.ABSENT: "denied or absent",
    Assertion.POSSIBLE: "possible",
    Assertion.CONDITIONAL: "only under a condition",
    Assertion.HISTORICAL: "in the past",
    Assertion.FAMILY: "of the family",
}


def clock(seconds: float) -> str:
    """`02:05`, or `1:02:05` from an hour on; parts of a second are cut off."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def speaker_names(transcript: Transcript) -> dict[str, str]:
    """What a reader calls each speaker, in order of first being heard: Clinician, Patient, Other 1, Speaker 1."""
    heard = dict.fromkeys(word.speaker for word in transcript.words if word.speaker is not None)
    titles = {speaker: (transcript.role_of(speaker) or "speaker").capitalize() for speaker in heard}
    crowd, met = Counter(titles.values()), Counter[str]()
    names = {}
    for speaker, title in titles.items():
        met[title] += 1
        names[speaker] = title if crowd[title] == 1 and title != "Speaker" else f"{title} {met[title]}"
    return names


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words of one speaker, short enough to take in at a glance."""

    number: int  # from 1
    name: str | None  # of the speaker; None where it is not known
    role: Role | None
    first: int  # index of its first word in the transcript
    last: int  # index of its last word
    span: Span
    seconds: float | None  # at which it begins; None where the transcript has no times
    text: str = field(repr=False)


def runs(words: Iterable[tuple[int, Word]]) -> Iterator[list[tuple[int, Word]]]:
    """Neighbouring words of the same speaker, with their indices."""
    run: list[tuple[int, Word]] = []
    for at, word in words:
        if run and word.speaker != run[-1][1].speaker:
            yield run
            run = []
        run.append((at, word))
    if run:
        yield run


def passages(transcript: Transcript) -> tuple[Passage, ...]:
    """The whole transcript, cut where the speaker changes and, in long turns, at the ends of sentences."""
    names = speaker_names(transcript)
    found: list[Passage] = []
    for run in runs(enumerate(transcript.words)):
        for piece in _glances(run):
            first = piece[0][1]
            span = transcript.span_of(piece[0][0], piece[-1][0])
            found.append(
                Passage(
                    number=len(found) + 1,
                    name=names.get(first.speaker or ""),
                    role=transcript.role_of(first.speaker),
                    first=piece[0][0],
                    last=piece[-1][0],
                    span=span,
                    seconds=first.start if transcript.timed else None,
                    text=transcript.text[span.start : span.end].strip(),
                )
            )
    return tuple(found)


def _glances(run: list[tuple[int, Word]]) -> Iterator[list[tuple[int, Word]]]:
    piece: list[tuple[int, Word]] = []
    for item in run:
        piece.append(item)
        ended = len(piece) >= PASSAGE_WORDS and item[1].text.rstrip().endswith(SENTENCE_ENDS)
        if ended or len(piece) >= PASSAGE_WORDS_MOST:
            yield piece
            piece = []
    if piece:
        yield piece


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement was heard: `clock` is "02:05", or None without times; `passage` is a passage's number."""

    clock: str | None
    passage: int


@dataclass(frozen=True)
class Document:
    """A note with the transcript it came from, as a document sees them."""

    note: Note
    transcript: Transcript
    layout: NoteView | None = None

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The transcript, cut for reading."""
        return passages(self.transcript)

    @cached_property
    def _passage_starts(self) -> list[int]:
        return [passage.span.start for passage in self.passages]

    @cached_property
    def view(self) -> NoteView:
        """What is shown and in which order: the layout given, or else the note as its sections stand."""
        return self.layout or plain(self.note)

    @cached_property
    def _statements(self) -> Mapping[str, Statement]:
        return {statement.id: statement for statement in self.note.statements}

    def statement(self, statement_id: str) -> Statement:
        """The statement with this id. Raises KeyError where the note has none."""
        return self._statements[statement_id]

    def is_first(self, excerpt: Excerpt) -> bool:
        """Whether a link to the statement leads to this excerpt of it."""
        return (excerpt.statement_id, excerpt.span) in self.view.firsts

    def ends_sentence(self, excerpt: Excerpt) -> bool:
        """Whether the words shown end a sentence."""
        return self.statement(excerpt.statement_id).text[: excerpt.span.end].endswith(SENTENCE_ENDS)

    @property
    def left_out(self) -> str:
        """What the template does not show, in one line; empty where it shows everything."""
        parts = [f"{title} ({count} statement{'' if count == 1 else 's'})" for title, count in self.view.left_out]
        return f"Left out by the template: {', '.join(parts)}; note.json has all." if parts else ""

    @property
    def banner(self) -> str:
        """How far the note may be trusted, in one line."""
        return STATUS_BANNERS[self.note.status]

    @property
    def doubtful_words(self) -> int:
        """How many stretches of the note the recogniser was not sure of."""
        return sum(len(statement.doubtful) for statement in self.note.statements)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The head of the document: what was recorded, when, how long."""
        note = self.note
        facts = [("Kind", note.encounter.mode.capitalize())]
        if note.encounter.date_of_service:
            facts.append(("Date of service", note.encounter.date_of_service))
        if self.transcript.timed:
            facts.append(("Recording", clock(round(self.transcript.duration))))
        facts += [("Status", f"{note.status}, revision {note.revision}"), ("Note", note.id)]
        return tuple(facts)

    def otherwise(self, statement: Statement) -> tuple[str, ...]:
        """What other statements say against this one, in words, each with its clock."""
        said = [self.statement(name) for name in statement.contradicts if name in self._statements]
        clocks = [next((place.clock for place in self.places(other) if place.clock), "") for other in said]
        return tuple(
            f"said otherwise: \u201c{other.text}\u201d{f' ({clock})' if clock else ''}"
            for other, clock in zip(said, clocks, strict=True)
        )

    def places(self, statement: Statement) -> tuple[Place, ...]:
        """Where the statement was heard, one place for each run of neighbouring passages."""
        found: list[Place] = []
        last = None
        for at, span in enumerate(statement.heard):
            passage = max(bisect_right(self._passage_starts, span.start), 1)
            if last is None or not 0 <= passage - last <= 1:
                time = clock(statement.seconds[at].start) if at < len(statement.seconds) else None
                found.append(Place(time, passage))
            last = passage
        return tuple(found)

    @property
    def visit(self) -> tuple[tuple[str, Level, tuple[Element, ...]], ...]:
        """The columns of the worksheet with their levels and elements; empty where the note has none."""
        sheet = self.note.worksheet
        if sheet is None:
            return ()
        levels = (sheet.problems, sheet.data, sheet.risk)
        return tuple(
            (column.capitalize(), level, sheet.of(column)) for column, level in zip(Component, levels, strict=True)
        )

    @property
    def visit_remarks(self) -> tuple[str, ...]:
        """What stands under the worksheet: how the level came about, the time stated, cautions."""
        sheet = self.note.worksheet
        if sheet is None:
            return ()
        remarks = ["Two of the three columns set the level. A draft of the grid: the clinician picks the level."]
        if sheet.time:
            remarks.append(f"Time stated by the clinician: {sheet.time.minutes} minutes.")
        return (*remarks, *(f"{caution[:1].upper()}{caution[1:]}." for caution in sheet.cautions))

    def quoted(self, quote: Quote) -> tuple[str, str, str]:
        """What stands before the quoted words in their statement, the words, and what follows."""
        return excerpt(self.note.statement(quote.statement_id).text, quote.span)

    def statement_of(self, evidence: Evidence) -> Statement:
        """The statement the evidence lies in."""
        return self.note.statement(evidence.statement_id)


def marked_pieces(
    statement: Statement, replaced: Sequence[Span] = (), within: Span | None = None
) -> tuple[tuple[str, bool, bool], ...]:
    """The statement's text in order: a piece, whether the recogniser was unsure of it, whether it was replaced.

    Punctuation beside words is never marked as doubtful. `replaced` and `within`, the part that is shown, are spans of
    the statement's text.
    """
    doubtful = _snug(statement)
    first, last = (within.start, within.end) if within else (0, len(statement.text))
    made: list[tuple[str, bool, bool]] = []
    at = 0
    for text, here in pieces(statement.text, replaced):
        inside = [Span(span.start - at, span.end - at) for span in doubtful]  # in `text`, which begins at `at`
        for part, unsure in pieces(text, inside):
            shown = part[max(first - at, 0) : max(last - at, 0)]
            made += [(shown, unsure, here)] if shown else []
            at += len(part)
    return tuple(made)


def _snug(statement: Statement) -> list[Span]:
    """The doubtful spans without the spaces and marks around the words."""
    snug = []
    for span in statement.doubtful:
        words = statement.text[span.start : span.end]
        start = span.start + len(words) - len(words.lstrip(NOT_WORDS))
        snug.append(Span(start, span.end - len(words) + len(words.rstrip(NOT_WORDS))))
    return snug


def pieces(text: str, marked: Sequence[Span]) -> tuple[tuple[str, bool], ...]:
    """`text` in order, cut into what is marked (True) and what is not; marks may overlap or reach too far."""
    flags = [False] * len(text)
    for span in marked:
        for at in range(max(span.start, 0), min(span.end, len(text))):
            flags[at] = True
    cuts = [0, *(at for at in range(1, len(text)) if flags[at] != flags[at - 1]), len(text)]
    return tuple((text[left:right], flags[left]) for left, right in pairwise(cuts) if left < right)


def excerpt(text: str, span: Span, around: int = 40) -> tuple[str, str, str]:
    """What stands before the span, in it and after it, cut at words, at most `around` characters on either side."""
    before, after = text[: span.start], text[span.end :]
    if len(before) > around:
        before = "… " + before[-around:].split(" ", 1)[-1]
    if len(after) > around:
        after = after[:around].rsplit(" ", 1)[0] + " …"
    return before, text[span.start : span.end], after


def opened(text: str) -> str:
    """The first words of a row with a capital, unless a capital follows ("pH")."""
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def joined_cell(texts: Sequence[str]) -> str:
    """Excerpts in one cell of a table, sentences behind each other, other pieces kept apart."""
    made = ""
    for text in texts:
        made += ("" if not made else " " if made.endswith(SENTENCE_ENDS) else "; ") + text
    return made


def interval_clock(interval: Interval) -> str:
    """`02:05 to 02:11`, or one clock where both are the same."""
    first, last = clock(interval.start), clock(interval.end)
    return first if first == last else f"{first} to {last}"


def provenance_lines(provenance: Provenance | None) -> tuple[tuple[str, str], ...]:
    """What made the note, as (name, value); sums are cut to 12 characters: note.json has them whole."""
    if provenance is None:
        return ()
    lines = [("Made by", provenance.engine)]
    lines += [(f"Weights {name}", f"sha256 {digest[:12]}") for name, digest in provenance.weights]
    lines += [(f"Version of {package}", version) for package, version in provenance.versions]
    if provenance.config_hash:
        lines.append(("Settings", f"sha256 {provenance.config_hash[:12]}"))
    if provenance.source_sha256:
        lines.append(("Source", f"sha256 {provenance.source_sha256[:12]}"))
    return tuple(lines)


def writer_lines(note: Note) -> tuple[tuple[str, str], ...]:
    """How many sentences a writer other than the rules worded, and how many of its own were refused."""
    counts = (("Sentences worded by it", len(note.reworded)), ("refused", len(note.refusals)))
    return tuple((name, str(count)) for name, count in counts) if any(count for _, count in counts) else ()
