"""What a patient's answer says by itself: a yes, a no, both, or a sentence that needs no question beside it."""

from __future__ import annotations

import re
from enum import Enum, auto

from scribe.sections import phrases
from scribe.sections.tokens import Tokens, find, words

JOINER = r"[\s,.;!\u2026-]*"
OWN_SENTENCE = re.compile(
    r"^(?:i|i'm|i've|i'd|i'll|it|it's|my|the|there|there's|they|they're|he|he's|she|she's|we|we're|we've|nothing|no|sometimes|usually)\b"
)
REFERS_BACK = re.compile(r"^(?:it|it's|they|they're|that|that's|those|these|there's|there)\b(?!'ll)")
OBJECT = re.compile(r"^(?:i|we|he|she|they)(?:'\w+)? (?:\w+ ){1,2}(?:it|them|those|one)\b")
NOT_ALONE = re.compile(r"\b(?:that|this|those|these|one|ones|do|did|does|so|am|have|was|it|them)$")
HEDGING = re.compile(r"^(?:i would say|i'd say|i guess|i think|i believe|i mean|i suppose) ")
BUT = phrases.words("answer_but")
DEFINITE_NO = re.compile(r"(?:definitely|absolutely|certainly|of course|probably) not$|not (?:really )?at all$")
DENIES = re.compile(rf"\b(?:{phrases.pattern('answer_denies')})\b")
ENOUGH = 4  # words from which an answer can stand without its question


class Answer(Enum):
    """What an answer to a yes-or-no question says."""

    NO = auto()
    HEDGED_NO = auto()
    YES = auto()
    MORE = auto()


def _whole(*names: str) -> re.Pattern[str]:
    return re.compile(rf"^{JOINER}(?:(?:{phrases.pattern(*names)})(?![\w'])[\s,.;!\u2026-]*)+$")


PLAIN_NO, PLAIN_YES = _whole("plain_no", "answer_courtesy"), _whole("plain_yes", "answer_courtesy")
ANY_NO = _whole("hedged_no", "plain_no", "answer_courtesy")
SAYS_NO = re.compile(rf"\b(?:{phrases.pattern('plain_no')})\b")
SAYS_YES = re.compile(rf"\b(?:{phrases.pattern('plain_yes')})\b")
HEDGES = re.compile(rf"\b(?:{phrases.pattern('hedged_no')})\b")
LEAD_NO = re.compile(r"(?:(?:no|nope|nah|negative|never|not at all|uh-uh)(?:,? |$))+")
LEAD_HEDGED = re.compile(rf"(?:(?:no|nope|well) )?(?:{phrases.pattern('hedged_no')})(?: |$)")
LEAD_YES = re.compile(rf"(?:(?:{phrases.pattern('answer_yes_opens')})(?: |$))+")


def answer_of(text: str) -> Answer:
    """Whether the answer is nothing but a no, a hedged no, or a yes."""
    low = text.lower().replace("\u2019", "'")
    if ANY_NO.match(low) and HEDGES.search(low):
        return Answer.HEDGED_NO
    if PLAIN_NO.match(low) and SAYS_NO.search(low):
        return Answer.NO
    if PLAIN_YES.match(low) and SAYS_YES.search(low):
        return Answer.YES
    return Answer.MORE


def stands_alone(answer: Tokens, enough: int = ENOUGH) -> bool:
    """Whether the answer is a sentence (of `enough` words) that says by itself what it is about."""
    rest = _without_hedge(without_yes_or_no(answer))
    text = words(rest).text
    verb = any(token.tag in {"VBP", "VBD", "VBZ", "MD", "VB"} or token.clitic in {"VBP", "VBZ", "MD"} for token in rest)
    named = len(rest) > 1 and rest[0].tag.startswith("NN") and rest[1].tag in {"VBZ", "VBD", "VBP", "MD"}
    own = named or OWN_SENTENCE.match(text) is not None
    return len(rest) >= enough and verb and own and not NOT_ALONE.search(text)


def without_empty_no(tokens: Tokens) -> Tokens:
    """Without a "no" that only leads up to something: "No, just, well, I have to pee a lot"."""
    at = 0
    while at < len(tokens) - 1 and tokens[at].bare in {"no", "just", "well", "like", "but"}:
        at += 1
    rest = tokens[at:]
    leads = tokens and tokens[0].bare == "no" and (at > 1 or denies_itself(rest)) and stands_alone(rest)
    return rest if leads else tokens


def opened(answer: Tokens) -> tuple[Answer, Tokens]:
    """The yes or no that an answer opens with, and what follows it."""
    for kind, pattern in ((Answer.HEDGED_NO, LEAD_HEDGED), (Answer.NO, LEAD_NO), (Answer.YES, LEAD_YES)):
        found = find(pattern, answer, start=True)
        if found is None or found[1] >= len(answer):
            continue
        rest = answer[found[1] :]
        closes = answer[found[1] - 1].text[-1] in ",.;!-" or rest[0].bare in BUT or OWN_SENTENCE.match(words(rest).text)
        if kind is Answer.NO and not closes:
            continue  # "no pain", "never smoked"
        return kind, rest
    return Answer.MORE, ()


def without_yes_or_no(answer: Tokens) -> Tokens:
    """The answer from where its own sentence begins: "No, I've never had that" -> "I've never had that"."""
    at = 0
    while at < len(answer) - 1 and answer[at].bare in {"no", "yes", "yeah", "yep", "nope"}:
        if answer[at].text[-1] not in ",." and not OWN_SENTENCE.match(answer[at + 1].bare):
            break
        at += 1
    return answer[at:]


def _without_hedge(rest: Tokens) -> Tokens:
    found = find(HEDGING, rest, start=True)
    return rest[found[1] :] if found and found[1] < len(rest) else rest


def refers_back(answer: Tokens) -> bool:
    """Whether the answer's own sentence is about what was asked: "It comes and goes." needs its question."""
    text = words(without_yes_or_no(answer)).text
    return REFERS_BACK.match(text) is not None or OBJECT.match(text) is not None


def wavers(answer: Tokens) -> bool:
    """Whether the answer says both yes and no at its start."""
    opening = {token.bare for token in answer[:4]}
    return bool(opening & {"no", "nope"}) and bool(opening & {"yes", "yeah", "yep"})


def names_side(tokens: Tokens) -> bool:
    """Whether a side is named: then "right" may be one and no yes."""
    return any(token.bare in {"left", "right"} for token in tokens)


def denies_itself(rest: Tokens) -> bool:
    """Whether what follows a no denies in its own words: "I've never had any chest pain"."""
    text = words(rest).text
    return stands_alone(rest) and not refers_back(rest) and DENIES.search(text) is not None


def after_but(rest: Tokens) -> Tokens:
    """The words without a "but" or "and" that joins them to a yes or no."""
    at = 0
    while at < len(rest) - 1 and rest[at].bare in BUT - {"just"}:
        at += 1
    return rest[at:]
