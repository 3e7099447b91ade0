"""Finding the terms of a code table in a text: the longest first, each word used once.

Beyond words in a row it reads what English leaves out: "knee and hip pain" names two pains, "pain in the knee, left"
one with a side, "left and right ear infection" both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.coding.index import Index, Term
from scribe.coding.terms import JOINED, SIDES, Token, decoy_words, decoys, key, tables, tokens
from scribe.plugins import TermMatch
from scribe.types import Span

MAX_WORDS = 9  # content words in a row that are tried as one term
REACH = 3  # content words looked at beside a joiner ("and", "or", a comma)
LOOSE_TRUST = 0.95  # of a term found by leaving out a word such as "severe"
JOINED_TRUST = 0.9  # of a term put together over "and"


@dataclass(frozen=True, slots=True)
class _Window:
    """Tokens `first` to `last` (both included) read as one term."""

    first: int
    last: int
    key: str
    sides: frozenset[str]
    trust: float


@dataclass(frozen=True, slots=True)
class _Hit:
    window: _Window
    term: Term

    @property
    def rank(self) -> tuple[int, float, int, int]:
        """Most words first, then the surest, then the shortest stretch, then the leftmost."""
        window = self.window
        size = sum(word != JOINED for word in self.term.key.split())
        return (-size - len(window.sides), -window.trust, window.last - window.first, window.first)


def find(text: str, index: Index) -> tuple[TermMatch, ...]:
    """The terms that `text` names, in order of where they stand."""
    words = tokens(text)
    windows = list(_windows(words, index))
    terms = index.terms({window.key for window in windows})
    terms |= {key: Term(key, "", "decoy", 1.0) for key in {window.key for window in windows} & decoys()}
    hits = sorted((_Hit(window, terms[window.key]) for window in windows if window.key in terms), key=lambda h: h.rank)
    used: set[int] = set()
    chosen: list[_Hit] = []
    for hit in hits:
        covered = set(range(hit.window.first, hit.window.last + 1))
        if not covered & used:
            used |= covered
            chosen.append(hit)
    chosen = [hit for hit in chosen if hit.term.code]
    joined = [extra for hit in chosen for extra in _coordinated(hit, words, used, index)]
    found = [match for hit in (*chosen, *joined) for match in _sided(hit, words, used, index)]
    return tuple(sorted(found, key=lambda match: (match.span, match.code)))


def _windows(words: Sequence[Token], index: Index) -> Iterator[_Window]:
    """Every stretch whose words all occur in some term, as it stands and with loose words or sides left out."""
    loose = tables()["loose"]
    for first, token in enumerate(words):
        if not token.words or token.joins:
            continue
        content: list[Token] = []
        for last in range(first, len(words)):
            here = words[last]
            if last > first and not _reaches(words, first, last):
                break
            if not here.words:
                continue
            known = all(word in index.words or word in decoy_words() for word in here.words)
            if not known and here.lower not in loose and not set(here.words) <= SIDES:
                break
            content.append(here)
            if len(content) > MAX_WORDS:
                break
            dangling = here.lower in loose and not words[last - 1].words  # "nephritis with acute | tubular damage"
            if not here.joins and not (last > first and dangling) and _closes(words, first, last):
                yield from _readings(first, last, content)


def _reaches(words: Sequence[Token], first: int, last: int) -> bool:
    """Whether a term that began at `first` may take in the token at `last`."""
    if words[last].break_before == "|":
        return False
    comma = next((at for at in range(last, first, -1) if words[at].break_before == ","), None)
    if comma is None:
        return True
    trailing = tables()["trailing"]
    return all(token.lower in trailing or not token.words for token in words[comma : last + 1])


def _closes(words: Sequence[Token], first: int, last: int) -> bool:
    """Whether a term that reached over a comma ends where its clause does: not "hepatitis, acute | kidney injury"."""
    crossed = any(words[at].break_before == "," for at in range(first + 1, last + 1))
    return not crossed or last + 1 == len(words) or bool(words[last + 1].break_before)


def _readings(first: int, last: int, content: Sequence[Token]) -> Iterator[_Window]:
    loose = tables()["loose"]
    everything = [word for token in content for word in token.words]
    sides = frozenset(everything) & SIDES
    yield _Window(first, last, key(everything), frozenset(), 1.0)
    ignored = SIDES | {JOINED} if len(sides) > 1 else SIDES  # "left and right knee pain"
    bare = [word for word in everything if word not in ignored]
    if sides and bare:
        yield _Window(first, last, key(bare), sides, 1.0)
    if JOINED in everything and {"acute", "chronic"} <= {token.lower for token in content}:
        return  # two conditions, of which the loose reading would lose one
    ends_firm = content[0].lower not in loose and content[-1].lower not in loose
    tight = [word for token in content if token.lower not in loose for word in token.words if word not in ignored]
    if ends_firm and tight and len(tight) < len(bare):
        yield _Window(first, last, key(tight), sides, LOOSE_TRUST)


def _coordinated(hit: _Hit, words: Sequence[Token], used: set[int], index: Index) -> Iterator[_Hit]:
    """Terms that share words with `hit` over "and", "or" or a comma: "knee" of "knee and hip pain"."""
    first, last = hit.window.first, hit.window.last
    inside = [at for at in range(first, last + 1) if words[at].words and not words[at].joins]
    tails = [[w for at in inside[cut:] for w in words[at].words] for cut in range(1, len(inside))]
    heads = [[w for at in inside[:cut] for w in words[at].words] for cut in range(len(inside) - 1, 0, -1)]
    trailing = frozenset(words[inside[-1]].words if inside else ()) & SIDES  # "hip and knee pain on the left"
    start = first
    while (part := _part_before(words, start, used)) and (term := _shared(part, words, tails, index)):
        sides = _sides_of(part, words) or trailing
        yield _Hit(_Window(part[0], last, term.key, sides, JOINED_TRUST), term)
        start = part[0]
    end = last
    while (part := _part_after(words, end, used)) and (term := _shared(part, words, heads, index)):
        yield _Hit(_Window(first, part[-1], term.key, _sides_of(part, words), JOINED_TRUST), term)
        end = part[-1]


def _part_before(words: Sequence[Token], start: int, used: set[int]) -> list[int]:
    """Content tokens before the joiner that stands right before `start`; empty where there is none."""
    at = start - 1
    if at >= 0 and words[start].break_before == "|":
        return []
    if at >= 0 and words[at].joins:
        at -= 1
    elif words[start].break_before != ",":
        return []
    part: list[int] = []
    while at >= 0 and at not in used and not words[at].joins and len(part) < REACH:
        if words[at].words:
            part.insert(0, at)
        if words[at].break_before:
            break
        at -= 1
    return part


def _part_after(words: Sequence[Token], end: int, used: set[int]) -> list[int]:
    at = end + 1
    if at >= len(words) or words[at].break_before == "|":
        return []
    if words[at].joins:
        at += 1
    elif words[at].break_before != ",":
        return []
    part: list[int] = []
    while at < len(words) and at not in used and not words[at].joins and len(part) < REACH:
        if words[at].break_before and part:
            break
        if words[at].words:
            part.append(at)
        at += 1
    return part


def _shared(part: list[int], words: Sequence[Token], shared: list[list[str]], index: Index) -> Term | None:
    """The longest term made of `part` and some of the shared words. Trims `part` to the tokens that were needed."""
    bare = {at: [word for word in words[at].words if word not in SIDES] for at in part}
    for rest in shared:
        if set(rest) <= SIDES:
            continue
        wanted = key([word for at in part for word in bare[at]] + [word for word in rest if word not in SIDES])
        term = index.terms([wanted]).get(wanted)
        if term and any(bare.values()):
            return term
    return None


def _sides_of(part: Sequence[int], words: Sequence[Token]) -> frozenset[str]:
    return frozenset(word for at in part for word in words[at].words) & SIDES


def _sided(hit: _Hit, words: Sequence[Token], used: set[int], index: Index) -> Iterator[TermMatch]:
    """The matches of one hit: one code, or one for each side where the table has no code for both."""
    first, last, sides = hit.window.first, hit.window.last, hit.window.sides
    term = hit.term
    if not sides:
        first, last, sides = _beside(first, last, words, used)
    codes = _codes_of_sides(term.code, sides, index)
    span_first, span_last = (first, last) if codes else (hit.window.first, hit.window.last)
    span = Span(words[span_first].start, words[span_last].end)
    rule = f"{term.rule}+side" if codes else term.rule
    score = round(term.score * hit.window.trust, 3)
    found = frozenset(term.key.split()) | (sides if codes else frozenset())
    for code in codes or [term.code]:
        yield TermMatch(span, code, rule, score, found)


def _codes_of_sides(code: str, sides: frozenset[str], index: Index) -> list[str]:
    wanted = {"bilateral"} if len(sides) > 1 else set(sides)
    found = [index.side(code, side) for side in wanted]
    if wanted == {"bilateral"} and not all(found):
        found = [index.side(code, "right"), index.side(code, "left")]
    return [target for target in found if target] if all(found) else []


def _leads_to_site(token: Token) -> bool:
    """Whether a side may stand before this word and belong to what follows: "right wrist | Colles fracture"."""
    return token.lower in tables()["between"] or bool(set(token.words) & tables()["sites"])


def _beside(first: int, last: int, words: Sequence[Token], used: set[int]) -> tuple[int, int, frozenset[str]]:
    """A side said just before or after the term ("pain in my knee on the left"), and the stretch widened to it."""
    for step, edge in ((1, last), (-1, first)):
        at = edge + step
        while 0 <= at < len(words) and at not in used and not words[at].joins:
            if words[max(at, at - step)].break_before == "|":
                break
            if words[at].words:
                sides = frozenset(words[at].words) & SIDES
                if sides and (step < 0 or _closes(words, last, at)):
                    return min(first, at), max(last, at), sides
                if step > 0 or not _leads_to_site(words[at]):
                    break
            at += step
    return first, last, frozenset()
