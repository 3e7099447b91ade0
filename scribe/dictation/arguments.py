"""What is said after a command and belongs to it: a heading, a number, letters, a template's name, a correction."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scribe.clinical.figures import roman
from scribe.clinical.number_words import BELOW_HUNDRED
from scribe.clinical.numbers import Words, whole
from scribe.dictation.commands import CommandSet
from scribe.dictation.templates import Template, TemplateSet
from scribe.dictation.tokens import Token

MOST_ITEMS = 99
MOST = 1000  # what commands count
MISHEARD = {"won": 1, "to": 2, "too": 2, "for": 4}  # as recognisers write a number said alone
MOST_CORRECTED = 6  # words
FEWEST_LETTERS = 2
CAPITAL = frozenset({"capital", "cap", "caps", "uppercase"})
EXAMPLES = (("as", "in"), ("like",), ("for",))
SPELLED_SIGNS = {"hyphen": "-", "dash": "-", "apostrophe": "'", "space": " "}

CONSONANTS = str.maketrans({"c": "k", "q": "k", "z": "s", "y": "i", "v": "f"})


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong, as words in lower case, and the indices of the first and last word that is right."""

    wrong: tuple[str, ...] = field(repr=False)
    first: int
    last: int


Argument = str | Template | tuple[Correction, ...] | None


@dataclass(frozen=True, slots=True)
class Found:
    """What belongs to a command, and the last token of it all."""

    last: int
    argument: Argument = field(default=None, repr=False)

    @property
    def splits(self) -> tuple[Correction, ...]:
        """The ways to read a correction."""
        return self.argument if isinstance(self.argument, tuple) else ()


def heading(tokens: Sequence[Token], at: int, commands: CommandSet) -> Found | None:
    """The heading named at a token: what is written for it."""
    start = at + (_text(tokens, at) == "the")
    for words, written in commands.headings_by_length:
        if _matches(tokens, start, words):
            last = start + len(words) - 1
            closing = _text(tokens, last + 1) in ("section", "heading")
            return Found(last + closing, written)
    return None


def template(tokens: Sequence[Token], at: int, templates: TemplateSet) -> Found | None:
    """The template named at a token; "the" before and "template" after the name may be said."""
    start = at + (_text(tokens, at) in ("the", "my", "a"))
    for words, found in templates.by_length:
        if _matches(tokens, start, words):
            last = start + len(words) - 1
            return Found(last + (_text(tokens, last + 1) == "template"), found)
    return None


def item(tokens: Sequence[Token], at: int, expected: int) -> Found | None:
    """The number of a list's item."""
    found = _number(tokens, at, 4)
    if found is None:
        if MISHEARD.get(_text(tokens, at)) != expected or expected == 1:
            return None
        found = expected, 1
    value, length = found
    last = at + length - 1
    return Found(last, str(value)) if 0 < value <= MOST_ITEMS and tokens[last].ends else None


def numeral(tokens: Sequence[Token], at: int, *, as_roman: bool) -> Found | None:
    """A number, to be written in figures, Arabic or Roman."""
    found = _number(tokens, at, 5)
    if found is None or not tokens[at + found[1] - 1].ends:
        return None
    value, length = found
    if as_roman and not 0 < value < 400:
        return None
    return Found(at + length - 1, roman(value) if as_roman else str(value))


def spelling(
    tokens: Sequence[Token],
    at: int,
    alphabet: frozenset[str],
    paused_after: Callable[[int], bool],
    in_capitals: Callable[[int], bool],
) -> Found | None:
    """The word that spoken letters make: single letters, words of the `alphabet`, "capital s", "s as in sam".

    A word that the recogniser wrote in capitals ("SMYTH") is such letters, too. After a pause, "a" and "I" are words.
    """
    text, letters, capital, last, here = "", 0, False, at - 1, at
    while here < len(tokens):
        said = tokens[here].text
        if said in CAPITAL:
            capital, here = True, here + 1
            continue
        letter = said if in_capitals(here) else _letter(said, alphabet)
        following = here + 1 + (_text(tokens, here + 1) in CAPITAL)
        sign = SPELLED_SIGNS.get(said, "") if letters and _letter(_text(tokens, following), alphabet) else ""
        over = letters >= FEWEST_LETTERS and said in ("a", "i") and paused_after(here - 1)
        if over or not (letter or sign):
            break
        text += (letter[:1].upper() + letter[1:] if capital else letter) or sign
        letters += len(letter)
        last = _after_example(tokens, here, letter) if letter else here
        capital, here = False, last + 1
    return Found(last, text) if letters >= FEWEST_LETTERS and tokens[last].ends else None


def _after_example(tokens: Sequence[Token], at: int, letter: str) -> int:
    """The last token of a letter with its example: "s as in sam", "b like boy", "x ray"."""
    if letter == "x" and _text(tokens, at + 1) == "ray":
        return at + 1
    for example in EXAMPLES:
        named = at + len(example) + 1
        if _matches(tokens, at + 1, example) and _text(tokens, named)[:1] == letter and len(_text(tokens, named)) > 1:
            return named
    return at


def correction(
    tokens: Sequence[Token], at: int, until: int, goals: frozenset[str], ends_after: Callable[[int], bool]
) -> Found | None:
    """The ways to read "X to Y" at a token, from the shortest X on; Y reaches as far as the phrase does.

    X lies before token `until`. Where nothing ends the phrase soon, Y has as many words as X.
    """
    splits: dict[int, list[Correction]] = {}
    for to in range(at + 1, min(at + MOST_CORRECTED + 1, until + 1, len(tokens) - 1)):
        if tokens[to].text != "to" or not (tokens[to].opens and tokens[to].ends) or _is_goal(tokens, at, to, goals):
            continue
        within = range(to + 1, min(to + MOST_CORRECTED + 1, len(tokens)))
        last = next((place for place in within if ends_after(place)), min(to + (to - at), len(tokens) - 1))
        if tokens[last].ends:
            wrong = tuple(token.text for token in tokens[at:to])
            splits.setdefault(last, []).append(Correction(wrong, tokens[to + 1].word, tokens[last].word))
    return next((Found(last, tuple(ways)) for last, ways in splits.items()), None)


def find_last(wanted: Sequence[str], texts: Sequence[str]) -> int | None:
    """Where the words stand last in `texts`: spelled so, or else sounding so. None where they do not."""
    for key in (str, sound):
        looked_for = [key(word) for word in wanted]
        keys = [key(text) for text in texts]
        for start in range(len(keys) - len(looked_for), -1, -1):
            if keys[start : start + len(looked_for)] == looked_for:
                return start
    return None


def sound(word: str) -> str:
    """A key that words of the same sound share: first letter, then consonants, alike ones as one. Numbers stay."""
    if any(character.isdigit() for character in word) or len(word) < 4:
        return word
    text = word.replace("ph", "f").replace("ck", "k").replace("x", "ks").translate(CONSONANTS)
    skeleton = text[0] + re.sub(r"[aeiouhw]", "", text[1:])
    return re.sub(r"(.)\1+", r"\1", skeleton)


def _is_goal(tokens: Sequence[Token], at: int, to: int, goals: frozenset[str]) -> bool:
    """Whether "correct X to Y" is about the patient ("correct potassium to above 4") and not for the scribe."""
    right = tokens[to + 1].text
    return right in goals or (_is_figure(right) and not any(_is_figure(token.text) for token in tokens[at:to]))


def _is_figure(text: str) -> bool:
    return text in BELOW_HUNDRED or text[:1].isdigit()


def _letter(text: str, alphabet: frozenset[str]) -> str:
    if len(text) == 1 and text.isascii() and text.isalnum():
        return text
    return text[0] if text in alphabet else ""


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _number(tokens: Sequence[Token], at: int, words: int) -> tuple[int, int] | None:
    """The whole number below 1000 at a token, of at most so many words, and how many it takes."""
    found = whole(Words(token.text for token in tokens[at : at + words]), 0)
    return found if found and found[0] < MOST else None


def _matches(tokens: Sequence[Token], at: int, words: Sequence[str]) -> bool:
    matched = tokens[at : at + len(words)]
    return [token.text for token in matched] == [*words] and matched[0].opens and matched[-1].ends
