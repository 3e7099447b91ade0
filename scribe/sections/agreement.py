"""Words that do not go together: "He don't", "a slight cramps", "in the on the hands", "tries and walk"."""

from __future__ import annotations

from itertools import pairwise

from scribe.sections.fault import Fault
from scribe.sections.parse import Node
from scribe.sections.tree import ARTICLES, BE, HELPERS, NOUNS, SUBJECTS, VERBS, Tree, words

THIRD = frozenset({"he", "she", "it", "that", "this"})
PLURAL_VERBS = frozenset({"have", "do", "are", "were"})
POINTING = frozenset({"these", "those", "this", "his", "her", "my", "their"})
AFTER_NO_ARTICLE = frozenset({"PRP", "VBZ", "MD", "CC", "WRB", "DT", "PRP$", "EX"})
JOINED = (("or", "been"), ("and", "been"))
SINGULAR_ENDS = ("ss", "us", "is", "ics", "etes", "'s")


def fault(tree: Tree) -> Fault | None:
    """UNGRAMMATICAL where words do not go together."""
    verbs = [at for at in tree.told if tree.is_verb(at)]
    wrong = (
        any(
            _disagrees(tree, at) or _unlike(tree, at) or _cut_off_by_comma(tree, at) or _cut_from_subject(tree, at)
            for at in verbs
        )
        or any(_clash(tree, at) for at in range(len(tree.nodes) - 1))
        or any(_plural_with_a(tree, at) for at in tree.told)
        or _opens_wrong(tree)
        or _verb_read_as_noun(tree)
    )
    return Fault.UNGRAMMATICAL if wrong else None


def _disagrees(tree: Tree, at: int) -> bool:
    """Whether the form of a verb does not go with its subject."""
    node, subject = tree.nodes[at], tree.child(at, "nsubj", "nsubjpass")
    if subject is None or subject > at or (node.label in ("relcl", "ccomp") and not tree.is_finite(at)):
        return False
    if tree.child(subject, "cc") is not None:
        return False
    verb = next((tree.nodes[below] for below in tree.helpers(at) if below < at), node)
    whom = tree.nodes[subject]
    if verb.tag == "VBP" and whom.bare in THIRD and whom.tag != "WDT" and node.label != "ccomp":
        return True
    if verb.bare in PLURAL_VERBS and whom.bare in ("he", "she") and node.label in ("ROOT", "conj"):
        return True
    return verb.tag == "VBZ" and whom.tag == "NNS" and _is_plural(whom.bare) and _alone(tree, subject, at)


def _is_plural(word: str) -> bool:
    ends = word.endswith("s") and not word.endswith(SINGULAR_ENDS)
    return ends and word not in words("singular_s")


def _alone(tree: Tree, subject: int, verb: int) -> bool:
    """Whether no other noun stands by, which the verb may go with."""
    if any(node.tag in NOUNS or node.text == "," for node in tree.nodes[subject + 1 : verb]):
        return False
    before = tree.nodes[:subject]
    return not any(node.tag == "CC" or node.text == "," or node.bare in ("of", "number") for node in before)


def _unlike(tree: Tree, at: int) -> bool:
    """Whether "and" joins a verb to one in another form: "Tries and walk"."""
    second = tree.child(at, "conj")
    if tree.nodes[at].tag not in ("VBZ", "VBD") or tree.nodes[at].label != "ROOT" or second != at + 2:
        return False
    modal = any(node.tag == "MD" for node in tree.nodes_under(at))
    bare = (
        tree.nodes[second].tag in ("VB", "VBP")
        and tree.nodes[second].bare not in BE | {"have"}
        and not tree.helpers(second)
        and tree.subject(second) is None
    )
    return bare and not modal and tree.child(at, "cc") is not None


def _cut_off_by_comma(tree: Tree, at: int) -> bool:
    """Whether a comma alone stands between a verb and what it takes: "Order, routine blood work"."""
    taken = tree.child(at, "dobj", "acomp", "attr", "xcomp")
    if taken is None or taken < at or tree.nodes[taken].tag == "VBG":
        return False
    between = [node for node in tree.nodes[at + 1 : taken] if node.tag not in ("RB", "RP")]
    if tree.nodes[at].tag in ("VBD", "VBN") and at == tree.told[0]:
        return False  # "Married, unemployed."
    if at == tree.told[0] and between and between[0].text == "," and between[-1].tag == "DT":
        return True  # "Smokes, a fair bit, daily"
    return bool(between) and between[0].text == "," and not any(node.text == "," for node in between[1:])


def _cut_from_subject(tree: Tree, at: int) -> bool:
    """Whether one comma alone stands between a subject and its verb: "He regularly, goes for a run"."""
    subject = tree.subject(at)
    if subject is None or subject > at or tree.nodes[subject].tag not in NOUNS | {"PRP"}:
        return False
    helpers = [below for below in tree.helpers(at) if below > subject]
    if not tree.is_finite(at) or (tree.nodes[subject].tag != "PRP" and not helpers):
        return False
    verb = min([at, *helpers])
    between = tree.nodes[subject + 1 : verb]
    return bool(between) and between[-1].text == "," and all(node.tag == "RB" for node in between[:-1])


def _clash(tree: Tree, at: int) -> bool:
    """Whether a word and the next are neighbours that no sentence has."""
    here, after = tree.nodes[at], tree.nodes[at + 1]
    apart = here.start + len(here.text) < after.start
    hyphen = at + 2 < len(tree.nodes) and tree.nodes[at + 2].text.startswith("-")
    if here.bare in ARTICLES and here.text.islower() and here.tag == "DT" and apart and after.text.islower():
        return not hyphen and _after_no_article(after)
    if here.tag in ("WDT", "WP") and here.label in SUBJECTS and after.tag == "VBG":
        return True  # "which jumping"
    if here.tag == "CC" and after.tag in ("CC", "UH") and here.bare != after.bare and here.bare in ("and", "or", "but"):
        return apart and after.bare not in ("both", "either", "neither")
    if here.bare in POINTING and here.label in ("det", "poss") and after.bare in ARTICLES | {"these", "those", "this"}:
        return True
    if here.bare in ("him", "them") and here.label in ("poss", "nmod", "compound", "det") and after.tag in NOUNS:
        return True
    broken = here.label in HELPERS and here.tag != "TO" and after.text == "," and tree.nodes[here.head].tag in VERBS
    return broken and not any(node.text == "," for node in tree.nodes[at + 2 : here.head])


def _after_no_article(node: Node) -> bool:
    return node.tag in AFTER_NO_ARTICLE or (node.tag == "IN" and node.bare in words("prepositions"))


def _plural_with_a(tree: Tree, at: int) -> bool:
    """Whether "a" stands before a plural: "a slight cramps"."""
    node, article = tree.nodes[at], tree.child(at, "det")
    if node.tag != "NNS" or article is None or tree.nodes[article].bare not in ("a", "an") or at - article > 2:
        return False
    between = tree.nodes[article:at]
    counted = any(one.label in ("nummod", "quantmod") or one.bare in words("counts") for one in between)
    return not counted and _is_plural(node.bare) and node.bare not in words("times")


def _opens_wrong(tree: Tree) -> bool:
    """Whether the first words are none that a sentence begins with, or lack what they take."""
    told, first = tree.bare, tree.first
    if first.label == "ROOT" and first.bare in ("are", "were", "am"):
        return True
    if first.bare in ("been", "being") or (first.bare == "to" and tree.second is not None and tree.second.tag == "PRP"):
        return True
    if first.bare in words("takes_what") and len(told) > 1 and told[1] in words("no_object"):
        return True
    if any(pair in JOINED for pair in pairwise(told)) and not {"has", "have", "had", "'ve"} & set(told):
        return True
    if first.bare in words("takes_what") and first.label == "ROOT" and _takes_nothing(tree):
        return True
    if first.bare == "have" and len(told) > 1 and told[1] in ("n't", "not"):
        return True
    if first.tag == "VBZ" and tree.second is not None and (tree.second.tag == "MD" or tree.second.bare in BE):
        return tree.second.bare not in ("being", "been")
    if _orders_others(tree):
        return True
    if first.bare in ("said", "mentioned") and tree.has_comma() and tree.nodes[tree.told[0] + 1].text == ",":
        return True
    asked = next((at for at, word in enumerate(told) if word in words("after_no")), 0)
    return first.bare in words("affirms") and asked > 0 and not words("negatives") & set(told[:asked])


def _takes_nothing(tree: Tree) -> bool:
    """Whether nothing but adverbs and prepositions follow a verb that takes an object: "Reports socially"."""
    root = tree.told[0]
    if tree.second is None or tree.second.tag not in ("RB", "IN"):
        return False
    loose = ("advmod", "prep", "punct", "npadvmod", "neg")
    below = tree.nodes_under(root)
    return root in tree.roots and all(node.label in loose for node in below)


def _orders_others(tree: Tree) -> bool:
    """Whether an order is given to somebody who is told of: "Weigh themselves"."""
    second = tree.second
    return tree.first.tag == "VB" and second is not None and second.bare in ("himself", "herself", "themselves")


def _verb_read_as_noun(tree: Tree) -> bool:
    """Whether there is no verb, and behind the noun a word that only a verb has: "The pain move anywhere"."""
    if tree.first.bare != "the" or tree.finite_verbs() or not tree.roots:
        return False
    root = tree.roots[0]
    if tree.nodes[root].tag != "NN" or tree.child(root, "compound") is None:
        return False
    return any(below > root and tree.nodes[below].label == "advmod" for below in tree.under(root))
