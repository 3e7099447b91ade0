"""Sentences that say too little: broken off, no more than a part of one, or without a word that tells anything."""

from __future__ import annotations

from itertools import pairwise

from scribe.sections.fault import Fault
from scribe.sections.tree import ARTICLES, BE, NOUNS, VERBS, Tree, words

HANGING_TAGS = frozenset({"CC", "PRP$", "WP$"})
CLAUSES = ("relcl", "acl", "pcomp", "advcl", "ccomp", "xcomp")
CLITICS = frozenset({"'s", "n't", "'ve", "'ll", "'d", "'re"})
RELATIVE = frozenset({"which", "who", "whom", "whose"})
OPENS_PART = frozenset({"and", "but", "or", "nor", "so"})
MAX_SHORT = 14  # words of a sentence whose last "is" has broken off


def dangling(tree: Tree) -> Fault | None:
    """DANGLING where the last word waits for more."""
    last, node = tree.told[-1], tree.last
    if _is_left_open(tree):
        return Fault.DANGLING
    if any(letter.isdigit() for letter in node.text):
        return None
    before = tree.nodes[last - 1] if last else node
    if node.tag in HANGING_TAGS or (node.tag == "DT" and node.bare in ARTICLES | {"every", "no"}):
        return Fault.DANGLING
    if node.tag == "POS" and before.text.islower():
        return Fault.DANGLING
    if node.bare in ("all", "both") and before.bare in BE:
        return Fault.DANGLING
    waits = (
        (node.label in ("prep", "mark", "aux") and node.tag in ("IN", "TO") and node.bare not in words("adverbs"))
        or (node.bare in BE and node.tag in VERBS and len(tree.told) < MAX_SHORT)
        or (node.bare in words("needs_object") and node.tag in VERBS - {"VBN"} and before.text != ",")
    )
    return Fault.DANGLING if waits and not _stranded(tree, last) else None


def _is_left_open(tree: Tree) -> bool:
    """Whether the sentence opens with "is" and nothing that it is before a comma: "Is really, in the last week"."""
    first = tree.told[0]
    if tree.first.bare not in BE or first not in tree.roots or tree.child(first, "acomp", "attr", "oprd") is not None:
        return False
    comma = next((at for at, node in enumerate(tree.nodes) if node.text == ","), 0)
    return comma > first and all(tree.nodes[at].label in ("advmod", "neg") for at in range(first + 1, comma))


def _stranded(tree: Tree, at: int) -> bool:
    """Whether a word without an object stands in a clause that may leave it so: "the drug he responds to"."""
    if tree.nodes[at].tag in VERBS and any(
        node.tag in ("WDT", "WP") and node.label == "nsubj" for node in tree.nodes_under(at)
    ):
        return False  # "which could make"
    if any(tree.nodes[up].label in CLAUSES and tree.nodes[up].tag != "DT" for up in tree.up(at)):
        return True
    return any(node.tag in ("WRB", "WP", "WDT") or node.bare == "than" for node in tree.nodes)


def fragment(tree: Tree) -> Fault | None:
    """FRAGMENT where there is less than a sentence, a noun phrase or an order."""
    verbs = [at for at in tree.roots if tree.is_verb(at)]
    if _is_part(tree, verbs):
        return Fault.FRAGMENT
    first = tree.first
    if (len(tree.told) == 2 and first.bare == "the") or _only_begins(tree):
        return Fault.FRAGMENT
    if any(tree.is_finite(at) or tree.nodes[at].tag == "VB" for at in verbs):
        return None
    if not verbs and first.bare in ("just", "maybe", "like", "probably"):
        return Fault.FRAGMENT
    misread = tree.child(tree.told[0], "dobj") is not None  # "Brace the arm."
    if not verbs and first.tag == "IN" and not misread and tree.told[0] in tree.roots:
        return None if _stands_alone(tree) else Fault.FRAGMENT
    return Fault.FRAGMENT if _only_tells_when(tree) else None


def _only_begins(tree: Tree) -> bool:
    """Whether there is no more than what leads up to a sentence: "Regarding alcohol.", "To check the pulse."."""
    first, second = tree.first, tree.second
    leads = first.bare in ("regarding", "concerning") or (
        first.bare == "to" and second is not None and second.tag == "VB"
    )
    return leads and not tree.has_comma() and not any(tree.is_finite(at) for at in tree.roots)


def _is_part(tree: Tree, verbs: list[int]) -> bool:
    """Whether the sentence begins as only a part of one does: "And", "Which", "Because", "That"."""
    first = tree.first
    if (first.tag == "CC" and first.bare in OPENS_PART) or first.bare in RELATIVE:
        return True
    if first.bare == "because" and not tree.has_comma():
        return True
    if first.bare == "that" and first.label in ("ROOT", "mark", "dep"):
        return True
    if first.bare not in words("opens_clause"):
        return False
    if not verbs:
        return True
    root = verbs[0]
    belongs = first.head == root and first.label in ("mark", "advmod")
    return belongs and not _orders_then(tree)


def _orders_then(tree: Tree) -> bool:
    """Whether an order follows a comma: "If the cough is no better, come back"."""
    return any(comma.text == "," and after.tag in ("VB", "VBP") for comma, after in pairwise(tree.nodes))


def _stands_alone(tree: Tree) -> bool:
    """Whether a phrase with its preposition is note style: "Without murmurs.", "On insulin.", "In no distress."."""
    first, second = tree.first, tree.second
    if first.bare in words("alone") or (second is not None and second.bare == "no"):
        return True
    if second is None or second.tag not in NOUNS | {"JJ", "CD", "DT"}:
        return False
    if first.bare == "on":
        return second.tag != "DT"
    return first.bare == "in" and tree.last.bare in ("distress", "place", "size", "remission")


def _only_tells_when(tree: Tree) -> bool:
    """Whether there is nothing but times and numbers."""
    told = [tree.nodes[at] for at in tree.told]
    times = words("times")
    if any(node.tag in NOUNS and not node.bare[0].isdigit() and node.bare not in times for node in told):
        return False
    if any(node.tag in VERBS or (node.tag.startswith("JJ") and node.bare not in words("empty")) for node in told):
        return False
    return any(node.tag == "CD" or node.bare in times or any(sign.isdigit() for sign in node.text) for node in told)


def empty(tree: Tree) -> Fault | None:
    """NAMES_NOTHING where no word tells a reader anything."""
    if tree.first.bare in ("things", "everything") and tree.last.tag not in NOUNS:
        return Fault.NAMES_NOTHING
    nothing = words("empty") | words("times") | CLITICS
    if not words("negatives") & set(tree.bare):
        nothing |= words("general")
    told = (tree.nodes[at] for at in tree.told)
    if tree.finite_verbs() and any(node.tag == "CD" and node.bare != "one" for node in tree.nodes):
        return None
    if "well" in tree.bare and words("says_well") & set(tree.bare):
        return None
    if any(node.bare not in nothing and not node.bare[0].isdigit() for node in told):
        return None
    return Fault.NAMES_NOTHING
