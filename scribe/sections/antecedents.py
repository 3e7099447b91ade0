"""Pronouns for things that nobody has named: "It comes and goes", "Takes one in the morning"."""

from __future__ import annotations

from scribe.sections.fault import Fault
from scribe.sections.parse import Node, Parse
from scribe.sections.tree import NOUNS, Tree, words

STANDS_FOR = frozenset({"it", "this", "that", "these", "those", "they", "one", "them", "ones"})
POINTING = frozenset({"this", "that", "these", "those"})
NO_PRONOUN = ("det", "mark", "expl", "nummod", "predet", "advmod", "cc", "quantmod")
CLAUSES = ("ccomp", "xcomp", "acl", "csubj", "advcl")


def names(parse: Parse) -> bool:
    """Whether a sentence names something that a pronoun behind it can stand for."""
    return any(_names(node) for node in parse)


def fault(tree: Tree, *, named: bool) -> Fault | None:
    """NO_ANTECEDENT where a pronoun stands for what neither the sentence before it nor its own beginning names."""
    for at, node in enumerate(tree.nodes):
        if named or _names(node):
            return None
        if _is_pronoun(tree, at) and not _named_behind(tree, at):
            return Fault.NO_ANTECEDENT
    return None


def _names(node: Node) -> bool:
    return node.tag in NOUNS and node.bare not in words("times") and node.bare != "patient"


def _is_pronoun(tree: Tree, at: int) -> bool:
    node = tree.nodes[at]
    if node.bare not in STANDS_FOR or node.label in NO_PRONOUN or node.tag in ("WDT", "NN"):
        return False
    if node.bare == "one":
        counts = any(below.bare == "of" for below in tree.nodes_under(at))  # "one of his children"
        return node.label in ("dobj", "nsubj", "pobj") and not counts
    if node.bare == "that" and node.tag == "IN":
        return node.label == "dobj"
    after = tree.nodes[at + 1] if at + 1 < len(tree.nodes) else node
    # "this 67-year-old man", read amiss
    before_noun = after.tag in NOUNS | {"JJ", "VBG"} or (after.tag == "CD" and at == tree.told[0])
    return node.bare not in POINTING or not before_noun


def _named_behind(tree: Tree, at: int) -> bool:
    """Whether the sentence goes on to say what is meant: "It was explained that ...", "This is a 34-year-old man"."""
    node, verb = tree.nodes[at], tree.nodes[at].head
    if node.label not in ("nsubj", "nsubjpass"):
        return False
    if node.bare == "it":
        holders = [verb, *tree.under(verb)]
        clauses = [below for holder in holders for below in tree.under(holder) if tree.nodes[below].label in CLAUSES]
        return any(clause > at and _opens_with_that(tree, clause) for clause in clauses)
    said = tree.child(verb, "attr") is not None and node.bare in POINTING
    return said and any(word in words("people") for word in tree.bare)


def _opens_with_that(tree: Tree, clause: int) -> bool:
    return any(below < clause and tree.nodes[below].bare in ("that", "to", "whether") for below in tree.under(clause))
