"""Finding the facts of a text, or of what several people said in turn.

    reader = fact_reader.reader(config.models)
    found = reader.read("Denies fever. Takes lisinopril 20 mg for the left knee.")

Drugs and clinical terms are those of the shipped vocabulary and of `facts.yaml`, the longest at each place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from scribe.bench.meaning import polarity
from scribe.bench.meaning.facts import Fact, FactKind, Facts, Polarity, Token, stem, table, tokens, word_list
from scribe.clinical import english, lexicon, quantities
from scribe.clinical.lexicon import TermKind, key_of
from scribe.clinical.stated import is_numeric, possible
from scribe.clinical.units import UnitKind, by_word
from scribe.config import ModelsSettings
from scribe.types import Span

EVERYDAY = 4.1  # Zipf: a drug or other single word that is said more often is no evidence that the term was meant
BRAND = 3.3  # the same for brands
NEAR_DOSE = 8  # words between a drug and its dose
NEAR_SITE = 3  # words between a side and its place
JOINING = frozenset({"and", "or", "lower", "upper", "more", "most"})  # "left and right knee"
SELF = frozenset({"i", "i'm", "i've", "my", "you", "you're", "you've", "your", "patient"})
OWNERS = frozenset({"my", "your", "his", "her", "the", "their", "maternal", "paternal", "both"})
CLAUSE_STARTS = frozenset(".?!;\n:,") | {
    "and",
    "but",
    "because",
    "that",
    "so",
    "then",
    "if",
    "yes",
    "yeah",
    "no",
    "well",
}
QUOTES = frozenset('\u201c\u201d"')
LONGEST_ACRONYM = 5
ENDINGS = ("ies", "es", "s")


@lru_cache(maxsize=4)
def reader(settings: ModelsSettings) -> Reader:
    """The reader of facts with the shipped vocabulary, made once. Raises AssetError where that is missing."""
    return Reader(_vocabulary(settings))


def _vocabulary(settings: ModelsSettings) -> dict[tuple[str, ...], tuple[FactKind, str]]:
    """Terms by their words, each with its kind and the name under which it is compared."""
    found: dict[str, FactKind] = {}
    unwanted, not_drugs = word_list("not_terms"), word_list("not_drugs")
    denying = word_list("negation", "words")
    for term in lexicon.read(settings):
        key = key_of(term.text)
        if key in unwanted or key.split()[0] in denying or is_numeric(key) or not key[0].isalnum():
            continue
        if "history" in key or "complaint" in key or any(is_numeric(word) for word in key.split()):
            continue
        if term.kind is TermKind.DRUG:
            if key not in not_drugs and _frequency(key) < (BRAND if term.brand else EVERYDAY):
                found[key] = FactKind.DRUG
        elif term.kind in (TermKind.DISEASE, TermKind.FINDING, TermKind.EPONYM):
            found.setdefault(key, FactKind.PROBLEM if term.kind is not TermKind.EPONYM else FactKind.TERM)
        elif " " in key or _frequency(key) < EVERYDAY:
            found.setdefault(key, FactKind.TERM)
    found |= dict.fromkeys(word_list("problems"), FactKind.PROBLEM)
    found |= dict.fromkeys(map(str, table()["problem_phrases"]), FactKind.PROBLEM)
    found |= dict.fromkeys(word_list("drugs"), FactKind.DRUG)
    for key in word_list("terms"):
        found.setdefault(key, FactKind.TERM)
    names = {key: _one(key, found) for key in found}
    for first, *others in table()["synonyms"]:
        kind = next((found[name] for name in (first, *others) if name in found), FactKind.PROBLEM)
        for name in (first, *others):
            found.setdefault(name, kind)
            names[name] = str(first)
    return {tuple(key.split()): (kind, names[key]) for key, kind in found.items()}


def _one(key: str, among: Mapping[str, FactKind]) -> str:
    """The singular of a term, where that is a term, too: "headaches" and "headache" are one."""
    *before, last = key.split()
    forms = (" ".join((*before, form)) for form in _singulars(last))
    return next((form for form in forms if form != key and among.get(form) is among[key]), key)


def _frequency(key: str) -> float:
    return min(english.zipf(word) for word in key.split())


class Reader:
    """Reads the facts of a text. Holds the vocabulary only."""

    def __init__(self, vocabulary: Mapping[tuple[str, ...], tuple[FactKind, str]]) -> None:
        self._terms = vocabulary
        self._longest = max(map(len, vocabulary), default=0)
        self._relatives = {stem(word): stem(names[0]) for names in table()["relative_names"] for word in names}

    def read(self, text: str) -> Facts:
        """The facts of what one person said or wrote."""
        return self.read_exchange([(None, text)])

    def read_exchange(self, pieces: Sequence[tuple[str | None, str]]) -> Facts:
        """The facts of what several people said in turn, (speaker, text); an answer settles what was asked.

        Spans are places in the texts joined by line breaks.
        """
        text = "\n".join(piece for _, piece in pieces)
        read = tokens(text)
        claims = polarity.claims(read, polarity.settled(pieces))
        polarities = [claim.polarity for claim in claims]
        relative = _of_relatives(read)
        amounts = tuple(self._amounts(text, read))
        found = sorted(
            (
                *amounts,
                *self._times(read, amounts),
                *self._named(read, polarities, relative),
                *self._sides(read),
                *(
                    Fact(FactKind.RELATIVE, self._relatives.get(stem(token.text), stem(token.text)), token.span)
                    for token in read
                    if token.text.removesuffix("'s") in word_list("relatives")
                ),
            ),
            key=lambda fact: (fact.span.start, fact.kind),
        )
        words: dict[str, set[Polarity]] = {}
        for token, claim in zip(read, claims, strict=True):
            if token.is_word and token.text not in word_list("function_words"):
                words.setdefault(stem(token.text), set()).add(claim.polarity if claim.direct else Polarity.OPEN)
        for word, claimed in _acronyms(read, polarities):
            words.setdefault(stem(word), set()).add(claimed)
        return Facts(tuple(found), possible(text), {word: frozenset(said) for word, said in words.items()})

    def named(self, read: Sequence[Token]) -> Iterator[tuple[int, int, FactKind, str]]:
        """Drugs and clinical terms as [start, stop) of the tokens, kind, and name; the longest at each place."""
        keys = [token.text.removesuffix("'s") for token in read]
        at = 0
        while at < len(read):
            for stop in range(min(len(read), at + self._longest), at, -1):
                if (entry := self._entry(keys[at:stop])) is not None:
                    yield at, stop, *entry
                    at = stop
                    break
            else:
                at += 1

    def _entry(self, words: Sequence[str]) -> tuple[FactKind, str] | None:
        words = [word for word in words if word != "-"] if words[0] != "-" and words[-1] != "-" else []
        if not words:
            return None
        *before, last = words
        return next((self._terms[key] for form in _singulars(last) if (key := (*before, form)) in self._terms), None)

    def _kind(self, word: str) -> FactKind | None:
        entry = self._terms.get((word,))
        return entry[0] if entry else None

    def _named(self, read: Sequence[Token], claims: Sequence[Polarity], relative: Sequence[bool]) -> Iterator[Fact]:
        for start, stop, kind, name in self.named(read):
            span = Span(read[start].span.start, read[stop - 1].span.end)
            yield Fact(kind, name, span, polarity=claims[stop - 1], of_relative=relative[start])

    def _amounts(self, text: str, read: Sequence[Token]) -> Iterator[Fact]:
        drugs = [(start, stop, name) for start, stop, kind, name in self.named(read) if kind is FactKind.DRUG]
        for amount in quantities.read(text):
            number, unit = amount.number, amount.unit
            yield Fact(FactKind.NUMBER, number.value, number.span)
            if unit is not None:
                kind = FactKind.DOSE if unit.is_dose else FactKind.MEASURE
                about = _drug_of(read, number.span, drugs) if kind is FactKind.DOSE else ""
                yield Fact(kind, f"{number.value} {unit.name}", number.span, about)

    def _times(self, read: Sequence[Token], counted: Sequence[Fact]) -> Iterator[Fact]:
        """Stretches of time that no number counts: "a few weeks"."""
        ends = {fact.span.end for fact in counted}
        for before, token in pairwise([token for token in read if token.text != "-"]):
            unit = by_word().get(token.text)
            if (
                unit is not None
                and unit.kind is UnitKind.TIME
                and unit.name != "second"
                and before.span.end not in ends
            ):
                yield Fact(FactKind.MEASURE, unit.name, token.span)

    def _sides(self, read: Sequence[Token]) -> Iterator[Fact]:
        for at, token in enumerate(read):
            if token.text in ("bilateral", "bilaterally"):
                yield Fact(FactKind.SIDE, "both", token.span, self._site(read, at))
            elif token.text in ("left", "right") and (site := self._sided(read, at)) is not None:
                yield Fact(FactKind.SIDE, token.text, token.span, site)

    def _sided(self, read: Sequence[Token], at: int) -> str | None:
        """The place whose side is named, empty where it goes unnamed; None where "left" or "right" is no side."""
        before = read[at - 1].text if at else ""
        after = read[at + 1].text if at + 1 < len(read) else ""
        if site := self._site(read, at):
            return site
        if after in word_list("not_sides") or before in word_list("went"):
            return None
        return "" if before in ("the", "my", "your", "his", "her", "their", "to", "both", "and", "or") else None

    def _site(self, read: Sequence[Token], at: int) -> str:
        for token in read[at + 1 : at + 1 + NEAR_SITE]:
            if (not token.is_word and token.text != "-") or token.text in word_list("function_words") - JOINING:
                break
            if token.text in word_list("sites") or self._kind(token.text) is FactKind.TERM:
                return stem(token.text)
        return ""


def _singulars(word: str) -> Iterator[str]:
    yield word
    for ending, instead in zip(ENDINGS, ("y", "", ""), strict=True):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            yield word[: -len(ending)] + instead


def _drug_of(read: Sequence[Token], span: Span, drugs: Iterable[tuple[int, int, str]]) -> str:
    """The drug whose dose stands at `span`: the one before it in its sentence, or "... of" the one behind it."""
    at = next((index for index, token in enumerate(read) if token.span.end > span.start), len(read))
    after = next((index for index, token in enumerate(read) if token.span.start >= span.end), len(read))
    behind = [(start, name) for start, _, name in drugs if after < start <= after + 3]
    if behind and "of" in (token.text for token in read[after : behind[0][0]]):
        return behind[0][1]
    before = [(stop, name) for _, stop, name in drugs if stop <= at]
    if before and at - before[-1][0] <= NEAR_DOSE and not _ends(read[before[-1][0] : at]):
        return before[-1][1]
    return behind[0][1] if behind and not _ends(read[after : behind[0][0]]) else ""


def _ends(between: Sequence[Token]) -> bool:
    return any(token.text in ".?!;\n" for token in between)


def _of_relatives(read: Sequence[Token]) -> list[bool]:
    """For each token whether its sentence has begun to speak of a relative, or of what runs in the family.

    A relative is spoken of as the subject of a clause ("my mother had ..."), not in "lives with his wife".
    """
    found: list[bool] = []
    relative, opens = False, True
    for at, token in enumerate(read):
        word = token.text.removesuffix("'s")
        following = read[at + 1].text if at + 1 < len(read) else ""
        if token.text in ".?!;\n":
            relative = False
        elif word in word_list("relatives") and (opens or (word == "family" and following in ("history", ".", "?"))):
            relative = True
        elif relative and token.text in SELF:
            relative = token.text in OWNERS and following.removesuffix("'s") in word_list("relatives")
        goes_on = token.text in OWNERS or word in word_list("relatives") or token.text in QUOTES
        opens = token.text in CLAUSE_STARTS or (opens and goes_on)
        found.append(relative)
    return found


def _acronyms(read: Sequence[Token], claims: Sequence[Polarity]) -> Iterator[tuple[str, Polarity]]:
    """Letters that are spelled one by one, as the words they make: "E K G" as "ekg"."""
    for start in range(len(read)):
        word = ""
        for token, claim in zip(read[start : start + LONGEST_ACRONYM], claims[start:], strict=False):
            if len(token.text) > 1 or not token.text.isalpha():
                break
            word += token.text
            if len(word) > 1:
                yield word, claim
