"""The tree of a parsed sentence, with the questions that the rules of validity ask of it."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.clinical.number_words import between
from scribe.sections import phrases
from scribe.sections.parse import Node, Parse

NUMBERS = frozenset(between(2, 10))
FINITE = frozenset({"VBZ", "VBD", "VBP", "MD"})
VERBS = FINITE | {"VB", "VBG", "VBN"}
NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
ASKING = frozenset({"WDT", "WP", "WP$", "WRB"})
SUBJECTS = ("nsubj", "nsubjpass", "expl", "csubj")
HELPERS = ("aux", "auxpass")
ARTICLES = frozenset({"a", "an", "the"})
BE = frozenset({"is", "was", "are", "were", "be", "been", "being", "'s", "'re", "am"})


def words(name: str) -> frozenset[str]:
    """A list of `phrases.yaml` that was made for these rules."""
    listed = phrases.words(f"valid_{name}")
    return listed | NUMBERS if name == "times" else listed


class Tree:
    """A parse, which word is under which, and the words without the marks."""

    def __init__(self, parse: Parse) -> None:
        self.nodes = parse
        self.told = [at for at, node in enumerate(parse) if any(letter.isalnum() for letter in node.text)]
        told = set(self.told)
        self.roots = [at for at, node in enumerate(parse) if node.head == at and at in told]
        self._under: list[list[int]] = [[] for _ in parse]
        for at, node in enumerate(parse):
            if node.head != at:
                self._under[node.head].append(at)

    @property
    def first(self) -> Node:
        """The first word."""
        return self.nodes[self.told[0]]

    @property
    def last(self) -> Node:
        """The last word."""
        return self.nodes[self.told[-1]]

    @property
    def second(self) -> Node | None:
        """The second word."""
        return self.nodes[self.told[1]] if len(self.told) > 1 else None

    @property
    def bare(self) -> list[str]:
        """The words in lower case."""
        return [self.nodes[at].bare for at in self.told]

    def has_comma(self) -> bool:
        """Whether there is a comma."""
        return any(node.text == "," for node in self.nodes)

    def under(self, at: int) -> list[int]:
        """The words that belong to a word directly."""
        return self._under[at]

    def nodes_under(self, at: int) -> list[Node]:
        """The same as nodes."""
        return [self.nodes[below] for below in self._under[at]]

    def child(self, at: int, *labels: str) -> int | None:
        """The first word of these labels that belongs to a word."""
        return next((below for below in self._under[at] if self.nodes[below].label in labels), None)

    def subject(self, at: int) -> int | None:
        """The subject of a verb."""
        return self.child(at, *SUBJECTS)

    def helpers(self, at: int) -> list[int]:
        """The auxiliaries of a verb."""
        return [below for below in self._under[at] if self.nodes[below].label in HELPERS]

    def first_of(self, at: int) -> int:
        """The first of all words that belong to a word, over any number of others."""
        waiting, seen = [at], {at}
        while waiting:
            new = [below for below in self._under[waiting.pop()] if below not in seen]
            seen.update(new)
            waiting.extend(new)
        return min(seen)

    def is_verb(self, at: int) -> bool:
        """Whether a word is a verb in any form."""
        return self.nodes[at].tag in VERBS

    def is_finite(self, at: int) -> bool:
        """Whether a verb, or one of its auxiliaries, is finite."""
        return self.nodes[at].tag in FINITE or any(self.nodes[below].tag in FINITE for below in self.helpers(at))

    def finite_verbs(self) -> list[int]:
        """The finite verbs."""
        return [at for at in self.told if self.is_verb(at) and self.is_finite(at)]

    def clauses(self) -> Iterator[int]:
        """The finite verbs that have a subject of their own."""
        for at in self.finite_verbs():
            if self.subject(at) is not None:
                yield at

    def up(self, at: int) -> Iterator[int]:
        """A word, what it belongs to, and so on to the root."""
        seen: set[int] = set()
        while at not in seen:
            seen.add(at)
            yield at
            at = self.nodes[at].head
