"""A clinician's spoken sentence in note style: what only leads up to a finding, a result or an order goes.

    "On your heart exam, I do appreciate a 3/6 systolic murmur"  -> "Heart: a 3/6 systolic murmur"
    "Looking at your chest x-ray, it shows a little fluid"       -> "Chest x-ray: a little fluid"
    "I don't see any swelling"                                   -> "No swelling"
    "I'm going to go ahead and increase your Lasix to 80 mg"     -> "Increase Lasix to 80 mg"
    "For your second problem, your hypertension, ..."            -> problem "Hypertension", and the rest

Words are dropped or taken from a fixed table; what weakens a claim ("looks like", "may", "I suspect") stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scribe.sections import phrases
from scribe.sections.questions import before_colon
from scribe.sections.tokens import Token, Tokens, ended, find, frame, lowered, words

NOUN = frozenset({"NN", "NNS", "NNP", "NNPS"})
IN_NAME = NOUN | {"JJ", "CD", "VBG", "VBN", "JJR", "POS"}
HAS = frozenset({"has", "have"})
COPULA = phrases.words("copulas")


def _opening(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{phrases.pattern(name)})(?:(?<= )|(?= |$))")


AREA = re.compile(phrases.pattern("exam_area"))
AREA_OF = re.compile(phrases.pattern("exam_area_of"))
NO_AREA = phrases.words("no_exam_area")
SEE_AGAIN = re.compile(r"see (?:you|him|her) (?:back|again|in|next|for)(?= |$)")
EXAMINES = _opening("examines")
LOOKING, FOUND, NOT_FOUND, SHOWN = map(_opening, ("looking_at", "found", "not_found", "shown"))
PLANS, CHART, IMPRESSION = map(_opening, ("plan_leads", "chart_leads", "impressions"))
PROBLEM, RANKED = map(_opening, ("problem_leads", "problem_ranked"))
STATUS = re.compile(r"(?:which|that|it|this|these|they) (?:is|are)(?= )|(?:it|that)'s(?= )")
SHORT_STATUS = 8  # words
TALK_VERBS = phrases.words("talk_verbs")
NO_PROBLEM = phrases.words("no_problem")
HEDGES = frozenset({"may", "might", "could", "probably", "likely", "possibly", "maybe", "perhaps"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem that the clinician names before saying what is to be done, and what follows."""

    name: Tokens
    rest: Tokens


def finding(tokens: Tokens) -> Tokens:
    """A finding of the examination, a vital sign or a result, with what it is of as its heading."""
    heading, rest = _area(tokens)
    rest = _bare_finding(rest)
    if heading:
        return (*before_colon(heading), *lowered(rest)) if rest else heading
    return _of_its_own(rest)


def plan(tokens: Tokens) -> tuple[Tokens, bool]:
    """What is to be done as an instruction, and whether it was said as one."""
    rest, verb = _led(tokens)
    asked = len(tokens) > len(rest) and any(token.bare == "you" for token in tokens[: len(tokens) - len(rest)])
    if verb is not None and verb.bare == "see" and (asked or find(SEE_AGAIN, rest, start=True)):
        return rest, True
    if verb is None or verb.tag not in {"VB", "VBP", "NN"} or verb.bare in TALK_VERBS or len(rest) < 2:
        return tokens, False
    return rest, True


def announces(tokens: Tokens) -> bool:
    """Whether the clinician only says what the talk or the examination turns to: "I'm going to ask you ..."."""
    rest, verb = _led(tokens)
    return verb is not None and (verb.bare in TALK_VERBS or find(EXAMINES, rest, start=True) is not None)


def _led(tokens: Tokens) -> tuple[Tokens, Token | None]:
    """What follows the words that lead up to an order, and its verb."""
    found = find(PLANS, tokens, start=True)
    rest = tokens[found[1] :] if found else ()
    return rest, next((token for token in rest[:2] if token.tag != "RB"), None)


def impression(tokens: Tokens) -> Tokens | None:
    """What the clinician thinks it is: "I think you have bronchitis" -> "Impression: bronchitis"."""
    found = find(IMPRESSION, tokens, start=True)
    if found is None or found[1] >= len(tokens) or any(token.bare in HEDGES for token in tokens[: found[1]]):
        return None
    rest = tokens[found[1] :]
    names = rest[0].tag in IN_NAME | {"DT"} and not any(token.bare in {"you", "i", "we"} for token in rest)
    return (*frame("Impression:"), *lowered(rest)) if names and any(token.tag in NOUN for token in rest) else None


def problem(tokens: Tokens) -> Problem | None:
    """The problem that a sentence of the plan opens with."""
    found = find(RANKED, tokens, start=True) or find(PROBLEM, tokens, start=True)
    if found is None:
        return None
    start = end = found[1]
    while end < len(tokens) and (tokens[end].tag in IN_NAME or tokens[end].bare in {"of", "and", "with", "the"}):
        end += 1
        if tokens[end - 1].text[-1] in ",.;:":
            break
    while end > start and tokens[end - 1].bare in {"of", "and", "with", "the"}:
        end -= 1
    name = tokens[start:end]
    if not any(token.tag in NOUN for token in name) or any(token.bare in NO_PROBLEM for token in name):
        return None
    rest = tokens[end:]
    while rest and rest[0].bare in {"goes", "is", "concerned", "so", "and", "that", "then", "um"}:
        rest = rest[1:]
    return Problem(ended(name), rest)


def status(tokens: Tokens) -> Tokens:
    """How a problem stands, said after its name: "which is well controlled" -> "well controlled"; else empty."""
    found = find(STATUS, tokens, start=True)
    rest = tokens[found[1] :] if found else ()
    return rest if 0 < len(rest) <= SHORT_STATUS and rest[0].tag in {"JJ", "JJR", "RB", "VBN", "VBG"} else ()


def is_ranked(tokens: Tokens) -> bool:
    """Whether a problem is counted: "for your second problem"."""
    return find(RANKED, tokens, start=True) is not None


def without_chart(tokens: Tokens) -> Tokens:
    """Without "I see here that", which says where the clinician has it from."""
    found = find(CHART, tokens, start=True)
    return tokens[found[1] :] if found and found[1] < len(tokens) else tokens


def _area(tokens: Tokens) -> tuple[Tokens, Tokens]:
    """What was examined or looked at, as a heading, and the rest."""
    for pattern in (AREA_OF, LOOKING):
        if (span := find(pattern, tokens, start=True)) and (end := _name_end(tokens, span[1])) > span[1]:
            return ended(tokens[span[1] : end]), tokens[end:]
    text = words(tokens)
    if found := AREA.match(text.text):
        end = text.token_at(found.end())
        named = tuple(token for token in tokens[text.token_at(found.start("area")) : text.token_at(found.end("area"))])
        area = tuple(token for token in named if token.bare not in NO_AREA)
        return area, tokens[end:] if end < len(tokens) else ()
    return (), tokens


def _name_end(tokens: Tokens, start: int) -> int:
    """Where the name of a thing that begins at `start` ends."""
    end = start
    while end < len(tokens) and (tokens[end].tag in IN_NAME or tokens[end].bare in {"of", "the", "and", "from"}):
        end += 1
        if tokens[end - 1].text[-1] in ",.;:":
            break
    while end > start and tokens[end - 1].bare in {"of", "the", "and", "from"}:
        end -= 1
    return end if any(token.tag in NOUN for token in tokens[start:end]) else start


def _bare_finding(tokens: Tokens) -> Tokens:
    """What was found, without that it was found: "I do appreciate ...", "you have ...", "it shows ..."."""
    rest = tokens
    for _ in range(3):
        if found := find(NOT_FOUND, rest, start=True):
            if found[1] >= len(rest) or rest[found[1]].bare in {"the", "your", "that", "this"}:
                return tokens
            return (rest[found[0]].worded("no") if rest[found[0]].span else Token("no", None), *rest[found[1] :])
        found = find(FOUND, rest, start=True) or find(SHOWN, rest, start=True)
        if found is None or found[1] >= len(rest) or rest[found[1]].tag in {"IN", "TO", "VBN"}:
            break
        rest = rest[found[1] :]
    return rest


def _of_its_own(tokens: Tokens) -> Tokens:
    """The thing that a sentence is about as its heading: "Your heart is regular" -> "Heart: regular"."""
    start = 1 if tokens and tokens[0].bare in {"your", "the", "his", "her"} else 0
    end = start
    while end < len(tokens) and tokens[end].tag in IN_NAME and tokens[end].text[-1] not in ",.;":
        end += 1
    if not start <= end - 1 < start + 5 or end >= len(tokens) - 1 or tokens[end].bare not in COPULA | HAS:
        return tokens
    rest = tokens[end + 1 :]
    if tokens[end].bare in HAS:
        return (*before_colon(tokens[start:end]), *rest) if rest[0].tag in IN_NAME | {"DT"} else tokens
    if not any(token.tag in NOUN for token in tokens[start:end]) or rest[0].tag in {"VBG", "IN", "TO", "WRB"}:
        return tokens
    if rest[0].bare in {"the", "this", "that", "not", "going", "gonna", "like"}:
        return tokens
    return (*before_colon(tokens[start:end]), *rest)
