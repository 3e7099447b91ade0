"""Words cut into atoms, and atoms put together to words again: what the rules of writing work on.

An atom is a word without its punctuation, or one part of a hyphened word. A line is a run of atoms of one speaker
without a line break; no rule sees over its ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest

from scribe.dictation.measure import Measure
from scribe.dictation.written import Written

LEAD = "([{\"'“\u2018"
TAIL = ".,;:?!…)]}\"'”\u2019"
DOTTED = re.compile(
    r"(?:[A-Za-z]\.)+[A-Za-z]\.?|[qQ]\.?\d{1,2}[hdHD]"
)  # p.o, b.i.d.: the last point may have been cut off as punctuation
UNIT_POINT = frozenset({"mg", "mcg", "ml", "kg", "cm", "mm", "g", "meq", "dl"})  # written without a point (ISMP)
FEET = re.compile(r"\d['\u2019]\d{1,2}(?:\.5)?")  # 5'8: the mark of inches is no quotation mark
SENTENCE_END = re.compile(r"[.?!…]")


@dataclass(frozen=True, slots=True)
class Atom:
    """One atom. `glue` is what stands before it: a space, a hyphen, nothing."""

    glue: str
    lead: str
    core: str = field(repr=False)
    tail: str
    first: int  # index of the first `Written` it came from
    last: int
    low: str = field(repr=False)  # the core in lower case, points of an abbreviation left out
    fixed: bool = False  # part of a fixed phrase: no rule may touch it

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence ends behind it."""
        return bool(self.tail) and bool(SENTENCE_END.search(self.tail))


@dataclass(frozen=True, slots=True)
class Piece:
    """What a rule writes for atoms `first` up to `end` (not included)."""

    text: str = field(repr=False)
    first: int
    end: int
    glue: str = " "  # before it; the first piece of a match takes the glue of its first atom


class Line:
    """A run of atoms, with questions rules ask. Out of range, every question has the answer of an empty atom."""

    __slots__ = ("atoms", "lows", "measures")

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = [_pointed(atom, after) for atom, after in zip_longest(_unspaced(atoms), atoms[1:])]
        last = self.atoms[-1]
        if last.tail == "." and DOTTED.fullmatch(last.core) and not _is_sentence(self.atoms):
            self.atoms[-1] = replace(last, core=last.core + ".", tail="")
        self.lows = ["" if atom.fixed else atom.low for atom in self.atoms]
        self.measures: dict[int, Measure] | None = None  # where the name of a measure ends; found when first asked

    def __len__(self) -> int:
        return len(self.atoms)

    def low(self, at: int) -> str:
        """The atom in lower case; empty for a fixed one and out of range."""
        return self.lows[at] if 0 <= at < len(self.lows) else ""

    def core(self, at: int) -> str:
        """The atom as it stands, without punctuation; empty out of range."""
        return self.atoms[at].core if 0 <= at < len(self.atoms) else ""

    def joined(self, at: int) -> bool:
        """Whether atom `at` is followed by another without punctuation between them."""
        return 0 <= at < len(self.atoms) - 1 and not self.atoms[at].tail and not self.atoms[at + 1].lead

    def spaced(self, at: int) -> bool:
        """Whether atom `at` is followed by another with only a space between them."""
        return self.joined(at) and self.atoms[at + 1].glue == " "

    def open(self, first: int, end: int) -> bool:
        """Whether atoms `first` up to `end` exist and no punctuation stands inside."""
        return 0 <= first < end <= len(self.atoms) and all(self.joined(at) for at in range(first, end - 1))

    def says(self, at: int, phrase: Sequence[str]) -> bool:
        """Whether the words of `phrase` stand at `at`, without punctuation between them."""
        return all(self.low(at + n) == word for n, word in enumerate(phrase)) and self.open(at, at + len(phrase))

    def starts_sentence(self, at: int) -> bool:
        """Whether atom `at` opens a sentence."""
        return at == 0 or self.atoms[at - 1].ends_sentence

    def before(self, at: int, count: int) -> list[str]:
        """Up to `count` words before `at`, nearest first, within the sentence."""
        found = []
        for n in range(at - 1, max(at - 1 - count, -1), -1):
            if self.atoms[n].ends_sentence:
                break
            found.append(self.lows[n])
        return found

    def after(self, at: int, count: int) -> list[str]:
        """Up to `count` words from `at` on, within the sentence."""
        found = []
        for n in range(at, min(at + count, len(self.atoms))):
            found.append(self.lows[n])
            if self.atoms[n].ends_sentence:
                break
        return found


@lru_cache(maxsize=50_000)
def _cut(text: str) -> tuple[str, str, str, str]:
    body = text.lstrip()
    space = text[: len(text) - len(body)]
    core = body.lstrip(LEAD)
    lead = body[: len(body) - len(core)]
    stripped = core.rstrip(TAIL)
    tail = core[len(stripped) :]
    if tail[:1] in ('"', "\u201d") and FEET.fullmatch(stripped):
        return space, lead, stripped + '"', tail[1:]
    return space, lead, stripped, tail


@lru_cache(maxsize=50_000)
def low(core: str) -> str:
    """A word as rules compare it."""
    plain = core.lower().replace("\u2019", "'")
    return plain.replace(".", "") if DOTTED.fullmatch(core) else plain


def lines(written: Sequence[Written]) -> Iterator[Line]:
    """The lines of a text. A line ends at a line break and where the speaker changes."""
    atoms: list[Atom] = []
    speaker: str | None = None
    for index, item in enumerate(written):
        space, lead, core, tail = _cut(item.word.text)
        if atoms and ("\n" in space or item.word.speaker != speaker):
            yield Line(atoms)
            atoms = []
        speaker = item.word.speaker
        if atoms and not space and atoms[-1].core.endswith("/") and not atoms[-1].tail and len(atoms[-1].core) > 1:
            space = "/"  # a spoken slash joined the two
            atoms[-1] = replace(atoms[-1], core=atoms[-1].core[:-1], low=atoms[-1].low[:-1])
        atoms.extend(_parts(space, lead, core, tail, index))
    if atoms:
        yield Line(atoms)


def _unspaced(atoms: Sequence[Atom]) -> Iterator[Atom]:
    """Points of an abbreviation that was heard with spaces, "b. i. d.", taken away."""
    letters = [len(atom.core) == 1 and atom.core.islower() and atom.tail == "." for atom in atoms]
    for at, atom in enumerate(atoms):
        alone = at + 1 < len(atoms) and not atoms[at + 1].core[:1].isupper()
        run = letters[at] and ((at > 0 and letters[at - 1]) or letters[at + 1 : at + 2] == [True])
        yield replace(atom, tail="") if alone and (run or (letters[at] and atom.core == "q")) else atom


def _pointed(atom: Atom, after: Atom | None) -> Atom:
    """An abbreviation's point is no full stop where the sentence goes on."""
    if atom.tail != "." or after is None or after.core[:1].isupper():
        return atom
    if DOTTED.fullmatch(atom.core):
        return replace(atom, core=atom.core + ".", tail="")
    return replace(atom, tail="") if atom.low in UNIT_POINT else atom


def _is_sentence(atoms: Sequence[Atom]) -> bool:
    """Whether a line is more than a fragment: it opens with a capital, or a sentence ended in it before."""
    opens = len(atoms) > 1 and atoms[0].core[:1].isupper()
    return opens or any(atom.ends_sentence for atom in atoms[:-1])


def _parts(space: str, lead: str, core: str, tail: str, index: int) -> list[Atom]:
    texts = core.split("-")
    if len(texts) == 1 or not all(texts):
        return [Atom(space, lead, core, tail, index, index, low(core))]
    last = len(texts) - 1
    return [
        Atom("-" if n else space, "" if n else lead, text, tail if n == last else "", index, index, low(text))
        for n, text in enumerate(texts)
    ]


def put(line: Line, pieces: Sequence[Piece], keep_case: bool = False) -> list[Atom]:
    """The atoms of a match. Punctuation around it stays, and so does the capital of a sentence's first word."""
    first, last = line.atoms[pieces[0].first], line.atoms[pieces[-1].end - 1]
    capital = not keep_case and first.core[:1].isupper() and line.starts_sentence(pieces[0].first)
    if pieces[-1].end - pieces[0].first == len(line):
        capital = capital and first.core[1:].islower()  # "BID" alone is a fragment
    made = []
    for n, piece in enumerate(pieces):
        text = piece.text
        if n == 0 and capital and text[:1].islower():
            text = text[0].upper() + text[1:]
        tail = last.tail if n == len(pieces) - 1 else ""
        if tail.startswith(".") and text.endswith("."):
            text = text[:-1]
        glue, lead = (first.glue, first.lead) if n == 0 else (piece.glue, "")
        source = line.atoms[piece.first : piece.end]
        parts = text.split(" ")
        for nth, part in enumerate(parts):
            last_part = nth == len(parts) - 1
            made.append(
                Atom(
                    " " if nth else glue,
                    "" if nth else lead,
                    part,
                    tail if last_part else "",
                    source[0].first,
                    source[-1].last,
                    low(part),
                    fixed=len(parts) > 1 and parts[0].isalpha(),  # "three times daily" is ready
                )
            )
    return made


def words(line: Line, written: Sequence[Written]) -> Iterator[Written]:
    """The words of a line again; those that nothing touched are the very same objects."""
    group: list[Atom] = []
    for atom in line.atoms:
        if group and (atom.glue[:1].isspace() or (atom.first > group[-1].last and not atom.glue)):
            yield _word(group, written)
            group = []
        group.append(atom)
    if group:
        yield _word(group, written)


def _word(group: Sequence[Atom], written: Sequence[Written]) -> Written:
    text = "".join(f"{atom.glue}{atom.lead}{atom.core}{atom.tail}" for atom in group)
    sources = written[group[0].first : group[-1].last + 1]
    head = sources[0]
    if len(sources) == 1 and head.word.text == text:
        return head
    word = replace(
        head.word,
        text=text,
        start=min(item.word.start for item in sources),
        end=max(item.word.end for item in sources),
        probability=min(item.word.probability for item in sources),
    )
    return Written(word, min(item.first for item in sources), max(item.last for item in sources))
