"""A sentence -> the clauses that can each be a statement of the note.

"My knee hurts and I take ibuprofen" -> two. What hangs together stays together: a condition with what follows from it,
a clause whose subject points back ("and she died of it"), and anything after "because", "when" or "that".
"""

from __future__ import annotations

import re

from scribe.sections import phrases
from scribe.sections.tokens import Tokens, ended, find

JOINING = frozenset({"and", "but", "so", "then", "also", "plus"})
BINDING = phrases.words("binding")
SUBJECTS = phrases.words("run_subjects") - {"he", "he's", "she", "she's", "they", "they're", "it", "it's", "that's"}
FINITE = frozenset({"VBP", "VBD", "VBZ", "MD"})
OPENING = re.compile(rf"(?:{phrases.pattern('clause_openings')})(?= |$)")
HELPING = frozenset(
    "am is are was were be do does did don doesn didn have has had isn aren wasn haven hasn i you it there that".split()
)
TURNED = frozenset("do does did are is were have has can could would will".split())
CONTENT = frozenset({"NN", "NNS", "NNP", "NNPS", "VB", "VBG", "VBN", "CD", "JJ"})
SHORTEST = 3  # words that a clause has at least


def split(tokens: Tokens) -> list[Tokens]:
    """The clauses, in order; together they hold every token but the words that joined them."""
    cuts = [at for at in range(1, len(tokens)) if _cuts(tokens, at)]
    pieces: list[Tokens] = []
    start = 0
    for at in [*cuts, len(tokens)]:
        piece = tokens[start:at]
        if pieces and (len(_bare(piece)) < SHORTEST or not is_clause(pieces[-1]) or _leans(piece)):
            pieces[-1] = (*pieces[-1], *piece)
        else:
            pieces.append(piece)
        start = at
    return [kept for piece in pieces if (kept := ended(_bare(piece)))]


def _cuts(tokens: Tokens, at: int) -> bool:
    """Whether a new statement begins with the token at `at`, a joining word or the subject itself."""
    before = tokens[at - 1]
    start = at
    while start < len(tokens) and tokens[start].bare in JOINING:
        start += 1
    if start >= len(tokens) - 1 or before.bare in JOINING:
        return False
    joined = start > at
    if any(token.bare in BINDING for token in tokens[:at]) and before.text[-1] not in ".!?":
        return False
    if any(token.bare == "doubt" for token in tokens[start : start + 3]):
        return False  # "it may be pneumonia, but I doubt it" is one claim
    if before.bare in BINDING or before.bare in phrases.words("takes_clause"):
        return False
    if find(OPENING, tokens[start:], start=True):
        return True
    return (joined or before.text[-1] in ",.;") and _opens(tokens, start)


def _opens(tokens: Tokens, at: int) -> bool:
    """Whether subject and verb of a clause of its own begin at `at`."""
    subject = tokens[at]
    if subject.bare in {"my", "your"}:
        after = at + 1
        while after < len(tokens) - 1 and tokens[after].tag in {"JJ", "NN", "NNS", "NNP", "CD", "VBG", "CC", "JJR"}:
            after += 1
        return after > at + 1 and tokens[after].tag in FINITE
    if subject.bare not in SUBJECTS:
        return False
    if subject.clitic or subject.bare == "let's":
        return True
    after = at + 1
    while after < len(tokens) - 1 and tokens[after].tag == "RB":
        after += 1
    return tokens[after].tag in FINITE | {"VB"}


def is_clause(tokens: Tokens) -> bool:
    """Whether the words hold a verb that makes them a sentence."""
    return any(token.tag in FINITE or token.clitic in FINITE or token.tag == "VB" for token in tokens)


def _leans(tokens: Tokens) -> bool:
    """Whether a clause means nothing without the one before: "but there is on the right", "but I don't"."""
    content = any(token.tag in CONTENT and token.bare not in {"left", "right", "other"} for token in tokens)
    acts = any(token.tag in {"VBD", "VBP", "VBZ"} and token.bare.split("'")[0] not in HELPING for token in tokens)
    return not content and not acts


def _bare(tokens: Tokens) -> Tokens:
    """The clause without the words that joined it to the one before."""
    at = 0
    while at < len(tokens) - 1 and tokens[at].bare in JOINING:
        at += 1
    return tokens[at:]


def causes(tokens: Tokens, at: int) -> bool:
    """Whether the "have" at `at` makes somebody do something, which asks nothing: "gonna have you take 20 mg"."""
    return tokens[at].bare == "have" and at + 2 < len(tokens) and tokens[at + 2].tag in {"VB", "VBP"}


def turns_round(tokens: Tokens) -> bool:
    """Whether verb and subject are turned round as in a question: "are you", "do you"."""
    return any(
        token.bare in TURNED
        and (tokens[at + 1].bare == "you" or (not at and tokens[1].bare == "your"))
        and token.text[-1].isalpha()
        and (not at or tokens[at - 1].tag not in {"PRP", "MD", "TO", "VB"})
        and not causes(tokens, at)
        for at, token in enumerate(tokens[:-1])
    )


def asks(tokens: Tokens) -> bool:
    """Whether a patient's clause is a question that lost its mark: "when can I play again"."""
    at = 1 if tokens and tokens[0].tag in {"WRB", "WP", "WDT"} and len(tokens) > 2 else 0
    helper, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        after is not None
        and helper.bare in TURNED | {"should"}
        and after.bare in {"i", "it", "you", "we", "that", "this", "there"}
    )
