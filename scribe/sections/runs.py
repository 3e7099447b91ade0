"""Speech that nobody punctuated -> sentences.

Some recognisers write a minute of talk without a full stop. There a sentence is taken to begin where a subject and its
verb follow something that is complete ("... on Monday | I take ibuprofen"), and where a question turns verb and subject
round ("... okay | do you have ..."). Text with punctuation is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from scribe.clinical.utterances import Utterance
from scribe.sections import phrases
from scribe.sections.clauses import BINDING, FINITE, OPENING, causes
from scribe.sections.grammar import Grammar
from scribe.sections.questions import HELPERS
from scribe.sections.tokens import Tokens, find, read
from scribe.types import Span

LONG = 14  # words from which a run without punctuation is looked at
SHORTEST = 3  # words that a sentence has at least
SUBJECTS = phrases.words("run_subjects")
JOINING = phrases.words("run_joining")
LEADS_ON = phrases.words("takes_clause") | BINDING | phrases.words("run_leads_on")
ASKED = frozenset("you it there that this your he she they the any".split())
COMPLETE = frozenset({"RB", "NN", "NNS", "CD", "JJ", "VBN"})
CONDITIONS = frozenset({"if", "unless", "when", "whenever", "whether", "until", "because", "case"})
DEFINITE = frozenset({"the", "all", "any", "every", "worst", "only", "what", "some"})
ASKS = phrases.words("run_asks")
NEGATIONS = frozenset({"no", "not", "never", "without", "nor", "neither"})
SHORT_ANSWERS = frozenset({"have", "do", "did", "am", "haven't", "don't", "didn't", "does"})
FIRST_PERSON = frozenset({"i", "i'm", "i've", "i'll"})
OTHERS = frozenset({"he", "she", "he's", "she's", "they", "they're"})
PEOPLE = phrases.words("people")
ACKNOWLEDGED = frozenset({"okay", "ok", "alright"})
HANGING = frozenset({"IN", "DT", "TO", "PRP$", "WDT", "WP", "WRB", "MD", "CC", "PDT"})


def cut(said: Sequence[Utterance], grammar: Grammar) -> list[Utterance]:
    """The utterances, those without punctuation cut into sentences; together they hold every word."""
    runs = [at for at, utterance in enumerate(said) if _is_run(utterance)]
    tagged = grammar.tagged([read(said[at].text, said[at].span.start) for at in runs])
    sentences = dict(zip(runs, tagged, strict=True))
    made: list[Utterance] = []
    for at, utterance in enumerate(said):
        made += _pieces(utterance, sentences[at]) if at in sentences else [utterance]
    return made


def _is_run(utterance: Utterance) -> bool:
    words = utterance.text.split()
    inner = utterance.plain.rstrip(".?!, ")
    return len(words) >= LONG and sum(inner.count(mark) for mark in ",.;?!") * LONG < len(words)


def _pieces(utterance: Utterance, tokens: Tokens) -> list[Utterance]:
    starts = [0]
    for at in range(1, len(tokens)):
        if at - starts[-1] >= SHORTEST and len(tokens) - at >= SHORTEST and _begins(tokens, at, starts[-1]):
            starts.append(at)
    pieces = []
    for first, last in pairwise([*starts, len(tokens)]):
        spans = [token.span for token in tokens[first:last] if token.span]
        span = Span(spans[0].start, spans[-1].end)
        offset = utterance.span.start
        pieces.append(
            Utterance(span, utterance.text[span.start - offset : span.end - offset], utterance.speaker, utterance.role)
        )
    return pieces


def _begins(tokens: Tokens, at: int, start: int) -> bool:
    """Whether a sentence begins with the token at `at`; words that join it to the last belong to it."""
    before, token, after = tokens[at - 1], tokens[at], tokens[min(at + 1, len(tokens) - 1)]
    told = tokens[start:at]
    if any(word.bare in NEGATIONS or word.bare.endswith("n't") for word in told[-2:]) and token.bare in HELPERS:
        return False  # "I do not | have", "have not | had"
    if before.bare in NEGATIONS or before.bare.endswith("n't"):
        return False  # nothing is cut off from its denial
    if before.bare in SHORT_ANSWERS and token.bare in FIRST_PERSON and len(told) >= SHORTEST:
        return True  # "I never have | I take ..."
    if token.bare in OTHERS and any(word.bare in PEOPLE for word in told):
        return False  # "my mother had arthritis she had both knees replaced" is hers
    if any(word.bare in CONDITIONS for word in told):
        return before.bare in ACKNOWLEDGED  # what depends on a condition stays with it
    if token.bare in ASKS and before.bare not in phrases.words("takes_clause"):
        return True
    if causes(tokens, at):
        return False
    turned = token.bare in HELPERS and after.bare in ASKED
    if (
        turned
        and not any(word.tag in {"WP", "WRB", "WDT"} for word in told[-6:])
        and before.bare not in {"or", "and", "but"}
        and before.tag not in {"PRP", "EX", "MD", "TO", "VB"}
    ):
        return before.bare not in phrases.words("takes_clause")
    if before.bare in LEADS_ON | JOINING or before.tag in HANGING or before.bare in phrases.words("never_last"):
        return False
    first = at
    while first < len(tokens) - 2 and tokens[first].bare in JOINING:
        first += 1
    if any(word.bare in phrases.words("takes_clause") for word in told[-3:]):
        return False  # "I think here I'm going to fall" is one thought
    if find(OPENING, tokens[first:], start=True):
        return True
    token, after = tokens[first], tokens[first + 1]
    if token.bare in HELPERS and after.bare in ASKED:
        return True
    if told[0].tag == "IN" and not any(word.tag in FINITE for word in told):
        return False  # "on your lung exam | there are": what was examined belongs to what was found
    if token.bare in {"how", "what", "when", "where", "any"} and after.bare in HELPERS | {
        "about",
        "long",
        "many",
        "often",
        "much",
    }:
        return True
    if token.bare not in SUBJECTS:
        complete = first > at or (before.tag in COMPLETE and any(word.tag in FINITE for word in told))
        return complete and token.bare in {"my", "your", "the"} and _has_verb(tokens, first)
    if first == at and before.tag in {"NN", "NNS"} and any(word.bare in DEFINITE for word in told[-4:-1]):
        return False  # "the pills I take", "the worst pain you've ever had"
    return bool(token.clitic) or token.bare == "let's" or _has_verb(tokens, first)


def _has_verb(tokens: Tokens, at: int) -> bool:
    after = at + 1
    while after < len(tokens) - 1 and tokens[after].tag in {"RB", "JJ", "NN", "NNS"} and after < at + 4:
        if tokens[after].tag != "RB" and tokens[at].bare not in {"my", "your", "the"}:
            break
        after += 1
    return tokens[after].tag in FINITE | {"VB"}
