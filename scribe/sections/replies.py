"""What a patient's answer says by itself: a yes, a no, both, or a sentence that needs no question beside it."""

from __future__ import annotations

import re

from scribe.clinical import openings
from scribe.clinical.openings import Answer
from scribe.sections import phrases
from scribe.sections.tokens import Tokens, find, words

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
LONGEST_HEDGE = 8  # words
ENOUGH = 4  # words from which an answer can stand without its question


LEAD_NO = re.compile(r"(?:(?:no|nope|nah|negative|never|not at all|uh-uh)(?:,? |$))+")
LEAD_YES = re.compile(rf"(?:(?:{phrases.pattern('answer_yes_opens')})(?: |$))+")


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
    led = {Answer.HEDGED: _hedge(answer), Answer.NO: _led(LEAD_NO, answer), Answer.YES: _led(LEAD_YES, answer)}
    for kind, length in led.items():
        if not 0 < length < len(answer):
            continue
        rest = answer[length:]
        closes = answer[length - 1].text[-1] in ",.;!-" or rest[0].bare in BUT or OWN_SENTENCE.match(words(rest).text)
        if kind is Answer.NO and not closes:
            continue  # "no pain", "never smoked"
        return kind, rest
    return Answer.MORE, ()


def _led(pattern: re.Pattern[str], answer: Tokens) -> int:
    """How many words at the start of an answer the pattern takes."""
    found = find(pattern, answer, start=True)
    return found[1] if found else 0


def _hedge(answer: Tokens) -> int:
    """How many words at the start of an answer are a hedged no, without courtesies behind it."""
    for length in range(min(len(answer), LONGEST_HEDGE), 0, -1):
        said = words(answer[:length]).text
        if openings.answer_of(said) is Answer.HEDGED and not openings.is_courtesy(answer[length - 1].bare):
            return length
    return 0


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
