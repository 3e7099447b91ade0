"""A clinician's question and its answer as one statement.

"Any fever?" "No." -> "Denies fever."    "Do you smoke?" "Yes, a pack a day." -> "Smokes: yes, a pack a day."
A list answered by more than a plain no keeps both: "Asked about fever, chills or cough: just a cough." What fits no
rule is quoted: 'Asked "does it come and go?": "It does at night."' A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from scribe.sections import person, phrases
from scribe.sections.assertion import EXCEPTION
from scribe.sections.tokens import Token, Tokens, ended, frame
from scribe.types import Assertion

JOINER = r"[\s,.;!\u2026-]*"
SUBJECT = r"(?:you|he|she|they|there)"
ADVERB = r"(?:(?:ever|also|currently|recently|still|usually|really|actually|been|noticed|noticing|just|otherwise)\s+)*"
ANY = r"(?:(?:any|some|a|an|a lot of|much|many)\s+)?(?:(?:other\s+)?(?:kinds?|sorts?|types?)\s+of\s+|new\s+onset\s+)?"
SYMPTOM = re.compile(
    r"^(?:(?:and|or|but|then|so)\s+)*(?:"
    r"(?:how about|what about)\s+(?:any\s+)?|any\s+(?:(?:kinds?|sorts?|types?)\s+of\s+)?"
    rf"|(?:do|does|did|are|is|was|were|have|has)\s+{SUBJECT}\s+{ADVERB}(?:have|had|having|get|getting|experienced?|"
    rf"experiencing|notice|noticed|noticing|complaining of|complained of)\s+{ANY}"
    rf"|(?:is|are|was|were)\s+there\s+{ANY}"
    r")",
    re.IGNORECASE,
)
FEELING = re.compile(rf"^(?:do|did|are|have|were)\s+you\s+{ADVERB}(?:feel|felt|feeling)\s+", re.IGNORECASE)
DOING = re.compile(
    r"^(?:do|are)\s+you\s+(?P<adverb>(?:(?:currently|still|ever|regularly)\s+)?)"
    r"(?P<verb>smoke|drink|vape|use|take|exercise|work|drive|live|snore|wear|taking|using|smoking|drinking|working|living|"
    r"allergic|pregnant|married|sexually|(?!(?:go|do|be|hav|feel)ing\b)[a-z]+ing)\b",
    re.IGNORECASE,
)
GERUND, THIRD = phrases.forms("gerunds"), phrases.forms("third_person")
FINITE, NO_FRAGMENT, LOOSE_ENDS = phrases.words("finite"), phrases.words("no_fragment"), phrases.phrases("loose_ends")
LABELS = {label: re.compile(pattern, re.IGNORECASE) for label, pattern in phrases.patterns("labels").items()}
OPEN = re.compile(
    r"^(?:what(?! about)|when|where|who|why|how(?! about)|which|tell me|can you (?:tell|describe)|could you)\b",
    re.IGNORECASE,
)
DECLARED = re.compile(r"^(?:you|it|it's|there's|you're|you've|he|she|he's|she's|the|your|no|so you)\b", re.IGNORECASE)
CONFIRM = (("is", "that", "correct"), ("is", "that", "right"), ("right",), ("correct",), ("yeah",), ("yes",))
OWN_SENTENCE = re.compile(
    r"^(?:i|i'm|i've|it|it's|my|the|there|there's|they|he|he's|she|she's|we|nothing|no)\b", re.IGNORECASE
)
REFERS_BACK = re.compile(r"^(?:it|it's|they|they're|that|that's|those|these)\b(?!'ll)", re.IGNORECASE)
ANYTHING = {"anything", "something", "anyone", "else"}
NOT_ALONE = re.compile(r"\b(?:that|this|those|these|one|ones|do|did|does|so)[.,]?$", re.IGNORECASE)
REPLY = re.compile(
    r"^(?:in|at|on|every|once|twice|after|before|until|for|about|around|maybe|within|probably|not|yes|no|\d+|one|two|three|"
    r"four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)  # how an answer opens that says nothing without its question
HEDGING = {("i", "would"), ("i'd", "say"), ("i", "guess"), ("i", "think"), ("i", "believe")}
FRAGMENT = 5  # words a question without a verb may have
ENOUGH = 4  # words from which an answer can stand without its question


class Answer(Enum):
    """What an answer to a yes-or-no question says."""

    NO = auto()
    HEDGED_NO = auto()
    YES = auto()
    MORE = auto()


@dataclass(frozen=True, slots=True)
class Joined:
    """A statement made of a question and its answer, and what it claims where the answer settles that."""

    tokens: Tokens
    assertion: Assertion | None = None


def _whole(*names: str) -> re.Pattern[str]:
    return re.compile(rf"^{JOINER}(?:(?:{phrases.pattern(*names)})(?![\w'])[\s,.;!\u2026-]*)+$")


PLAIN_NO, PLAIN_YES = _whole("plain_no", "answer_courtesy"), _whole("plain_yes", "answer_courtesy")
ANY_NO = _whole("hedged_no", "plain_no", "answer_courtesy")
SAYS_NO = re.compile(rf"\b(?:{phrases.pattern('plain_no')})\b")
SAYS_YES = re.compile(rf"\b(?:{phrases.pattern('plain_yes')})\b")
HEDGES = re.compile(rf"\b(?:{phrases.pattern('hedged_no')})\b")


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


def join(question: Tokens, answer: Tokens, *, informant: bool = False) -> Joined:
    """One statement from a question and its answer (both cleaned), with nothing in it that neither said.

    `informant`: whoever answers speaks for the patient, so "I" is not the patient.
    """
    if label := _label(question):
        return Joined((*_headed(label, question), *_lowered(answer)), Assertion.PRESENT)
    said = answer_of(text_of(answer))
    if said is Answer.MORE and informant and person.mentions(answer):
        quoted = Joined((*frame("Informant:"), *within_quotes(answer)))
        return quoted if stands_alone(answer) else _quoted(question, answer, said)
    if said is Answer.MORE and stands_alone(answer) and (is_open(question) or not _refers_back(answer)):
        return Joined(_told(answer))
    for rule in (_confirmed, _symptom, _doing, _fragment):
        if made := rule(question, answer, said):
            return made
    return _quoted(question, answer, said)


def is_open(question: Tokens) -> bool:
    """Whether the question asks for more than yes or no."""
    return OPEN.match(text_of(question)) is not None and _label(question) is None


def stands_alone(answer: Tokens) -> bool:
    """Whether the answer is a sentence that says by itself what it is about."""
    rest = _without_yes_or_no(answer)
    while len(rest) > 2 and (rest[0].bare, rest[1].bare) in HEDGING:
        rest = rest[2 + (rest[2].bare == "say") :]
    text = text_of(rest)
    return len(rest) >= ENOUGH and OWN_SENTENCE.match(text) is not None and not NOT_ALONE.search(text)


def _refers_back(answer: Tokens) -> bool:
    """Whether the answer's own sentence is about what was asked: "It comes and goes." needs its question."""
    return REFERS_BACK.match(text_of(_without_yes_or_no(answer))) is not None


def _told(answer: Tokens) -> Tokens:
    rest = _without_yes_or_no(answer)
    return person.patient(rest) or (*frame("Patient:"), *within_quotes(answer))


def _without_yes_or_no(answer: Tokens) -> Tokens:
    """The answer from where its own sentence begins: "No, I've never had that" -> "I've never had that"."""
    at = 0
    while at < len(answer) - 1 and answer[at].bare in {"no", "yes", "yeah", "yep", "nope"}:
        if answer[at].text[-1] not in ",." and answer[at + 1].bare not in {"i", "i'm", "i've", "it's", "it"}:
            break
        at += 1
    return answer[at:]


def _label(question: Tokens) -> str | None:
    text = text_of(question).rstrip("?. ")
    return next((label for label, pattern in LABELS.items() if pattern.search(text)), None)


def _headed(label: str, question: Tokens) -> Tokens:
    """The label of an answer; beside a severity the scale that was asked for: "Severity (0 to 10):"."""
    bare = [token.bare for token in question]
    ends = [at for at in range(2, len(bare)) if bare[at] in {"10", "ten"} and bare[at - 1] == "to"]
    if label != "Severity" or not ends:
        return frame(f"{label}:")
    first, middle, last = question[ends[-1] - 2 : ends[-1] + 1]
    scale = (replace(first, text=f"({first.bare}"), middle, replace(last, text=f"{last.bare}):"))
    return (*frame(label), *scale)


def _confirmed(question: Tokens, answer: Tokens, said: Answer) -> Joined | None:
    """A statement put to the patient and confirmed: "So it started Monday, right?" "Yes." -> "It started Monday."."""
    if said is not Answer.YES or not DECLARED.match(text_of(question)):
        return None
    bare = [token.bare for token in question]
    kept = next((question[: -len(tag)] for tag in CONFIRM if tuple(bare[-len(tag) :]) == tag), question)
    told = person.clinician(ended(replace(token, text=token.text.rstrip("?")) for token in kept))
    return None if told is None or len(told) < 2 else Joined(told)


def _symptom(question: Tokens, answer: Tokens, said: Answer) -> Joined | None:
    text = text_of(question)
    feeling = FEELING.match(text)
    found = feeling or SYMPTOM.match(text)
    topic = _topic(question, found.end()) if found else None
    if found is None or topic is None:
        return None
    lead = _before(question, found.end())
    lately = tuple(replace(token, text=token.bare) for token in lead if token.bare == "recently")
    return _about((*(frame("feeling") if feeling else ()), *topic, *lately), answer, said)


def _fragment(question: Tokens, answer: Tokens, said: Answer) -> Joined | None:
    """A question without a verb and its answer: "Fever?" "No." -> "Fever: no."."""
    if len(question) > FRAGMENT or any(token.bare in NO_FRAGMENT for token in question) or person.mentions(question):
        return None
    return Joined((*_before_colon(question), *_lowered(_third_or_same(answer))), _claim(answer, said))


def _about(topic: Tokens, answer: Tokens, said: Answer) -> Joined | None:
    several = any(token.bare in {"or", "and"} or token.text.endswith(",") for token in topic)
    if denied := _denied(topic, answer, said):
        return denied
    if said is Answer.MORE and any(token.bare in ANYTHING for token in topic):
        return None
    if said is Answer.YES and not several:
        return Joined((*frame("Reports"), *topic))
    asked = (*frame("Asked about"), *topic) if several else topic
    return Joined(
        (*_before_colon(asked), *_lowered(_third_or_same(answer))),
        _claim(answer, said, several=several),
    )


def _denied(topic: Tokens, answer: Tokens, said: Answer) -> Joined | None:
    if said is Answer.NO:
        return Joined((*frame("Denies"), *topic), Assertion.ABSENT)
    if said is Answer.HEDGED_NO:
        return Joined((*frame("Denies"), *topic, *_bracketed(_without_yes_or_no(answer))), Assertion.ABSENT)
    return None


def _doing(question: Tokens, answer: Tokens, said: Answer) -> Joined | None:
    found = DOING.match(text_of(question))
    rest = _topic(question, found.end(), may_be_empty=True) if found else None
    if found is None or rest is None:
        return None
    verb = found["verb"].lower()
    *lead, heard = _before(question, found.end())
    adverbs = tuple(replace(token, text=token.bare) for token in lead if token.bare in found["adverb"].lower().split())
    gerund = (*adverbs, replace(heard, text=GERUND.get(verb, verb)), *rest)
    choice = any(token.bare == "or" for token in rest)
    if denied := _denied(gerund, answer, said):
        return denied
    if said is Answer.YES and not choice:
        return Joined((*frame("Reports"), *gerund))
    if any(token.bare in ANYTHING for token in rest):
        return None
    spoken = _lowered(_third_or_same(answer))
    if verb in THIRD and not choice and answer[0].bare not in {"no", "not", "none", "never"}:
        third = (*adverbs, replace(heard, text=THIRD[verb]), *rest)
        return Joined((*_before_colon(third), *spoken), _claim(answer, said))
    return Joined((*frame("Asked about"), *_before_colon(gerund), *spoken), _claim(answer, said, several=choice))


def _topic(question: Tokens, start: int, *, may_be_empty: bool = False) -> Tokens | None:
    """What the question is about: its words from character `start`, without loose ends; None where it is a clause."""
    rest = list(question[len(_before(question, start)) :])
    loose: tuple[str, ...] | None = ()
    while loose is not None:
        rest = rest[: len(rest) - len(loose)]
        bare = [token.bare for token in rest]
        loose = next((end for end in LOOSE_ENDS if tuple(bare[-len(end) :]) == end), None)
    kept = ended(replace(token, text=token.text.rstrip("?.")) for token in rest if token.bare != "any")
    if not kept:
        return kept if may_be_empty else None
    turned = person.clinician(kept)
    clause = turned is None or person.mentions(turned) or any("?" in token.text for token in turned)
    return None if clause or any(token.bare in FINITE for token in kept) else turned


def _before(question: Tokens, end: int) -> Tokens:
    """The tokens within the first `end` characters of the question's text."""
    at, count = 0, 0
    while count < len(question) and at < end:
        at += len(question[count].text) + 1
        count += 1
    return question[:count]


def _quoted(question: Tokens, answer: Tokens, said: Answer) -> Joined:
    claim = Assertion.PRESENT if OPEN.match(text_of(question)) else _claim(answer, said)
    return Joined((*frame("Asked"), *_asked(question), *within_quotes(answer)), claim)


def _asked(question: Tokens) -> Tokens:
    """The question within quotation marks, before a colon."""
    asked = within_quotes(_lowered(question), end="?")
    return (*asked[:-1], replace(asked[-1], text=asked[-1].text + ":"))


def replied(question: Tokens, answer: Tokens) -> Joined | None:
    """A patient's question with the few words that answer it ("When should I come back?" "In three months.").

    None where the answer is a sentence of its own.
    """
    if not answer or REPLY.match(text_of(answer)) is None:
        return None
    return Joined((*frame("Patient asked"), *_asked(question), *within_quotes(answer)))


def _claim(answer: Tokens, said: Answer, *, several: bool = False) -> Assertion:
    """What an answer claims of what was asked; "possible" where it is neither a yes nor a no without exception."""
    denied = {answer[0].bare, answer[-1].bare} & {"no", "nope", "never"} and not EXCEPTION.search(text_of(answer))
    if said in (Answer.NO, Answer.HEDGED_NO) or denied:
        return Assertion.ABSENT
    agreed = said is Answer.YES or answer[0].bare in {"yes", "yeah", "yep", "definitely"}
    return Assertion.PRESENT if agreed and not several else Assertion.POSSIBLE


def within_quotes(tokens: Tokens, end: str = "") -> Tokens:
    """The words as said, within quotation marks; `end` replaces the mark at their end."""
    last = tokens[-1].text.rstrip("?.,;") + end if end else tokens[-1].text.rstrip(",;")
    last = last if last[-1:] in ".?!" else last + "."
    inner = (*tokens[:-1], replace(tokens[-1], text=f"{last}\u201d"))
    return (replace(inner[0], text=f"\u201c{inner[0].text}"), *inner[1:])


def _bracketed(tokens: Tokens) -> Tokens:
    low = _lowered(tokens)
    inner = (*low[:-1], replace(low[-1], text=low[-1].text.rstrip(".,;") + ")"))
    return (replace(inner[0], text=f"({inner[0].text}"), *inner[1:])


def _before_colon(tokens: Tokens) -> Tokens:
    return (*tokens[:-1], replace(tokens[-1], text=tokens[-1].text.rstrip(",;:.?") + ":"))


def _third_or_same(answer: Tokens) -> Tokens:
    if not person.mentions(answer):
        return answer
    return person.patient(answer) or within_quotes(answer)


def _lowered(tokens: Sequence[Token]) -> Tokens:
    """The first word without its capital, unless it is "I" or an acronym."""
    first = tokens[0]
    keep = first.text[:2].isupper() or first.bare in {"i", "i'm", "i've", "i'd", "i'll"}
    return tuple(tokens) if keep else (replace(first, text=first.text[:1].lower() + first.text[1:]), *tokens[1:])


def text_of(tokens: Sequence[Token]) -> str:
    """The tokens as one text."""
    return " ".join(token.text for token in tokens)
