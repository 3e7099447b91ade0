"""What of all that was said belongs into a note that a physician will read: a score for each sentence.

Small talk is gone before; this weighs the rest: "They got some line dances planned" against "It gives out when
walking". The score is learned from visits and the notes that clinicians wrote of them (models/salience). What can harm
when it is missing is kept whatever its score: `ALWAYS`.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from functools import lru_cache

from scribe import assets
from scribe.sections import features, linear, named, phrases
from scribe.sections.assertion import assertion_of
from scribe.sections.catalog import group_of
from scribe.sections.said import Draft
from scribe.sections.tokens import render
from scribe.types import Assertion, Provenance, Role, SectionKind

K = SectionKind
FILE = "weights.npz"
ENOUGH = 0.36  # probability from which a sentence is kept; chosen on ACI-Bench valid (models/salience/CARD.md)
MEDICINE = frozenset({K.MEDICATIONS, K.ASSESSMENT, K.PLAN, K.HPI, K.PAST_MEDICAL})
ASKED = 0.7  # of the threshold is enough for what the clinician asked about
SAYS_ENOUGH = 3  # words that an order has at least
PLACES = 8  # parts of the visit that count as a place in it
ALWAYS = re.compile(rf"\b(?:{phrases.pattern('never_left_out')})\b", re.IGNORECASE)
SUBSTANCES = re.compile(rf"\b(?:{phrases.pattern('substances')})\b", re.IGNORECASE)
TAKES = re.compile(rf"\b(?:{phrases.pattern('takes_medicine')})\b", re.IGNORECASE)
NOT_MADE_OUT = re.compile(r"\[(?:inaudible|overlap) [\d:]+\]")  # a person must see it
FINDING = re.compile(r"[A-Z][\w' -]{2,40}: \w")
QUOTED = re.compile(r"^(?:Asked|Patient:|Clinician:|Informant:|Patient asked)\b")


class Salience:
    """Scores sentences. Weights only. Raises AssetError where the shipped weights are missing or damaged."""

    def __init__(self) -> None:
        path = assets.shipped("models", "salience", FILE)
        self._model = linear.load(path)
        self._sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    @property
    def provenance(self) -> Provenance:
        """The weights."""
        return Provenance("salience", ((f"salience/{FILE}", self._sha256),))

    def scores(self, drafts: Sequence[Draft]) -> list[float]:
        """The probability of each sentence, in the order of the visit, to be in a clinician's note."""
        at = self._model.labels.index("keep")
        return [1 / (1 + math.exp(-float(self._model.scores(blocks)[at]))) for blocks in describe(drafts)]

    def kept(self, drafts: Sequence[Draft], enough: float = ENOUGH) -> list[Draft]:
        """The sentences that matter, in their order."""
        scored = zip(drafts, self.scores(drafts), strict=True)
        asked = enough * ASKED
        return [draft for draft, score in scored if score >= (asked if draft.joined else enough) or must_stay(draft)]


@lru_cache(maxsize=1)
def load() -> Salience:
    """The shipped weights, read once."""
    return Salience()


def must_stay(draft: Draft) -> bool:
    """Whether leaving the sentence out could harm: a drug and its dose, an allergy, an order, a problem named."""
    text = render(draft.tokens)
    if draft.kind is K.CHIEF_COMPLAINT or NOT_MADE_OUT.search(text):
        return True
    if draft.kind is K.FAMILY and draft.role is not Role.CLINICIAN:
        return True
    if QUOTED.match(text) and draft.role is not Role.CLINICIAN:
        return False
    if draft.kind is K.MEDICATIONS and draft.role is not Role.CLINICIAN and TAKES.search(text):
        return True
    if draft.role is Role.CLINICIAN and _says_plainly(draft, text):
        return True
    if draft.kind in MEDICINE and named.drugs(text):
        return True
    if draft.kind is K.SOCIAL and SUBSTANCES.search(text):
        return True
    if draft.kind in (K.PAST_MEDICAL, K.SURGICAL) and draft.role is not Role.CLINICIAN and named.diseases(text):
        return True
    if draft.kind is K.ASSESSMENT and draft.role is not Role.PATIENT and named.diseases(text):
        return True
    if draft.instructs and draft.kind is K.PLAN and len(draft.tokens) >= SAYS_ENOUGH:
        return True
    if draft.problem or draft.kind is K.ALLERGIES or (draft.kind is K.VITALS and re.search(r"\d", text)):
        return True
    return ALWAYS.search(text) is not None


def _says_plainly(draft: Draft, text: str) -> bool:
    """Whether a clinician answers the patient, says what is not to be done, or names a finding of the examination."""
    if draft.kind is K.EXAM:
        return FINDING.match(text) is not None
    return text.startswith("Patient asked") or (draft.kind is K.PLAN and assertion_of(text, K.PLAN) is Assertion.ABSENT)


def describe(drafts: Sequence[Draft]) -> list[dict[str, list[str]]]:
    """Blocks of tokens for each sentence: its words, those with its section, and facts of shape."""
    made = []
    for at, draft in enumerate(drafts):
        said = features.words(render(draft.tokens))
        group = group_of(draft.kind).value
        role = draft.role.value if draft.role else "nobody"
        made.append(
            {
                "word": features.pairs(said),
                "grouped": [f"{group}_{role}_{word}" for word in said],
                "shape": [
                    f"kind {draft.kind.value}",
                    f"role {role} {group}",
                    f"length {min(int(math.log2(len(said) + 1) * 2), 10)}",
                    f"place {at * PLACES // max(len(drafts), 1)} {role}",
                    f"joined {draft.joined} {draft.assertion}",
                    f"instructs {draft.instructs}",
                    f"problem {draft.problem}",
                    f"number {any(word[0] == '#' for word in said)}",
                    f"quoted {QUOTED.match(render(draft.tokens)) is not None}",
                    f"sure {int(draft.score * 5)}",
                ],
            }
        )
    return made
