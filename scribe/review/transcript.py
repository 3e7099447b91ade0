"""Edits of a transcript. A word is named by its index; edits are made one after the other.

What an edit does not touch stays the very same object: segments, words, flags. Flags and repairs keep pointing at
their words; a repair whose words are typed over is gone, what was recognised there stays in the revision before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scribe.errors import InputError
from scribe.review.retime import Place, between, retimed
from scribe.types import Flag, FlagKind, Interval, Role, Segment, SpeakerRole, Transcript, Word

NOT_MADE_OUT = "a person could not make it out"
ANOTHER_LOOK = "a person asked for another look"
EDGES = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)


# --- what can be done
@dataclass(frozen=True, slots=True)
class ReplaceWords:
    """Other text for some words. `count` 0 inserts before `first`, an empty text removes."""

    first: int
    count: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplaceAll:
    """Find whole words and write others."""

    find: str = field(repr=False)
    text: str = field(repr=False)
    match_case: bool = False


@dataclass(frozen=True, slots=True)
class AssignSpeaker:
    """Who said some words; None: not known. An unknown label is a new speaker."""

    first: int
    count: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Split:
    """From `first` to the end of the turn somebody else speaks; None: a new speaker."""

    first: int
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class NameSpeaker:
    """Name and role of a speaker; None: as it is."""

    speaker: str
    name: str | None = field(default=None, repr=False)
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class MergeSpeakers:
    """All words of `speaker` are those of `into`."""

    speaker: str
    into: str


@dataclass(frozen=True, slots=True)
class ResolveFlag:
    """A flag was checked against the sound. It is named by its place in `Transcript.flags`, which it keeps."""

    flag: int


@dataclass(frozen=True, slots=True)
class RestoreFlag:
    """A checked flag is open again."""

    flag: int


@dataclass(frozen=True, slots=True)
class MarkInaudible:
    """Nobody can make these words out: they go, and a flag of the gap stands there."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Mark:
    """These words stay, and somebody else should look at them."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class UndoRepair:
    """Back to what was recognised. The repair is named by its place in `Transcript.repairs`."""

    repair: int


Edit = (
    ReplaceWords
    | ReplaceAll
    | AssignSpeaker
    | Split
    | NameSpeaker
    | MergeSpeakers
    | ResolveFlag
    | RestoreFlag
    | MarkInaudible
    | Mark
    | UndoRepair
)


def apply(transcript: Transcript, edits: Sequence[Edit], author: str) -> Transcript:
    """The transcript with the edits of `author`, one after the other.

    Raises InputError, naming the edit, where one points at words, speakers or flags that are not there.
    """
    for number, edit in enumerate(edits, 1):
        try:
            transcript = _made(transcript, edit, author)
        except InputError as error:
            raise InputError(f"edit {number} of {len(edits)}: {error}") from error
    return transcript


def _made(transcript: Transcript, edit: Edit, author: str) -> Transcript:
    match edit:
        case ReplaceWords(first, count, text):
            return _retyped(transcript, first, count, text, author)
        case ReplaceAll(find, text, match_case):
            return _replaced_everywhere(transcript, find, text, author, match_case=match_case)
        case AssignSpeaker(first, count, speaker):
            return _assigned(transcript, first, count, speaker)
        case Split(first, speaker):
            _check(transcript, first, 1)
            label = speaker or new_speaker(transcript)
            return _assigned(transcript, first, _rest_of_turn(transcript, first), label)
        case NameSpeaker(speaker, name, role):
            return _named(transcript, speaker, name, role)
        case MergeSpeakers(speaker, into):
            return _merged(transcript, speaker, into)
        case ResolveFlag(flag):
            return _flagged(transcript, flag, author)
        case RestoreFlag(flag):
            return _flagged(transcript, flag, None)
        case MarkInaudible(first, count):
            flag_ = Flag(FlagKind.INAUDIBLE, _interval(transcript, first, count), NOT_MADE_OUT)
            return replace(splice(transcript, first, count, ()), flags=(*transcript.flags, flag_))
        case Mark(first, count):
            flag_ = Flag(FlagKind.MARKED, _interval(transcript, first, count), ANOTHER_LOOK)
            return replace(transcript, flags=(*transcript.flags, flag_))
        case UndoRepair(repair):
            if repair >= len(transcript.repairs):
                raise InputError("there is no such repair: read the transcript again")
            return transcript.undo(transcript.repairs[repair])


# --- words
def splice(transcript: Transcript, first: int, count: int, words: Sequence[Word]) -> Transcript:
    """The transcript with `words` in the place of `count` words from `first` on.

    They go into the segment of the first word they replace, or, where they replace none, of the word before. Repairs
    that touch them are gone, later ones keep their words.
    """
    _check(transcript, first, count)
    segments = tuple(_spliced(transcript.segments, first, count, words))
    last, shift = first + count, len(words) - count
    repairs = tuple(
        replace(item, first=item.first + shift) if item.first >= last else item
        for item in transcript.repairs
        if item.first + item.count <= first or item.first >= last
    )
    return replace(transcript, segments=segments, repairs=repairs)


def _spliced(segments: Sequence[Segment], first: int, count: int, words: Sequence[Word]) -> Iterator[Segment]:
    at, last, waiting = 0, first + count, tuple(words)
    if not segments and waiting:
        yield Segment(waiting)
    for segment in segments:
        end = at + len(segment.words)
        here = waiting and (at <= first < end if count else at <= first <= end)
        if not here and (end <= first or at >= last):
            yield segment
        else:
            kept = segment.words[: max(first - at, 0)], segment.words[max(last - at, 0) :]
            left = (*kept[0], *(waiting if here else ()), *kept[1])
            waiting = () if here else waiting
            if left:
                yield replace(segment, words=left)
        at = end


def _retyped(transcript: Transcript, first: int, count: int, text: str, author: str) -> Transcript:
    _check(transcript, first, count)
    old = transcript.words[first : first + count]
    return splice(transcript, first, count, retimed(old, text, _place(transcript, first, count), author))


def _place(transcript: Transcript, first: int, count: int) -> Place:
    words = transcript.words
    before = words[first - 1] if first else None
    after = words[first + count] if first + count < len(words) else None
    end = max(transcript.duration, words[-1].end if words else 0.0)
    right = after.start if after else end
    if before:
        return between(before, right, before.speaker)
    return Place(0.0, right, after.speaker if after else None)


def _replaced_everywhere(transcript: Transcript, find: str, text: str, author: str, *, match_case: bool) -> Transcript:
    """Every place where the words stand in one turn; marks around them stay. Raises InputError where there is none."""
    wanted = _comparable(find, match_case=match_case)
    size, words = len(find.split()), transcript.words
    places, at = list[int](), 0
    while wanted and at + size <= len(words):
        window = words[at : at + size]
        same = _comparable("".join(word.text for word in window), match_case=match_case) == wanted
        if same and len({word.speaker for word in window}) == 1 and _bounded(window, wanted):
            places.append(at)
            at += size
        else:
            at += 1
    if not places:
        raise InputError("these words are nowhere in the transcript: nothing was replaced")
    for place in reversed(places):
        standing = "".join(word.text for word in transcript.words[place : place + size]).strip()
        edges = EDGES.match(standing)
        before, after = (edges[1], edges[3]) if edges else ("", "")
        written = f"{before}{text.strip()}{after}" if text.strip() else ""
        transcript = _retyped(transcript, place, size, written, author)
    return transcript


def _bounded(window: Sequence[Word], wanted: str) -> bool:
    """Whether the words at both ends are more than marks, unless marks are what is looked for."""
    return wanted[:1].isalnum() <= _has_letters(window[0]) and wanted[-1:].isalnum() <= _has_letters(window[-1])


def _has_letters(word: Word) -> bool:
    return any(map(str.isalnum, word.text))


def _comparable(text: str, *, match_case: bool) -> str:
    edges = EDGES.match(" ".join(text.split()))
    core = edges[2] if edges and edges[2] else text.strip()
    return core if match_case else core.casefold()


def _check(transcript: Transcript, first: int, count: int) -> None:
    if first < 0 or count < 0 or first + count > len(transcript.words):
        there = len(transcript.words)
        raise InputError(f"the transcript has {there} words, this means {count} from {first} on: read it again")


def _interval(transcript: Transcript, first: int, count: int) -> Interval:
    _check(transcript, first, count)
    words = transcript.words[first : first + count]
    if words:
        return Interval(min(word.start for word in words), max(word.end for word in words))
    place = _place(transcript, first, 0)
    return Interval(place.left, place.right)


# --- speakers
def new_speaker(transcript: Transcript) -> str:
    """A label that nobody has: "SPEAKER_02"."""
    known = {word.speaker for word in transcript.words} | {item.speaker for item in transcript.roles}
    return next(label for number in range(len(known) + 1) if (label := f"SPEAKER_{number:02}") not in known)


def _assigned(transcript: Transcript, first: int, count: int, speaker: str | None) -> Transcript:
    _check(transcript, first, count)
    inside = range(first, first + count)
    segments, at = [], 0
    for segment in transcript.segments:
        places = range(at, at + len(segment.words))
        if first < places.stop and places.start < inside.stop:
            words = tuple(
                replace(word, speaker=speaker) if number in inside and word.speaker != speaker else word
                for number, word in zip(places, segment.words, strict=True)
            )
            segment = segment if words == segment.words else replace(segment, words=words)
        segments.append(segment)
        at = places.stop
    roles = transcript.roles
    if speaker is not None and all(item.speaker != speaker for item in roles):
        roles = (*roles, SpeakerRole(speaker, Role.OTHER, 0.0))
    return replace(transcript, segments=tuple(segments), roles=roles)


def _rest_of_turn(transcript: Transcript, first: int) -> int:
    words = transcript.words
    last = first
    while last < len(words) and words[last].speaker == words[first].speaker:
        last += 1
    return last - first


def _named(transcript: Transcript, speaker: str, name: str | None, role: Role | None) -> Transcript:
    known = {item.speaker: item for item in transcript.roles}
    if speaker not in known and all(word.speaker != speaker for word in transcript.words):
        raise InputError("there is no such speaker: read the transcript again")
    old = known.get(speaker, SpeakerRole(speaker, Role.OTHER, 0.0))
    new = old if role is None else replace(old, role=role, score=1.0)
    known[speaker] = new if name is None else replace(new, name=" ".join(name.split()))
    return replace(transcript, roles=tuple(known.values()))


def _merged(transcript: Transcript, speaker: str, into: str) -> Transcript:
    labels = {word.speaker for word in transcript.words} | {item.speaker for item in transcript.roles}
    if speaker not in labels or into not in labels or speaker == into:
        raise InputError("two speakers of this transcript can be made one: read the transcript again")
    segments = tuple(
        replace(
            segment,
            words=tuple(replace(word, speaker=into) if word.speaker == speaker else word for word in segment.words),
        )
        if any(word.speaker == speaker for word in segment.words)
        else segment
        for segment in transcript.segments
    )
    roles = tuple(item for item in transcript.roles if item.speaker != speaker)
    return replace(transcript, segments=segments, roles=roles)


# --- flags
def _flagged(transcript: Transcript, number: int, checked_by: str | None) -> Transcript:
    if number >= len(transcript.flags):
        raise InputError("there is no such flag: read the transcript again")
    flags = list(transcript.flags)
    flags[number] = replace(flags[number], checked_by=checked_by)
    return replace(transcript, flags=tuple(flags))
