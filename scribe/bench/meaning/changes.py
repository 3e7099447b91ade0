"""Changed meanings that no single fact shows: what was only wished, feared, conditional or another's, told as a fact.

    found = changes.changed("Short of breath.", talk.heard(statement.heard))

A statement is compared with the whole sentences that it was heard in and with what stands around them: cues there
(`changes.yaml`) govern the words near them, and a statement made of these words has to have a cue of the same sort.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from scribe.bench.meaning import owners, pairs, replies
from scribe.bench.meaning.heard import Heard, Sentence, content, found, listed, plain, says

WIDTH = 12  # words that a cue governs on each side at most
WIDER = 18  # words behind an "if": two clauses
NEAR = 7  # words that a doubt reaches
SHARE = 0.5  # of the words of a part of a statement: a cue must govern that much
BREAKS = frozenset(". ? ! ; : but so because okay alright although how what".split())
OPENS = frozenset("and or then now ;".split())
SUBJECTS = frozenset(
    "i i'm i've i'll you you're you've you'll we we're we've we'll he she they it it's there that that's".split()
)
CROSSING = frozenset("only it it's they they've that".split())  # which speak of what stands before "but"
STARTERS = frozenset("then so my the your his her".split())
PART = re.compile(r"[.;,:]|\band\b|\bbut\b")
QUOTES = frozenset('\u201c\u201d"')
DONE = re.compile(
    r"(?:^|[.;,] )(?:the patient |patient )?(?:has )?(?:had|saw|received|underwent|took|went|got|completed|takes|"
    r"taking|(?:was|were) (?:given|seen|\w+ed)|is taking|is on|on|uses|used|using|sent|came off|quit|getting|"
    r"(?:\w+ ){1,3}(?:given|done|placed|performed|received))\b",
    re.IGNORECASE,
)
"""A statement that says that something was done."""
PRESENT = re.compile(r"\b(?:takes|taking|drinks|smokes|uses|has|is)\b", re.IGNORECASE)


class ChangeKind(StrEnum):
    """What became of what was said."""

    PERSON = "person"  # somebody else's told as the patient's
    REPLACED = "replaced"  # an answer that was taken back
    DOUBT = "doubt"  # suspected told as certain
    CONDITION = "condition"  # told without what it depends on
    INTENT = "intent"  # wished, offered, asked for or declined, told as a fact
    TIME = "time"  # over told as present, planned told as done
    SIDES = "sides"  # two sides changed places or became one
    RISK = "risk"  # what may happen told as a finding
    UNANSWERED = "unanswered"  # a question told as a fact
    MOVED = "moved"  # a number, dose or time given to something else


@dataclass(frozen=True, slots=True)
class Change:
    """A changed meaning, and the words that show it."""

    kind: ChangeKind
    about: str = field(repr=False)


def changed(statement: str, heard: Heard, *, of_family: bool = False) -> tuple[Change, ...]:
    """How `statement` changes what was said where it was heard. `of_family`: it stands under family history."""
    if not heard.touched or not content(plain(statement)):
        return ()
    checks = {
        ChangeKind.PERSON: None if of_family else owners.of_another(statement, heard),
        ChangeKind.REPLACED: replies.replaced(statement, heard),
        ChangeKind.DOUBT: _doubted(statement, heard),
        ChangeKind.CONDITION: _without_condition(statement, heard),
        ChangeKind.INTENT: _only_intended(statement, heard),
        ChangeKind.TIME: _at_another_time(statement, heard),
        ChangeKind.SIDES: pairs.sides(statement, heard),
        ChangeKind.RISK: _only_feared(statement, heard),
        ChangeKind.UNANSWERED: replies.unanswered(statement, heard),
        ChangeKind.MOVED: pairs.moved(statement, heard),
    }
    return tuple(Change(kind, about) for kind, about in checks.items() if about)


# --- cues ------------------------------------------------------------------------------------------------------------


def _without_condition(statement: str, heard: Heard) -> str | None:
    if _says(statement, "condition_said"):
        return None
    for sentence in heard.touched:
        words = _words(sentence)
        masked = {at for start, stop in found(words, "no_conditions") for at in range(start, stop)}
        cues = [cue for cue in found(words, "conditions") if not masked & set(range(*cue))]
        if words[:1] == ["should"] or _goes_on(words, heard, sentence):
            cues.append((0, 1))
        for start, stop in cues if not sentence.asks else ():
            governed = _around(words, start, stop, WIDER)
            if not _keeps(statement, words[stop : governed.stop]) and _is_told(statement, governed, heard, sentence):
                return " ".join(words[start:stop])
    return None


def _keeps(statement: str, condition: Sequence[str]) -> bool:
    """Whether a statement says the circumstance without "if": "with coughing"."""
    words = plain(statement)
    near = (words[at + 1 : at + 4] for at, word in enumerate(words) if word in listed("circumstance"))
    return any(content(each) & content(condition) for each in near)


def _goes_on(words: Sequence[str], heard: Heard, sentence: Sentence) -> bool:
    """Whether a sentence is what to do in the case that the one before it names: "Then go to the hospital"."""
    first = next((word for word in words if word[0].isalpha() and word not in ("and", "so", "um", "uh")), "")
    before = [word for each in heard.before(sentence)[-1:] for word in _words(each)]
    masked = next(found(before, "no_conditions"), None) is not None
    return first == "then" and not masked and next(found(before, "conditions"), None) is not None


def _only_intended(statement: str, heard: Heard) -> str | None:
    if _says(statement, "intent_said"):
        return None
    for sentence in heard.touched:
        words = _words(sentence)
        cues = [(cue, _around(words, *cue)) for cue in found(words, "refusals")]
        if sentence.who != "clinician":
            cues += [((start, stop), _behind(words, stop)) for start, stop in found(words, "wishes")]
        if _is_refused(heard, sentence) or DONE.search(statement):
            cues += [(cue, _around(words, *cue)) for cue in found(words, "offers")]
        for (start, stop), governed in cues:
            if _is_told(statement, governed, heard, sentence):
                return " ".join(words[start:stop])
    return None


def _is_refused(heard: Heard, sentence: Sentence) -> bool:
    """Whether the next one to speak declines or puts off what a sentence offers."""
    turns = (sentence.text, *(" ".join(each.text for each in turn[:2]) for turn in heard.following(sentence.turn, 1)))
    return any(next(found(plain(text), "refusals"), None) is not None for text in turns)


def _at_another_time(statement: str, heard: Heard) -> str | None:
    done = DONE.search(statement) is not None and not says(statement, "future_said")
    over = _says(statement, "over_said") or (done and PRESENT.search(statement) is None)
    for sentence in heard.touched:
        words = _words(sentence)
        if sentence.asks:
            continue
        others = ["you"] if sentence.who != "clinician" else ["i"]  # who does not know, or is not spoken of
        told = [cue for cue in found(words, "over") if words[cue[0] : cue[0] + 1] != others]
        cues = [] if over else [(cue, _around(words, *cue)) for cue in told]
        if done:
            cues += [((start, stop), _behind(words, stop)) for start, stop in found(words, "future")]
        for (start, stop), governed in cues:
            if _is_told(statement, governed, heard, sentence):
                return " ".join(words[start:stop])
    return None


def _only_feared(statement: str, heard: Heard) -> str | None:
    if _says(statement, "risk_said"):
        return None
    for sentence in heard.touched:
        words = _words(sentence)
        for start, stop in found(words, "risks") if not sentence.asks else ():
            governed = _behind(words, stop)
            there = next((at for at in governed if words[at] == "there"), governed.stop)
            if _is_told(statement, range(stop, there), heard, sentence):
                return " ".join(words[start:stop])
    return None


def _doubted(statement: str, heard: Heard) -> str | None:
    if _says(statement, "doubt_said"):
        return None
    for sentence in heard.touched:
        words = _words(sentence)
        masked = {at for start, stop in found(words, "no_doubts") for at in range(start, stop)}
        cues = [] if sentence.asks else [cue for cue in found(words, "doubts") if not masked & set(range(*cue))]
        for start, stop in cues:
            if _is_told(statement, _behind(words, stop, NEAR), heard, sentence):
                return " ".join(words[start:stop])
    return None


def _says(statement: str, name: str) -> bool:
    """Whether a statement has a word of a list, or denies: then a cue is not lost."""
    return says(statement, name) or any(word.endswith("n't") for word in plain(statement))


# --- what a cue governs ----------------------------------------------------------------------------------------------


def _words(sentence: Sentence) -> list[str]:
    """The words of a sentence; where another clause begins with "and I", a mark."""
    words = plain(sentence.text)
    for at, (word, following) in enumerate(pairwise(words)):
        if word == "and" and (following in SUBJECTS or following in STARTERS):
            words[at] = ";"
    return words


def _behind(words: Sequence[str], stop: int, width: int = WIDTH) -> range:
    """The words behind a cue, to the end of its clause."""
    end = stop
    while end < min(len(words), stop + width) and words[end] not in BREAKS:
        end += 1
    return range(stop, end)


def _around(words: Sequence[str], start: int, stop: int, width: int = WIDTH) -> range:
    """The words of the clauses on both sides of a cue; of those before it none if another clause ends right there."""
    crosses = start and (words[start - 1] == "," or (words[start - 1] == "but" and words[start] in CROSSING))
    at = start - 1 if crosses else start
    if start and words[start - 1] in OPENS:
        at = start
    else:
        least = max(0, at - WIDTH)
        while at > least and words[at - 1] not in BREAKS:
            at -= 1
    return range(at, _behind(words, stop, width).stop)


def _is_told(statement: str, governed: range, heard: Heard, sentence: Sentence) -> bool:
    """Whether a part of the statement is made of what a cue governs and it was heard in, and of no other sentence."""
    words, marks = plain(sentence.text), sentence.was_heard
    stems = content([words[at] for at in governed if marks[at]])
    rest = content([word for at, word in enumerate(words) if at not in governed and marks[at]])
    elsewhere = [
        rest,
        *(content(plain(other.text)) for other in heard.touched if other is not sentence and not other.asks),
    ]
    for part in _parts(statement):
        shared = part & stems
        if len(shared) >= max(1, SHARE * len(part)) and not any(shared <= other for other in elsewhere):
            return True
    return False


def _parts(statement: str) -> Iterator[frozenset[str]]:
    """The words of a statement, part by part; what it quotes is left out."""
    if QUOTES & set(statement):
        return
    for part in PART.split(statement.lower()):
        if words := content(plain(part)):
            yield words
