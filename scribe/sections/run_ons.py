"""Clauses that stand side by side with nothing to join them: "The cough is dry she also has a fever"."""

from __future__ import annotations

from scribe.sections import phrases
from scribe.sections.fault import Fault
from scribe.sections.tree import ASKING, HELPERS, NOUNS, VERBS, Tree, words

JOINING = ASKING | {"CC"}
LEADS = ("nsubj", "nsubjpass", "expl", "aux", "auxpass", "advmod", "prep", "npadvmod", "neg", "mark", "intj")
DIVIDES = frozenset({";", ":", "-", "\u2013", "\u2014", "--", "(", ")", "."})
AFTER_COMMA = frozenset({"however", "so", "therefore", "otherwise"})
MOVES = frozenset({"goes", "went", "comes", "came", "is", "was", "are", "were", "has"})


def fault(tree: Tree) -> Fault | None:
    """RUN_ON where a clause with a subject of its own is not joined to what it stands beside."""
    clauses = list(tree.clauses())
    return Fault.RUN_ON if any(_is_loose(tree, at) or _is_told_twice(tree, at) for at in clauses) else None


def _is_loose(tree: Tree, at: int) -> bool:
    node, head = tree.nodes[at], tree.nodes[at].head
    if head == at:  # the parser has begun a new sentence
        start = tree.first_of(at)
        return at != tree.roots[0] and not (_joins(tree, start) or not tree.nodes[start - 1].text[-1].isalnum())
    told = tree.nodes[head].tag in VERBS | NOUNS | {"JJ"} and node.label not in ("nsubj", "csubj")
    if not told or _is_linked(tree, at) or (at > head and _takes_clause(tree, head)):
        return False
    if node.label == "relcl" and _reduced_relative(tree, at):
        return False
    if at < head and tree.subject(head) is None:
        return False
    start = _start(tree, at, head) if at > head else _start(tree, head, at)
    told_first = node.label in ("ccomp", "parataxis") and at < head and _takes_clause(tree, head)
    if told_first and tree.nodes[start - 1].text == ",":
        return False  # "It is better, he says"
    later = max(at, head)
    return start > 0 and not _joins(tree, start) and not any(node.tag == "CC" for node in tree.nodes[start:later])


def _is_told_twice(tree: Tree, at: int) -> bool:
    """Whether a noun with a comma stands before a clause that has another subject: "Good alignment, there's ..."."""
    subject = tree.subject(at)
    if subject is None or tree.nodes[subject].tag not in ("PRP", "EX", "DT") or not tree.told:
        return False
    lead = next((below for below in tree.under(at) if tree.nodes[below].label in ("dep", "npadvmod", "nmod")), None)
    if lead is None or tree.nodes[lead].tag not in NOUNS or tree.nodes[lead].bare in words("times"):
        return False
    return tree.first_of(lead) == tree.told[0] and subject > 0 and tree.nodes[subject - 1].text == ","


def _start(tree: Tree, verb: int, after: int = -1) -> int:
    """Where a clause begins: its first word behind the clause that ends at `after`."""
    leads = [tree.first_of(below) for below in tree.under(verb) if tree.nodes[below].label in LEADS]
    return min([verb, *(found for found in leads if found > after)])


def _is_linked(tree: Tree, verb: int) -> bool:
    """Whether a word within the clause joins it: "because", "that", "which"; or "Should the pain return"."""
    subject = tree.subject(verb)
    if subject is None:
        return True
    for below, node in zip(tree.under(verb), tree.nodes_under(verb), strict=True):
        if node.label == "mark" or node.tag in ASKING or (node.label in HELPERS and below < subject):
            return True
        if any(inner.tag in ASKING for inner in tree.nodes_under(below)):
            return True
    return any(node.tag in ASKING for node in tree.nodes[_start(tree, verb) : subject + 1])


def _takes_clause(tree: Tree, head: int) -> bool:
    told = tree.nodes[head].bare
    taken = tree.child(head, "dobj")
    if taken is not None and tree.nodes[taken].tag in NOUNS and told not in words("tells"):
        return False  # "Hasn't noticed any cough it just seems ..."
    if told in words("reports") or told in words("sure") or told in phrases.words("takes_clause"):
        return True
    return any(node.bare in words("sure") for node in tree.nodes_under(head))


def _reduced_relative(tree: Tree, verb: int) -> bool:
    """Whether "the pills he takes" is meant: nothing in the clause stands where the noun would."""
    if tree.nodes[tree.nodes[verb].head].bare in words("when_nouns"):
        return True
    return tree.child(verb, "dobj", "acomp", "attr") is None and tree.nodes[verb].bare not in MOVES


def _joins(tree: Tree, start: int) -> bool:
    """Whether what stands before a clause, or its first word, joins it to what came before."""
    before, here = tree.nodes[start - 1], tree.nodes[start]
    earlier = tree.nodes[start - 2] if start > 1 else before
    if start == 0 or here.tag in JOINING or (here.tag == "IN" and here.label == "mark"):
        return True
    if before.tag in JOINING or before.tag == "IN" or before.bare in words("marks") or before.text in DIVIDES:
        return True
    if before.text == ",":  # nouns beside one another are the style of an examination
        return here.tag != "PRP" or earlier.tag in JOINING or earlier.bare in AFTER_COMMA
    return before.bare == "then" and (earlier.tag == "CC" or earlier.text in (",", ";"))
