"""A sentence as a tree of words: what each word is, and which word it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """One word or mark of a parsed sentence."""

    text: str = field(repr=False)
    tag: str  # Penn Treebank part of speech
    label: str  # what it is to its head, in the CLEAR scheme: "nsubj", "dobj", "ROOT"
    head: int  # index of the word it belongs to; its own where it is a root
    start: int  # character offset in the text

    @property
    def bare(self) -> str:
        """The word in lower case, apostrophes as '."""
        return self.text.lower().replace("\u2019", "'")


Parse = tuple[Node, ...]
