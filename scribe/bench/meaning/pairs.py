"""What was said of what: sides, numbers, doses and times that changed places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scribe.bench.meaning.facts import stem, tokens
from scribe.bench.meaning.heard import Heard, content, listed, plain
from scribe.clinical import quantities, stated, units

Reads = Callable[[str], Iterator[str]]
"""Finds the values of one sort in some words."""
SIDES = frozenset({"left", "right"})
BOTH = frozenset({"both", "bilateral", "bilaterally", "each", "either"})
NO_SIDE = frozenset("now away there here then away so back after before where".split())
PAIRED = frozenset({"side", "sid", "hand", "one", "upper", "lower", "hurt", "pain", "patient"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a sentence between commas and conjunctions: its words with content, its values of one sort."""

    words: frozenset[str] = field(repr=False)
    values: frozenset[str] = field(repr=False)


def sides(statement: str, heard: Heard) -> str | None:
    """What a statement tells of the other side than was said, or of both where it was one."""
    if not {*SIDES, *BOTH} & set(plain(statement)):
        return None
    said = [part for sentence in heard.touched for part in _parts(sentence.text, _sides)]
    if len({side for part in said for side in part.values}) < 2 or any(BOTH & part.values for part in said):
        return None
    if BOTH & set(plain(statement)):
        return _made_one(statement, heard)
    return _swapped(_inherited(list(_parts(statement, _sides))), _by_word(said))


def moved(statement: str, heard: Heard) -> str | None:
    """What a statement gives a number, a time or a verb that was said of something else."""
    for read, heard_as in ((_numbers, _possible), (_times, _times), (_acts, _acts)):
        stated_here = [part for part in _parts(statement, read) if part.values]
        if not stated_here:
            continue
        said = [part for sentence in heard.touched if not sentence.asks for part in _parts(sentence.text, heard_as)]
        if len({value for part in said for value in part.values}) < 2:
            continue
        if (found := _swapped(stated_here, _by_word(said))) is not None:
            return found
    return None


def _swapped(parts: Iterator[_Part] | Sequence[_Part], said: Mapping[str, frozenset[str]]) -> str | None:
    """A word of a part whose value was said of another word, while another value was said of this one."""
    known = frozenset[str]().union(*said.values())
    for part in parts:
        if len(part.values) != 1 or not part.values <= known:
            continue
        own = [word for word in part.words if said.get(word)]
        if own and all(not part.values & said[word] for word in own):
            return f"{sorted(own)[0]}: {sorted(part.values)[0]}"
    return None


def _by_word(parts: Sequence[_Part]) -> dict[str, frozenset[str]]:
    """The values that were said of each word; a word of which different ones were said tells nothing."""
    found: dict[str, frozenset[str]] = {}
    unclear = set()
    for part in parts:
        for word in part.words:
            if found.setdefault(word, part.values) != part.values:
                unclear.add(word)
    return {word: values for word, values in found.items() if word not in unclear}


def _parts(text: str, read: Reads) -> Iterator[_Part]:
    for words in _stretches(text):
        values = frozenset(read(words))
        told = (word for word in words.split() if not stated.is_numeric(word) and word not in units.by_word())
        carried = content(list(told)) | _figures(words, read)
        yield _Part(frozenset(carried) - values - {stem(value) for value in values} - PAIRED, values)


def _figures(words: str, read: Reads) -> frozenset[str]:
    """Numbers are what sides are told of: 5/5 on the left."""
    return frozenset(number.value for number in stated.values(words)) if read is _sides else frozenset()


def _stretches(text: str) -> Iterator[str]:
    held: list[str] = []
    for token in tokens(text):
        if token.text in listed("splits"):
            if held:
                yield " ".join(held)
            held = []
        else:
            held.append(token.text)
    if held:
        yield " ".join(held)


def _inherited(parts: Sequence[_Part]) -> list[_Part]:
    """The parts, one without a side with that of the part before: "right hip and shoulder pain"."""
    found: list[_Part] = []
    for part in parts:
        before = found[-1].values if found else frozenset[str]()
        found.append(part if part.values or len(found) > 1 else _Part(part.words, before))
    return found


def _made_one(statement: str, heard: Heard) -> str | None:
    """Both sides of a statement where one of the two was said to be well."""
    words = [plain(sentence.text) for sentence in heard.touched]
    if any(BOTH & set(each) for each in words):
        return None
    said = content(plain(statement))
    for sentence in heard.touched:
        stretches = [words for words in _stretches(sentence.text) if next(_sides(words), None)]
        well = [words for words in stretches if listed("healthy") & set(words.split())]
        if well and any(said & content(words.split()) for words in stretches if words not in well):
            return "both"
    return None


def _sides(words: str) -> Iterator[str]:
    split = words.split()
    for word, following in zip(split, (*split[1:], ""), strict=True):
        if (word in SIDES and following not in NO_SIDE) or word in BOTH:
            yield word


def _numbers(words: str) -> Iterator[str]:
    for amount in quantities.read(words):
        yield amount.number.value


def _possible(words: str) -> Iterator[str]:
    yield from stated.possible(words)


def _times(words: str) -> Iterator[str]:
    yield from (stem(word) for word in words.split() if word in listed("timing"))
    for amount in quantities.read(words):
        if amount.unit is not None and amount.unit.kind == "time":
            yield f"{amount.number.value} {amount.unit.name}"


def _acts(words: str) -> Iterator[str]:
    yield from (stem(word) for word in words.split() if word in listed("acting"))
