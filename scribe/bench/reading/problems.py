"""Whether the problems of the assessment are those of the clinician, and whether plan items stand under theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import tokens
from scribe.bench.meaning.heard import content
from scribe.bench.reading import names, references
from scribe.bench.reading.names import NameKind
from scribe.bench.reading.residue import kind_of
from scribe.types import Note, SectionKind, Statement

LONGEST = 6  # words of a short name
SHARED = 0.5  # of the words that carry something, of the name that has fewer
VERBS = frozenset(
    "is are was were am has have had does do did will would can could should may might been being seems sounds thinks "
    "looks i you he she it they we it's he's she's they're this that there".split()
)
QUALIFIERS = content(
    "right left bilateral acute chronic type stage history status post mild moderate severe possible probable new "
    "newly diagnosed recent likely suspected disease syndrome problem symptoms pain".split()
)


@dataclass(frozen=True, slots=True)
class Problems:
    """Counts of one note: our problems, those that are right and those with a short name; the reference's and found.

    Of the plan: our statements, those linked, those whose problem can be told by the reference, and those under it.
    """

    ours: int
    right: int
    short: int
    theirs: int
    found: int
    theirs_short: int
    items: int
    linked: int
    placeable: int
    placed: int


def compare(note: Note, reference: references.Reference, reader: Reader) -> Problems:
    """Problems and plan of a note against those of a reference. `theirs` is 0 where the reference names none."""
    ours = _problems(note)
    texts = [statement.text for statement in ours]
    theirs = reference.problems
    same = {(at, number) for at, a in enumerate(texts) for number, b in enumerate(theirs) if is_same(a, b.name, reader)}
    heads = {statement.id: at for at, statement in enumerate(ours)}
    items = [each for each in _planned(note) if each.id not in heads]
    placeable = placed = 0
    for item in items:
        numbers = _under(item.text, theirs, reader)
        if numbers and heads.get(item.problem or "") is not None:
            placeable += 1
            placed += any((heads[item.problem or ""], number) in same for number in numbers)
    return Problems(
        ours=len(ours),
        right=len({at for at, _ in same}),
        short=sum(map(is_short_name, texts)),
        theirs=len(theirs),
        found=len({number for _, number in same}),
        theirs_short=sum(is_short_name(each.name) for each in theirs),
        items=len(items),
        linked=sum(item.problem is not None for item in items),
        placeable=placeable,
        placed=placed,
    )


def is_short_name(text: str) -> bool:
    """Whether a text is the name of a problem: few words, no sentence, no talk."""
    words = [token.text for token in tokens(text)]
    return 0 < len(text.split()) <= LONGEST and not VERBS & set(words) and kind_of(text) is None


def is_same(ours: str, theirs: str, reader: Reader) -> bool:
    """Whether two names are of one problem: by what they name, else by the words that carry something."""
    a, b = ([each for each in names.read(text, reader) if not each.denied] for text in (ours, theirs))
    kinds = (NameKind.PROBLEM, NameKind.PROCEDURE, NameKind.REASON)
    if any(one.is_same(other) for one in names.of(a, *kinds) for other in names.of(b, *kinds)):
        return True
    held, wanted = (content([token.text for token in tokens(text)]) - QUALIFIERS for text in (ours, theirs))
    fewer = min(len(held), len(wanted))
    return fewer > 0 and len(held & wanted) > SHARED * fewer


# --- which statements ------------------------------------------------------------------------------------------------


def _problems(note: Note) -> list[Statement]:
    """Statements of the assessment that others, or they themselves, stand under; where none is linked, all of them."""
    stated = [
        each for section in note.sections if section.kind is SectionKind.ASSESSMENT for each in section.statements
    ]
    heads = {each.problem for section in note.sections for each in section.statements if each.problem is not None}
    return [each for each in stated if each.id in heads] or stated


def _planned(note: Note) -> list[Statement]:
    return [each for section in note.sections if section.kind is SectionKind.PLAN for each in section.statements]


def _under(item: str, theirs: Sequence[references.Problem], reader: Reader) -> set[int]:
    """The problems of the reference whose plan names a drug, test, procedure or plan item that this one names."""
    if sum(bool(problem.plan) for problem in theirs) < 2:  # one problem says nothing about where items belong
        return set()
    kinds = (NameKind.DRUG, NameKind.PLAN, NameKind.PROCEDURE)
    named = names.of(names.read(item, reader), *kinds)
    plans = [names.of(names.read(problem.plan, reader), *kinds) for problem in theirs]
    return {number for number, plan in enumerate(plans) if any(names.has(plan, one) for one in named)}
