"""What a person should check before signing: flags by risk, and the words that were replaced. For every document.

A `Check` is one line of the list "Check first". Nothing here knows a format.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from scribe.export.layout import NOT_WORDS, Passage, clock, excerpt
from scribe.types import Flag, FlagKind, Interval, Note, Repair, Section, Span, Statement, Transcript

TITLES: Mapping[FlagKind, str] = {
    FlagKind.DRUG: "Drug",
    FlagKind.DOSE: "Dose",
    FlagKind.NUMBER: "Number",
    FlagKind.NEGATION: "Negation",
    FlagKind.SIDE: "Side",
    FlagKind.TAKEN_BACK: "Taken back",
    FlagKind.DISAGREEMENT: "Another term?",
    FlagKind.MISSING: "Sound missing",
    FlagKind.INAUDIBLE: "Inaudible",
    FlagKind.UNREAD: "Could not be read",
    FlagKind.BLANK: "Left blank",
    FlagKind.MARKED: "Marked by the speaker",
    FlagKind.OVERLAP: "Overlap",
    FlagKind.LOW_TRUST: "Hard to recognise",
    FlagKind.LOOP: "Repeats removed",
    FlagKind.LANGUAGE: "Language",
}
GAPS: Mapping[FlagKind, str] = {
    FlagKind.MISSING: "[sound missing {}]",
    FlagKind.INAUDIBLE: "____ [inaudible {}]",
    FlagKind.BLANK: "[left blank {}]",
    FlagKind.MARKED: "[marked {}]",
    FlagKind.OVERLAP: "[overlap {}]",
    FlagKind.TAKEN_BACK: "[taken back {}]",
}
RULES: Mapping[str, str] = {"second-decode": "a second decoding with medical terms in mind"}
ONE_LINE = frozenset(
    {FlagKind.DRUG, FlagKind.OVERLAP, FlagKind.LOW_TRUST, FlagKind.LOOP, FlagKind.LANGUAGE}
)  # the same finding in several places is one line with several times; elsewhere each place needs its own look
POINTED = frozenset(
    {FlagKind.DRUG, FlagKind.DOSE, FlagKind.NUMBER, FlagKind.NEGATION, FlagKind.SIDE, FlagKind.DISAGREEMENT}
)  # about certain words, which are marked and quoted; the other kinds are about a stretch of time
SHORT_OVERLAP = 1.0  # seconds: who begins before the other has ended hides no word, and comes last
QUOTED = 32  # characters on either side of the words of a check
TOUCH = 0.01  # seconds that intervals must share: neighbouring words meet in one point


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place of the recording that a check is about."""

    anchor: str  # "f3-1": unique in the document
    flag: Flag
    statements: tuple[str, ...]  # ids of the statements that were heard there
    quote: tuple[str, str, str] | None = field(repr=False)  # before, the words, after; None where there are no words

    @property
    def clock(self) -> str:
        """Where it begins, "02:05"."""
        return clock(self.flag.interval.start)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to check, at one or more places."""

    number: int  # from 1
    kind: FlagKind
    reason: str
    readings: tuple[str, ...] = field(repr=False)
    places: tuple[Occurrence, ...]

    @property
    def title(self) -> str:
        """The kind in words."""
        return "Short overlap" if _is_short(self.places[0].flag) else TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a passage that are marked alike. `opens` are the places to check that begin here."""

    text: str = field(repr=False)
    checks: tuple[Check, ...] = ()
    opens: tuple[tuple[Check, Occurrence], ...] = ()
    repair: Repair | None = None
    repair_ends: bool = False  # the last piece of its repair


@dataclass(frozen=True)
class Checklist:
    """The flags and repairs of a transcript, as the reader of a note meets them."""

    note: Note
    transcript: Transcript

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What nobody has checked yet, the most dangerous first, then in order of time; very short overlaps last."""
        groups: dict[object, list[Flag]] = {}
        known = {(flag.kind, flag.interval) for flag in self.transcript.flags}
        unread = [flag for flag in self.note.unread if (flag.kind, flag.interval) not in known]
        unchecked = [flag for flag in (*self.transcript.flags, *unread) if flag.checked_by is None]
        for at, flag in enumerate(sorted(joined(unchecked), key=_urgency)):
            key = (flag.kind, flag.reason, flag.readings, _is_short(flag)) if flag.kind in ONE_LINE else at
            groups.setdefault(key, []).append(flag)
        return tuple(
            Check(
                number,
                found[0].kind,
                found[0].reason,
                found[0].readings,
                tuple(self._occurrence(f"f{number}-{at}", flag) for at, flag in enumerate(found, 1)),
            )
            for number, found in enumerate(groups.values(), 1)
        )

    def _occurrence(self, anchor: str, flag: Flag) -> Occurrence:
        touched = tuple(item.id for item in self.note.statements if _meets(flag.interval, item.seconds))
        words = self._words_of(flag)
        if not words or flag.kind not in POINTED:
            return Occurrence(anchor, flag, touched, None)
        span = self.transcript.span_of(words[0], words[-1])
        return Occurrence(anchor, flag, touched, excerpt(self.transcript.text, span, QUOTED))

    def _words_of(self, flag: Flag) -> range:
        """Indices of the words that were heard in the flag's time; none for what nobody could make out."""
        if flag.kind in (FlagKind.MISSING, FlagKind.INAUDIBLE) or not self.transcript.timed:
            return range(0)
        inside = [at for at, word in enumerate(self.transcript.words) if _shares(flag.interval, word.start, word.end)]
        return range(inside[0], inside[-1] + 1) if inside else range(0)

    @cached_property
    def following(self) -> Mapping[str, str]:
        """The anchor of the next place to check, by the anchor of each but the last."""
        anchors = [place.anchor for check in self.checks for place in check.places]
        return dict(pairwise(anchors))

    def statements_of(self, check: Check) -> tuple[tuple[Statement, Section], ...]:
        """The statements that the check touches, each with its section, in the order of the note."""
        touched = {statement for place in check.places for statement in place.statements}
        return tuple(
            (statement, section)
            for section in self.note.sections
            for statement in section.statements
            if statement.id in touched
        )

    def checks_of(self, statement: Statement) -> tuple[Check, ...]:
        """The checks that touch what the statement was made from; very short overlaps touch nothing."""
        return tuple(
            check
            for check in self.checks
            if any(statement.id in place.statements and not _is_short(place.flag) for place in check.places)
        )

    def repairs_of(self, statement: Statement) -> tuple[Repair, ...]:
        """The repairs among the words that the statement was made from."""
        placed = [(repair, self._span(repair)) for repair in self.transcript.repairs]
        return tuple(
            repair
            for repair, span in placed
            if any(span.start < place.end and place.start < span.end for place in statement.heard)
        )

    def repaired_spans(self, statement: Statement) -> tuple[Span, ...]:
        """Where in the statement's text the replaced words stand, as far as they still read the same."""
        found = []
        for repair in self.repairs_of(statement):
            stands = re.escape(self.stands(repair).strip(NOT_WORDS))
            found += [Span(*match.span()) for match in re.finditer(stands, statement.text, re.IGNORECASE)]
        return tuple(found)

    def stands(self, repair: Repair) -> str:
        """The words that stand in the transcript because of the repair."""
        span = self._span(repair)
        return self.transcript.text[span.start : span.end]

    def _span(self, repair: Repair) -> Span:
        return self.transcript.span_of(repair.first, repair.first + repair.count - 1)

    @cached_property
    def _opening(self) -> Mapping[int, list[tuple[Check, Occurrence]]]:
        """The places to check, by the index of the word before which they begin."""
        starts = [word.start for word in self.transcript.words]
        opening: dict[int, list[tuple[Check, Occurrence]]] = {}
        for check in self.checks:
            for place in check.places:
                words = self._words_of(place.flag)
                at = words[0] if words else bisect_left(starts, place.flag.interval.start)
                opening.setdefault(at, []).append((check, place))
        return opening

    @cached_property
    def _covering(self) -> Mapping[int, list[Check]]:
        covering: dict[int, list[Check]] = {}
        for check in (item for item in self.checks if item.kind in POINTED):
            for at in sorted({at for place in check.places for at in self._words_of(place.flag)}):
                covering.setdefault(at, []).append(check)
        return covering

    def pieces(self, passage: Passage) -> tuple[Piece, ...]:
        """The words of a passage in order, cut where a mark begins or ends."""
        words, made = self.transcript.words, list[Piece]()
        for at in range(passage.first, passage.last + 1):
            text = words[at].text.lstrip() if not made else words[at].text
            checks, repair = tuple(self._covering.get(at, ())), self._repaired.get(at)
            ends = repair is not None and at == repair.first + repair.count - 1
            last = made[-1] if made else None
            if last and at not in self._opening and (last.checks, last.repair) == (checks, repair):
                made[-1] = replace(last, text=last.text + text, repair_ends=ends)
            else:
                made.append(Piece(text, checks, tuple(self._opening.get(at, ())), repair, ends))
        if passage.last == len(words) - 1 and len(words) in self._opening:
            made.append(Piece("", opens=tuple(self._opening[len(words)])))
        return tuple(made)

    @cached_property
    def _repaired(self) -> Mapping[int, Repair]:
        return {at: item for item in self.transcript.repairs for at in range(item.first, item.first + item.count)}


def gap(place: Occurrence) -> str:
    """What stands where there are no words to read, or not the usual ones: `____ [inaudible 00:12:31]`; else empty."""
    return GAPS.get(place.flag.kind, "").format(long_clock(place.flag.interval.start))


def long_clock(seconds: float) -> str:
    """`00:12:31`, hours always there."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}"


def heard(repair: Repair) -> str:
    """What the recogniser had written and why it was replaced: `heard “listen opril”, 31%; replaced by sound`."""
    said = "".join(word.text for word in repair.original).strip(NOT_WORDS)
    chance = min((word.probability for word in repair.original), default=0.0)
    return f"heard “{said}”, {chance:.0%}; replaced by {rule(repair)}"


def rule(repair: Repair) -> str:
    """The rule of a repair in words."""
    return RULES.get(repair.rule, repair.rule.replace("-", " "))


def joined(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """The flags, those of one kind that share a moment made one: all readings, and the reason of the earliest."""
    made: list[Flag] = []
    for flag in sorted(flags, key=lambda flag: (flag.kind.rank, flag.interval, flag.reason)):
        last = made[-1] if made else None
        if last and last.kind is flag.kind and _shares(last.interval, flag.interval.start, flag.interval.end):
            end = max(last.interval.end, flag.interval.end)
            readings = tuple(dict.fromkeys((*last.readings, *flag.readings)))
            made[-1] = replace(last, interval=Interval(last.interval.start, end), readings=readings)
        else:
            made.append(flag)
    return tuple(made)


def _urgency(flag: Flag) -> tuple[int, Interval]:
    return len(FlagKind) if _is_short(flag) else flag.kind.rank, flag.interval


def _is_short(flag: Flag) -> bool:
    return flag.kind is FlagKind.OVERLAP and flag.interval.duration < SHORT_OVERLAP


def _shares(interval: Interval, start: float, end: float) -> bool:
    """Whether more than a point is shared; a word or flag of no length lies in what surrounds it."""
    shared = min(interval.end, end) - max(interval.start, start)
    return shared > TOUCH or (shared >= 0 and min(interval.duration, end - start) <= TOUCH)


def _meets(interval: Interval, seconds: Iterable[Interval]) -> bool:
    return any(_shares(interval, other.start, other.end) for other in seconds)
