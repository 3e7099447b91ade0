"""What a text commits itself to, word by word: affirmed, denied, or left open.

After NegEx (Chapman et al., J Biomed Inform 2001): a denial reaches forward to the end of its sentence or to a word
that closes it ("but", "just"); some deny what stands before them ("was ruled out"). What is asked is left open until
somebody answers it with a plain yes or no. Word lists: `facts.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from scribe.bench.meaning.facts import Polarity, Token, table, tokens, word_list
from scribe.clinical.stated import is_numeric
from scribe.types import Span

REACH = 10  # words with content that a denial reaches
BACK = 6  # words a denial behind them reaches
ENDS = frozenset(".?!;\u2026\n")
NEAR = 1  # words with content of which a denial surely speaks, beside clinical terms
DEFINITE = 2  # words that "the" and the like reach
ANSWERING = frozenset({"no", "yes", "yeah", "well", "oh", "and", "but", "so", "okay", "um", "uh"})
ABBREVIATED = frozenset({"mr", "mrs", "ms", "dr", "st"})
BREAKS = frozenset(":()")
LEADING = 3  # words among which an answer says yes or no


def settled(pieces: Sequence[tuple[str | None, str]]) -> list[tuple[Span, Polarity]]:
    """What answers make of what was asked: stretches of the pieces, joined by line breaks, and what they come to.

    `pieces` is what was said in turn, (speaker, text). An answer is that of the next speaker; it settles what was said
    right before it, asked or not (a recogniser often loses the mark), and questions of the same speaker before that.
    """
    found: list[tuple[Span, Polarity]] = []
    at = 0
    for number, (speaker, text) in enumerate(pieces):
        after = number + 1
        while after < len(pieces) and pieces[after][0] == speaker:
            after += 1
        asks = after == number + 1 or text.rstrip().endswith("?")
        answer = _answer(pieces[after][1]) if after < len(pieces) and asks else None
        if answer is not None:
            found.append((Span(at, at + len(text)), answer))
        at += len(text) + 1
    return found


def _answer(text: str) -> Polarity | None:
    """What a yes or no at the start of an answer says; OPEN where an exception follows, None where there is neither."""
    return _answer_words([token.text for token in tokens(text)])


def _answer_words(said: Sequence[str]) -> Polarity | None:
    words = [word for word in said if word[0].isalnum()]
    rest = [word for word in said if word not in word_list("answers", "fillers") and (word[0].isalnum() or word == ",")]
    while rest and rest[0] == ",":
        rest = rest[1:]
    lead, following = (*rest, "", "")[:2]
    open_end = any(word in word_list("answers", "exceptions") for word in words)
    denies = lead in word_list("answers", "denying") and not _has_content(following)  # "no" and not "no fever"
    if denies or _shortly([word for word in words if word not in word_list("answers", "fillers")], "n't"):
        return Polarity.OPEN if open_end else Polarity.NEGATED
    if lead in word_list("answers", "agreeing"):
        return Polarity.OPEN if open_end else Polarity.AFFIRMED
    return None


def _shortly(words: Sequence[str], ending: str) -> bool:
    """Whether the answer is no more than "I don't" or "it has not"."""
    if not 1 < len(words) <= LEADING + 1:
        return False
    return words[1].endswith(ending) or "not" in words[1:3]


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed of a word. `direct`: not by way of an answer, nor of a denial some words away."""

    polarity: Polarity
    direct: bool = True


def claims(read: Sequence[Token], answered: Sequence[tuple[Span, Polarity]]) -> list[Claim]:
    """The claim about each token of a text. `answered` is what `settled` makes of its pieces."""
    found: list[Claim] = []
    for sentence in _sentences(read):
        begins = sentence[0].span.start
        answer = next((claim for span, claim in answered if span.start <= begins < span.end), None)
        found += _sentence(sentence, answer)
    return found


def _sentences(read: Sequence[Token]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    for before, token in zip((None, *read), read, strict=False):
        found[-1].append(token)
        if token.text in ENDS and not (token.text == "." and before and before.text in ABBREVIATED):
            found.append([])
    return [sentence for sentence in found if sentence]


def _sentence(sentence: Sequence[Token], answer: Polarity | None) -> list[Claim]:
    words = [token.text for token in sentence]
    colon = words.index(":") if ":" in words else 0
    if answer is None and colon and (said := _answer_words(words[colon + 1 :])) is not None:
        return [*_sentence(sentence[:colon], said), *_sentence(sentence[colon:], None)]
    asked = words[-1] == "?" or words[0] == "asked"
    claimed = _spread(words)
    for at in range(len(words)):
        if _at(words, at, "behind"):
            for before in range(max(0, at - BACK), at):
                claimed[before] = Claim(Polarity.NEGATED, direct=False)
    if not asked and answer is None:
        return claimed
    denied = any(claim.polarity is Polarity.NEGATED for claim in claimed)
    several = any(word in ("or", "and", ",") for word in words)
    if answer is None or denied or (several and answer is Polarity.AFFIRMED):
        answer = Polarity.OPEN
    known = [bool(set(words[max(0, at - DEFINITE) : at]) & word_list("definite")) for at in range(len(words))]
    return [Claim(Polarity.OPEN if is_known else answer, direct=False) for is_known in known]


def _spread(words: Sequence[str]) -> list[Claim]:
    """The claims of the words without asides and stutters ("I, I", "you know"), which take that of the word before."""
    kept = list(_without_asides(words))
    found = _forward([words[at] for at in kept])
    spread: list[Claim] = []
    following = 0
    for at in range(len(words)):
        if following < len(kept) and kept[following] == at:
            spread.append(found[following])
            following += 1
        else:
            spread.append(spread[-1] if spread else Claim(Polarity.OPEN))
    return spread


def _without_asides(words: Sequence[str]) -> Iterator[int]:
    """Which words are neither asides nor said again right away."""
    kept: list[int] = []
    at = 0
    while at < len(words):
        aside = 1 if words[at] in word_list("asides") else _at(words, at, "aside_phrases")
        if aside:
            at += aside
            at += words[at : at + 1] == [","]
            continue
        for size in (3, 2, 1):
            said = [words[index] for index in kept if words[index] != ","][-size:]
            again = [word for word in words[at : at + size + 1] if word != ","][:size]
            if len(again) == size and said == again and words[at] != ",":
                kept = _without_last(kept, words, size)
                break
        kept.append(at)
        at += 1
    return iter(kept)


def _without_last(kept: Sequence[int], words: Sequence[str], size: int) -> list[int]:
    """`kept` without its last `size` words and the commas among and behind them."""
    left = list(kept)
    while size:
        size -= words[left.pop()] != ","
    return left


def _forward(words: Sequence[str]) -> list[Claim]:
    claimed: list[Claim] = []
    left, hedged, declined = 0, False, False
    at = 0
    while at < len(words):
        word = words[at]
        if skipped := _at(words, at, "not_negation"):
            claimed += [Claim(Polarity.HEDGED if hedged else Polarity.AFFIRMED)] * skipped
            at += skipped
            continue
        if _denies(words, at):
            left = REACH
        elif word in word_list("stops") or word in BREAKS or _new_clause(words, at) or _at(words, at, "fresh_starts"):
            left, hedged, declined = 0, False, False
        elif word in word_list("hedges"):
            hedged = True
        elif word in word_list("declining"):
            declined = True
        otherwise = Polarity.OPEN if declined else Polarity.HEDGED if hedged else Polarity.AFFIRMED
        claimed.append(Claim(Polarity.NEGATED if left else otherwise, direct=not left or left > REACH - NEAR))
        left = max(0, left - _has_content(word))
        at += 1
    return claimed


def _has_content(word: str) -> bool:
    return word[:1].isalpha() and word not in word_list("function_words") and not is_numeric(word)


def _denies(words: Sequence[str], at: int) -> bool:
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    answers = at == 0 or not words[at - 1][0].isalpha() or words[at - 1] in ANSWERING
    if word == "no" and answers and (following in (",", ".", "") or following in word_list("clause_openers")):
        return False  # an answer, not a denial of what follows
    if word.endswith("n't") or word in word_list("negation", "words"):
        return True
    return _phrase(words, at, tuple(table()["negation"]["phrases"])) > 0


def _new_clause(words: Sequence[str], at: int) -> bool:
    """Whether a new clause begins: ", he has", "and it is"."""
    return at > 0 and words[at - 1] in (",", "and") and words[at] in word_list("clause_openers")


def _at(words: Sequence[str], at: int, name: str) -> int:
    """How many words a phrase of the list `name` takes up at this place; 0 where none stands there."""
    return _phrase(words, at, tuple(table()[name]))


def _phrase(words: Sequence[str], at: int, phrases: tuple[str, ...]) -> int:
    return max((len(phrase) for phrase in _split(phrases) if tuple(words[at : at + len(phrase)]) == phrase), default=0)


@cache
def _split(phrases: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases)
