"""What a clinician's note has, the talk says, and ours must not lack, anywhere in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import tokens
from scribe.bench.reading import names
from scribe.bench.reading.names import Named, NameKind
from scribe.bench.reading.references import Part, Reference

ALLERGIC = re.compile(r"\ballerg(?:y|ies|ic)\b|\bNK(?:D)?A\b|\breacts? to\b", re.IGNORECASE)
NONE_KNOWN = re.compile(
    r"\bNKD?A\b|\b(?:no|nil|denies)\b[^.]{0,25}\ballerg|\ballerg\w+\W+(?:none|nil|no)\b", re.IGNORECASE
)
FIGURE = re.compile(r"\d+(?:[./]\d+)*")


class Important(StrEnum):
    """Kinds of facts that no note may lose."""

    DRUG = "drugs"
    ALLERGY = "allergies"
    PROCEDURE = "procedures"
    PROBLEM = "problems"
    RESULT = "abnormal results"
    PLAN = "plan items"


@dataclass(frozen=True, slots=True)
class Item:
    """One fact of a reference. `figures`: those of a result, one of which must be told with it."""

    kind: Important
    named: Named = field(repr=False)
    figures: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def label(self) -> str:
        """The fact in a few words, for the predictions."""
        places = f" ({', '.join(sorted(self.named.places))})" if self.named.places else ""
        return f"{self.named.name}{places}"


@dataclass(frozen=True, slots=True)
class Kept:
    """The facts of a reference that the talk says, and those of them that our note lacks."""

    said: tuple[Item, ...] = field(repr=False)
    missing: tuple[Item, ...] = field(repr=False)


def compare(reference: Reference, talk: str, note: str, reader: Reader) -> Kept:
    """Which facts of a reference were said and are missing in a note. `note`: all its sections, heading by heading."""
    spoken, written = (_Text(text, reader) for text in (talk, note))
    said = tuple(item for item in _items(reference, reader) if spoken.has(item))
    return Kept(said, tuple(item for item in said if not written.has(item, told=True)))


class _Text:
    """A text in which facts are looked for."""

    def __init__(self, text: str, reader: Reader) -> None:
        self._named = names.read(text, reader)
        self._figures = set(FIGURE.findall(text)) | {str(number) for number in reader.read(text).possible}
        self._allergies = ALLERGIC.search(text) is not None

    def has(self, item: Item, *, told: bool = False) -> bool:
        """Whether the fact is named here. `told`: a problem that is there must not only be denied."""
        if item.kind is Important.ALLERGY and not self._allergies:
            return False
        if item.kind is Important.ALLERGY and item.named.name == "none known":
            return True
        same = [each for each in self._named if _is_one(each, item)]
        if told and item.kind is Important.PROBLEM:
            same = [each for each in same if not each.denied]
        return bool(same) and (not item.figures or bool(item.figures & self._figures))


def _is_one(each: Named, item: Item) -> bool:
    if item.kind is Important.RESULT:
        return each.kind in (NameKind.TEST, NameKind.PROBLEM, NameKind.PLAN) and each.name == item.named.name
    return each.is_same(item.named)


def _items(reference: Reference, reader: Reader) -> list[Item]:
    """The facts of a reference, each once."""
    found: dict[tuple[Important, str, frozenset[str]], Item] = {}
    for part, line in reference.lines:
        for item in _of_line(part, line, reader):
            found.setdefault((item.kind, item.named.name, item.named.places), item)
    placed = {(kind, name) for kind, name, places in found if places}
    kept = [item for (kind, name, places), item in found.items() if places or (kind, name) not in placed]
    problems = {item.named.name for item in kept if item.kind is Important.PROBLEM}
    return [item for item in kept if item.kind is not Important.RESULT or item.named.name not in problems]


def _of_line(part: Part, line: str, reader: Reader) -> Iterator[Item]:
    allergies = part is Part.ALLERGIES or ALLERGIC.search(line) is not None
    if allergies and (part is Part.ALLERGIES or NONE_KNOWN.search(line)) and NONE_KNOWN.search(f"allergies: {line}"):
        yield Item(Important.ALLERGY, Named(NameKind.DRUG, "none known", names.NOWHERE))
    for sentence in re.split(r"(?<=[.!?;])\s+", line):
        named = names.read(sentence, reader)
        allergic = part is Part.ALLERGIES or ALLERGIC.search(sentence) is not None
        for each in named:
            if each.kind is NameKind.DRUG:
                yield Item(Important.ALLERGY if allergic else Important.DRUG, each)
            elif each.denied or each.of_relative or part in (Part.FAMILY, Part.ALLERGIES):
                continue
            elif each.kind is NameKind.PROCEDURE:
                yield Item(Important.PROCEDURE, each)
            elif each.kind is NameKind.PROBLEM:
                yield Item(Important.PROBLEM, each)
            elif each.kind is NameKind.PLAN and part in (Part.PLAN, Part.BOTH):
                yield Item(Important.PLAN, each)
        if part is Part.FINDINGS:
            yield from _results(sentence, named)


def _results(sentence: str, named: Sequence[Named]) -> Iterator[Item]:
    """Tests and signs of a sentence that says that they are not as they should be, with its figures."""
    if not names.abnormal() & {token.text for token in tokens(sentence)}:
        return
    figures = frozenset(FIGURE.findall(sentence))
    for each in names.of(named, NameKind.TEST):
        if not each.denied:
            yield Item(Important.RESULT, each, figures)
