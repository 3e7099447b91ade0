"""What the parse of a sentence shows that keeps it out of a note.

A small parser errs, so each rule asks for more than one sign: tags beside labels, and closed lists of words.
"""

from __future__ import annotations

from scribe.sections import agreement, antecedents, fragments, run_ons
from scribe.sections.fault import Fault
from scribe.sections.parse import Parse
from scribe.sections.tree import ARTICLES, ASKING, BE, Tree, words

MAX_LABEL = 9  # words
LATEST = 5  # word by which the auxiliary of "how long a time has" has come


def fault(parse: Parse, *, label: str = "", named: bool = False, whole: bool = True) -> Fault | None:
    """The first thing that is wrong with a parsed sentence.

    `label` is what stands before its colon; `named`: whether a sentence before it names what a pronoun may stand for;
    `whole`: whether it is more than a part between semicolons.
    """
    tree = Tree(parse)
    if not tree.told:
        return None
    found = (label and _label(label)) or _question(tree) or fragments.dangling(tree) or agreement.fault(tree)
    found = found or run_ons.fault(tree) or antecedents.fault(tree, named=named)
    if label and tree.first.bare == "of":
        found = found or Fault.UNGRAMMATICAL
    if whole and not label:
        found = found or fragments.fragment(tree) or fragments.empty(tree)
    return found or None


def _label(label: str) -> Fault | None:
    told = label.lower().split()
    if told[-1] in ARTICLES | words("prepositions") | {"and", "or"}:
        return Fault.DANGLING
    if told[0].strip(",") == "everything":
        return Fault.NAMES_NOTHING
    if len(told) > MAX_LABEL and told[-1] not in words("lists"):
        return Fault.UNGRAMMATICAL
    if len(told) == 1:
        return None
    asked = bool(words("in_no_label") & set(told)) or told[0] in words("no_label")
    watched = told[0].endswith("ing") and told[1] in words("determiners")
    return Fault.UNGRAMMATICAL if asked or watched else None


def _question(tree: Tree) -> Fault | None:
    """QUESTION where an auxiliary stands before its subject, at the start or behind a question word."""
    first = tree.first
    asks = first.tag in ASKING
    if not asks and first.bare not in BE | words("auxiliaries"):
        return None
    if first.bare in ("should", "had", "were") and tree.has_comma():
        return None  # "Should the pain return, call."
    if any(_is_inverted(tree, at, asks=asks) for at in tree.told):
        return Fault.QUESTION
    said = tree.child(tree.told[0], "acomp") if first.bare in BE else None
    return Fault.QUESTION if said is not None and tree.nodes[tree.first_of(said)].tag in ("DT", "PRP$") else None


def _is_inverted(tree: Tree, at: int, *, asks: bool) -> bool:
    subject = tree.subject(at)
    if subject is None or tree.nodes[subject].tag == "CD" or (tree.nodes[subject].label == "expl" and not asks):
        return False
    lead = next(iter(tree.helpers(at)), at if tree.nodes[at].bare in BE else None)
    if tree.first.bare in ("has", "have", "had") and tree.nodes[subject].tag != "PRP":
        return False  # "Had the implant removed."
    if lead is None or lead > subject or tree.first_of(subject) < lead:
        return False
    return lead <= LATEST if asks else lead == tree.told[0]
