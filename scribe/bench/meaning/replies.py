"""Questions without an answer, and answers that were taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scribe.bench.meaning.facts import stem
from scribe.bench.meaning.heard import Heard, Sentence, content, found, listed, plain, says
from scribe.clinical import quantities, stated

REACH = 8  # words between a correction and the new value
TURNS = 2  # of the same speaker, in which an answer may be taken back
DENIES = re.compile(r"\b(?:denies|denied|no|not|never|none|without|negative)\b|n't\b", re.IGNORECASE)
SIDES = ("left", "right")
OFTEN = ("once", "twice")
LONG = 12  # words of a sentence that may hold more than its question
ASKS = frozenset("do does did are is was were have has had any can could how what when which who".split())
ASKED = frozenset("you your the it there that this any they he she".split())
ASSENT = re.compile(r"(?:okay|ok|all right|alright)\s*\?\s*$", re.IGNORECASE)
CLAUSE = re.compile(r"[,;.?!]|\band\b|\bor\b|\bbut\b", re.IGNORECASE)


# --- taken back ------------------------------------------------------------------------------------------------------


def replaced(statement: str, heard: Heard) -> str | None:
    """The value or answer in a statement that its speaker replaced right away."""
    told = _values(statement)
    for sentence in heard.touched if told else ():
        later = _later(sentence, heard)
        if next(found(plain(f"{sentence.text} {later}"), "corrections"), None) is None:
            continue
        for value in set(_values(sentence.text)) & set(told):
            new = _new_value(f"{sentence.text[_place(sentence.text, value) :]} {later}", value)
            if new is not None and new not in told:
                return f"{value}: {new}"
    return _turned(statement, heard) or _given_up(statement, heard)


def _later(sentence: Sentence, heard: Heard) -> str:
    """What the same speaker says next, in this turn and the one after an answer."""
    same = [each.text for each in heard.after(sentence)[:2]]
    if not heard.after(sentence)[2:]:
        turns = [turn for turn in heard.following(sentence.turn, 2) if turn and turn[0].who == sentence.who]
        same += [each.text for turn in turns[:1] for each in turn[:2]]
    return " ".join(same)


def _values(text: str) -> list[str]:
    """The numbers of a text with their units, its sides, and how often."""
    amounts = [
        f"{amount.number.value} {amount.unit.name if amount.unit else ''}".strip() for amount in quantities.read(text)
    ]
    return [*amounts, *(word for word in plain(text) if word in (*SIDES, *OFTEN))]


def _place(text: str, value: str) -> int:
    """Where a value ends in a text."""
    for amount in quantities.read(text):
        if value == f"{amount.number.value} {amount.unit.name if amount.unit else ''}".strip():
            return amount.end
    at = text.lower().find(value)
    return at + len(value) if at >= 0 else 0


def _new_value(text: str, old: str) -> str | None:
    """The value of the same sort that a correction behind the old one puts in its place."""
    words = plain(text)
    for start, stop in found(words, "corrections"):
        if start > REACH:
            return None
        for at in range(stop, min(len(words), stop + REACH)):
            new = _at(words[at:], old)
            if new is not None:
                return new if new != old and old not in words[stop : stop + REACH] else None
            if words[at] not in listed("between"):
                break
    return None


def _at(words: Sequence[str], old: str) -> str | None:
    """The value that begins with the first of these words, if it is of the sort of `old`."""
    if old in SIDES or old in OFTEN:
        return words[0] if words[0] in (SIDES if old in SIDES else (*OFTEN, "three")) else None
    text = " ".join(words[:5])
    amounts = quantities.read(text)
    if (
        not amounts
        or amounts[0].number.span.start > 0
        or (not stated.is_numeric(words[0]) and not words[0][0].isdigit())
    ):
        return None
    unit = amounts[0].unit.name if amounts[0].unit else ""
    known = old.partition(" ")[2]
    if (unit and known and unit != known) or (not known and len(old) != len(amounts[0].number.value)):
        return None  # a day of the month is not taken back by an age
    return f"{amounts[0].number.value} {unit or known}".strip()


def _turned(statement: str, heard: Heard) -> str | None:
    """A denial that its speaker took back when asked again."""
    if not DENIES.search(" ".join(statement.split()[:3])):
        return None
    said = content(plain(statement))
    for sentence in heard.touched:
        words = plain(sentence.text)
        if sentence.asks or not DENIES.search(sentence.text):
            continue
        follow = heard.following(sentence.turn, 2)
        if len(follow) < 2 or not follow[1] or follow[1][0].who != sentence.who:
            continue
        question = content(plain(" ".join(each.text for each in follow[0]))) - {"all", "sur"}
        answer = plain(" ".join(each.text for each in follow[1][:2]))
        reverses = next(found(answer[:5], "reversals"), None) is not None
        topic = said & content(answer)
        if reverses and not DENIES.search(" ".join(answer)) and (topic or (not question - said and words)):
            return " ".join(answer[:4])
    return None


def _given_up(statement: str, heard: Heard) -> str | None:
    """A plan that was dropped because of what the patient said: "then we'll use azithromycin instead"."""
    said = content(plain(statement))
    for sentence in heard.touched:
        follow = heard.following(sentence.turn, 2)
        if len(follow) < 2 or not follow[1] or follow[1][0].who != sentence.who:
            continue
        answer = plain(" ".join(each.text for each in follow[1]))
        if "instead" not in answer or not said & content(plain(sentence.text)):
            continue
        objects = plain(" ".join(each.text for each in follow[0]))
        if ("allergic" in objects or "can't" in objects or "didn't" in objects) and not said & content(answer):
            return "instead"
    return None


# --- unanswered ------------------------------------------------------------------------------------------------------


def unanswered(statement: str, heard: Heard) -> str | None:
    """The question that a statement was made of, where nobody answered it."""
    if "\u201c" in statement or "?" in statement or says(statement, "risk_said"):
        return None
    said = content(plain(statement))
    asked = [sentence for sentence in heard.touched if _asks_for_good(sentence) and said & content(_asked(sentence))]
    told = frozenset[str]().union(*(content(plain(each.text)) for each in heard.touched if not each.asks))
    for sentence in asked:
        shared = said & content(_asked(sentence))
        if shared <= told or len(shared) * 2 < len(said) or _presumes(sentence):
            continue
        if not _is_answered(sentence, shared, heard):
            return " ".join(sorted(shared))
    return None


def _asks_for_good(sentence: Sentence) -> bool:
    """Whether it is a question, and not an order that ends with "okay?"."""
    return sentence.asks and not ASSENT.search(sentence.text)


def _asked(sentence: Sentence) -> list[str]:
    """The heard words of the question with which a sentence ends; the whole where it is nothing else."""
    words, marks = plain(sentence.text), sentence.was_heard
    places = [at for at in range(len(words) - 1) if words[at] in ASKS and words[at + 1] in ASKED]
    last = places[-1] if places and len(words) > LONG else 0
    return [word for word, heard in zip(words[last:], marks[last:], strict=True) if heard]


def _presumes(sentence: Sentence) -> bool:
    first = next((token.text for token in sentence.words if token.is_word), "")
    return first.partition("'")[0] in listed("presuming")


def _is_answered(sentence: Sentence, shared: frozenset[str], heard: Heard) -> bool:
    """Whether the next one to speak says yes or no, or anything about it."""
    reply = next(iter(heard.following(sentence.turn, 1)), ())
    if not reply or reply[0].who == sentence.who:
        return False
    text = " ".join(each.text for each in reply)
    words = plain(text)
    own = [clause for clause in _clauses(sentence.text) if clause & shared]
    others = [clause for clause in _clauses(sentence.text) if clause and not clause & shared]
    spoken = content(words)
    if any(clause & spoken for clause in own):
        return True
    if any(clause & spoken for clause in others) and not set(words[:4]) & {"yes", "no", "yeah", "both", "neither"}:
        return False
    if reply[0].asks and len(reply) == 1 and not _is_yes_or_no(words[:2]):
        return False
    return _is_yes_or_no(words[:12]) or bool(stated.values(text)) or (not reply[0].asks and not _goes_off(words))


def _is_yes_or_no(words: Sequence[str]) -> bool:
    return any(word in listed("yes_no") or word.endswith("n't") for word in words)


def _goes_off(words: Sequence[str]) -> bool:
    """Whether a reply puts the question off: "let's look at it first"."""
    return words[:1] in (["let's"], ["let"], ["we'll"], ["can"], ["could"], ["sorry"])


def _clauses(text: str) -> Iterator[frozenset[str]]:
    for clause in CLAUSE.split(text):
        yield frozenset(stem(word) for word in content(plain(clause)))
