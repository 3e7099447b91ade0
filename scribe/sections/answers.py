"""A clinician's question and its answer as statements.

    "Any fever?" "No."                                    -> "Denies fever."
    "Any chest pain?" "Not really, just when I cough."    -> "Chest pain only when coughing."
    "Does the pain radiate?" "Yes, to my arm."            -> "The pain radiates: to the arm."
    "Any nausea?" "No, but I get dizzy."                  -> "Denies nausea." "Gets dizzy."

What fits no rule is quoted: 'Asked "is it the left or the right?": "Left."' A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scribe.clinical.number_words import expanded
from scribe.clinical.openings import Answer, answer_of
from scribe.sections import person, phrases
from scribe.sections.questions import AFFIRMED, NEGATED, Form, Question, before_colon, quoted, within_quotes
from scribe.sections.replies import (
    DEFINITE_NO,
    after_but,
    denies_itself,
    names_side,
    opened,
    refers_back,
    stands_alone,
    wavers,
    without_yes_or_no,
)
from scribe.sections.tokens import Token, Tokens, ended, find, frame, lowered, stopless, text_of, words
from scribe.types import Assertion

REPLY = re.compile(
    r"^(?:in|at|on|every|once|twice|after|before|until|for|about|around|maybe|within|probably|not|yes|no|\d+|"
    + expanded(r"{number:1-99})\b"),
    re.IGNORECASE,
)  # how an answer opens that says nothing without its question
EXCEPTION = re.compile(rf"\b(?:{phrases.pattern('exception')})\b", re.IGNORECASE)
ONLY = re.compile(phrases.pattern("answer_only_opens"))
PLURAL = {"are": "are not", "do": "do not", "have": "have not", "were": "were not"}
NOBODY = {"any": "no", "anyone": "no one", "anybody": "nobody", "anything": "nothing"}


@dataclass(frozen=True, slots=True)
class Joined:
    """A statement made of a question and its answer, and what it claims where the answer settles that."""

    tokens: Tokens
    assertion: Assertion | None = None


def join(question: Question, answer: Tokens, *, informant: bool = False) -> list[Joined]:
    """Statements from a question and its answer (cleaned and tagged), with nothing in them that neither said.

    `informant`: whoever answers speaks for the patient, so "I" is not the patient.
    """
    if question.label:
        return [Joined((*question.label, *_told(without_yes_or_no(answer), after=True)), Assertion.PRESENT)]
    said = answer_of(text_of(answer))
    if names_side(question.tokens) and not question.several and any(token.bare == "right" for token in answer):
        quote = _quoted(question, answer, Answer.MORE)  # "right" is a side, or a yes
        return [replace(quote, assertion=Assertion.POSSIBLE)]
    if said is Answer.MORE and DEFINITE_NO.match(words(answer).text):
        said = Answer.NO
    head, rest = (said, ()) if said is not Answer.MORE else opened(answer)
    if head is Answer.HEDGED and not rest:
        rest = without_yes_or_no(answer)
    if informant and person.mentions(answer if head is Answer.MORE else rest):
        quote = Joined((*frame("Informant:"), *within_quotes(answer)))
        return [quote] if stands_alone(answer) else [_quoted(question, answer, said)]
    if question.form is Form.OPEN:
        return [_opened_up(question, answer, said)]
    if wavers(answer):
        return [replace(_quoted(question, answer, said), assertion=Assertion.POSSIBLE)]
    if head in (Answer.NO, Answer.HEDGED):
        return _after_no(question, answer, head, rest)
    if head is Answer.YES:
        return _after_yes(question, answer, rest)
    return [_after_more(question, answer)]


def replied(question: Tokens, answer: Tokens) -> Joined | None:
    """A patient's question with the few words that answer it ("When should I come back?" "In three months.").

    None where the answer is a sentence of its own.
    """
    if not question or not answer or REPLY.match(text_of(answer)) is None:
        return None
    return Joined((*frame("Patient asked"), *quoted(question), *within_quotes(answer)))


def _told(answer: Tokens, *, after: bool = False) -> Tokens:
    """The patient's words in the third person; quoted where that is not safe. `after`: a heading stands before them."""
    turned = person.patient(answer)
    if turned is None:
        return within_quotes(answer) if after else (*frame("Patient:"), *within_quotes(answer))
    return lowered(turned) if after else turned


# --- how question and answer become a statement
def _opened_up(question: Question, answer: Tokens, said: Answer) -> Joined:
    if said is Answer.MORE and stands_alone(answer) and not (question.topic and refers_back(answer)):
        return Joined(_told(without_yes_or_no(answer)))
    if question.topic:
        return Joined((*before_colon(question.topic), *_told(answer, after=True)))
    return _quoted(question, answer, said)


def _after_no(question: Question, answer: Tokens, head: Answer, rest: Tokens) -> list[Joined]:
    if rest and (only := _only(question, rest)):
        return [only]
    if rest and denies_itself(rest):
        return [Joined(_told(rest), Assertion.ABSENT)]
    if names_side(question.tokens) and names_side(rest):
        return [replace(_quoted(question, answer, head), assertion=Assertion.POSSIBLE)]  # denied here, not there
    denied = _denied(question)
    chosen = question.form is Form.CLAUSE and question.helper in {"is", "are", "was", "were"} and question.several
    if denied is None or chosen:
        return [_quoted(question, answer, head)]
    if not rest:
        unable = question.helper in {"can", "could"}
        return [Joined(denied, Assertion.PRESENT if unable else Assertion.ABSENT)]
    if head is Answer.HEDGED and len(answer) == len(rest):
        return [Joined((*denied, *_bracketed(rest)), Assertion.ABSENT)]
    if stands_alone(after_but(rest), enough=3) and not refers_back(after_but(rest)):
        return [Joined(denied, Assertion.ABSENT), Joined(_told(after_but(rest)))]
    if EXCEPTION.search(text_of(rest)):
        return [replace(_quoted(question, answer, head), assertion=Assertion.POSSIBLE)]  # a no that is none
    turned = person.patient(rest)
    if turned is None:
        return [_quoted(question, answer, head)]
    return [Joined((*denied, *_bracketed(turned)), Assertion.ABSENT)]


def _after_yes(question: Question, answer: Tokens, rest: Tokens) -> list[Joined]:
    affirmed = _affirmed(question)
    if affirmed is None or (question.several and question.form is not Form.SAID):
        if question.several and question.topic and not question.negative:
            asked = (*frame("Asked about"), *before_colon(question.topic), *_told(answer, after=True))
            return [Joined(asked, Assertion.POSSIBLE)]
        return [_quoted(question, answer, Answer.YES)]
    rest = after_but(rest)
    if not rest:
        return [Joined(affirmed, Assertion.PRESENT)]
    if stands_alone(rest) and not refers_back(rest):
        return [Joined(affirmed, Assertion.PRESENT), Joined(_told(rest))]
    heading = lowered(question.topic) if question.form is Form.SYMPTOM else affirmed
    return [Joined((*before_colon(stopless(heading)), *_told(rest, after=True)), Assertion.PRESENT)]


def _after_more(question: Question, answer: Tokens) -> Joined:
    """An answer that neither agrees nor denies outright."""
    if question.negative or (names_side(question.tokens) and not question.several):
        return _quoted(question, answer, Answer.MORE)
    if only := _only(question, answer):
        return only
    if answer[0].bare in {"no", "none"} and any(token.tag.startswith("NN") for token in answer[1:]):
        return Joined(_told(answer), None)  # "No fever." answers for itself
    if stands_alone(answer) and not refers_back(answer):
        return Joined(_told(without_yes_or_no(answer)))
    claim = _claim(answer, several=question.several)
    told = _told(answer, after=True)
    if question.form is Form.SYMPTOM and not question.negative and _echoes(answer, question.topic):
        return Joined((*frame("Reports"), *lowered(_told(answer, after=True))), Assertion.PRESENT)
    if question.form in (Form.SYMPTOM, Form.FRAGMENT):
        asked = (*frame("Asked about"), *question.topic) if question.several else question.topic
        return Joined((*before_colon(asked), *told), claim)
    doing = _doing(question)
    if doing and not question.several:
        return Joined((*before_colon(doing), *told), claim)
    if question.form is Form.CLAUSE and not question.negative:
        if question.several:
            return Joined((*before_colon((*question.subject, *stopless(question.predicate))), *told), claim)
        if question.subject and refers_back(answer):
            return Joined((*before_colon(question.subject), *told), Assertion.PRESENT)
    return _quoted(question, answer, Answer.MORE)


def _echoes(answer: Tokens, topic: Tokens) -> bool:
    """Whether the answer only gives back words of the question, as "Nausea." does after "Any nausea?"."""
    said = {token.bare for token in topic}
    return all(token.bare in said | {"a", "some", "the"} for token in answer)


def _only(question: Question, rest: Tokens) -> Joined | None:
    """The question's matter limited by its answer: "Any chest pain?" "Just when I cough."."""
    found = find(ONLY, rest, start=True)
    if found is None or question.several or question.form not in (Form.SYMPTOM, Form.FRAGMENT) or question.negative:
        return None
    turned = person.patient((*frame("it"), *rest[found[1] :]))
    if turned is None:
        return None
    only = rest[found[1] - 1].worded("only")
    return Joined((*stopless(question.topic), replace(only, text="only"), *turned[1:]), Assertion.PRESENT)


def _denied(question: Question) -> Tokens | None:
    """The question's matter denied; None where a no may mean something else."""
    topic, predicate = stopless(question.topic), stopless(question.predicate)
    if question.form in (Form.SYMPTOM, Form.FRAGMENT):
        return (*frame("Denies"), *lowered(topic))
    if question.form is Form.SAID:
        return topic if question.negative else None
    if question.form is not Form.CLAUSE:
        return None
    if doing := _doing(question):
        return (*frame("Denies"), *lowered(doing))
    ever = next((at for at, token in enumerate(predicate[:2]) if token.bare == "ever"), None)
    if ever is not None and question.helper in {"have", "has"}:
        helper = frame("has") if question.subject else frame("Has")
        return (
            *question.subject,
            *helper,
            *predicate[:ever],
            replace(predicate[ever], text="never"),
            *predicate[ever + 1 :],
        )
    if question.subject and question.subject[0].bare in NOBODY:
        first = question.subject[0].worded(NOBODY[question.subject[0].bare])
        finite = _finite(question, predicate)
        return (first, *question.subject[1:], *finite) if finite else None
    negated = NEGATED.get(question.helper, "")
    if question.subject and question.subject[-1].tag == "NNS":
        negated = PLURAL.get(question.helper, negated)
    helper = frame(negated)
    return (*question.subject, *helper, *predicate) if helper else None


def _affirmed(question: Question) -> Tokens | None:
    """The question's matter as a statement; None where a yes may mean something else."""
    if question.negative:
        return None
    topic, predicate = stopless(question.topic), stopless(question.predicate)
    if question.form in (Form.SYMPTOM, Form.FRAGMENT):
        return (*frame("Reports"), *lowered(topic))
    if question.form is Form.SAID:
        return topic
    if question.form is not Form.CLAUSE:
        return None
    if question.subject and question.subject[0].bare in NOBODY:
        return None
    if (doing := _doing(question)) and question.helper not in {"do", "does"}:
        return (*frame("Reports"), *lowered(doing))
    finite = _finite(question, predicate)
    return (*question.subject, *finite) if finite else None


def _finite(question: Question, predicate: Tokens) -> Tokens:
    """The predicate with its verb as a statement has it; empty where "ever" was all of it."""
    kept = tuple(token for token in predicate if token.bare != "ever")
    if not kept:
        return ()
    if question.helper in {"do", "does"} and question.subject and question.subject[-1].tag == "NNS":
        return kept
    if question.helper in {"do", "does"}:
        at = next((at for at, token in enumerate(kept) if token.tag in {"VB", "VBP"}), 0)
        return (*kept[:at], kept[at].worded(person.third(kept[at].bare)), *kept[at + 1 :])
    plural = question.subject and question.subject[-1].tag == "NNS"
    helper = question.helper if plural else AFFIRMED.get(question.helper, question.helper)
    adjective = not question.subject and not question.yours and helper == "is" and kept[0].tag in {"JJ", "JJR", "RBR"}
    return kept if adjective else (*frame(helper), *kept)


def _doing(question: Question) -> Tokens:
    """What the patient was asked to do or to be, as an -ing form: "Do you smoke?" -> "smoking"; empty for others."""
    predicate = tuple(token for token in stopless(question.predicate) if token.bare != "ever")
    if question.form is not Form.CLAUSE or question.subject or not question.yours or not predicate:
        return ()
    at = next((at for at, token in enumerate(predicate) if token.tag not in {"RB"}), 0)
    verb = predicate[at]
    if question.helper in {"do", "does", "did"} and verb.tag in {"VB", "VBP", "NN"} and at + 1 <= len(predicate):
        return (*predicate[:at], _ing(verb), *_also_doing(predicate[at + 1 :]))
    if question.helper in {"is", "are"} and verb.tag == "VBG":
        return predicate
    if (
        question.helper in {"have", "has"}
        and verb.bare == "been"
        and at + 1 < len(predicate)
        and predicate[at + 1].tag == "VBG"
    ):
        return (*predicate[:at], *predicate[at + 1 :])
    return ()


def _ing(verb: Token) -> Token:
    return verb.worded(person.gerund(verb.bare), "VBG")


def _also_doing(rest: Tokens) -> Tokens:
    """The rest of what was asked, its further verbs in the same form: "falling or twisting it"."""
    return tuple(
        _ing(token) if at and rest[at - 1].bare in {"or", "and"} and token.tag in {"VB", "VBP"} else token
        for at, token in enumerate(rest)
    )


def _quoted(question: Question, answer: Tokens, said: Answer) -> Joined:
    claim = Assertion.PRESENT if question.form is Form.OPEN else _claim(answer, several=question.several)
    if question.negative and said is Answer.YES:
        claim = Assertion.POSSIBLE
    return Joined((*frame("Asked"), *quoted(question.tokens), *within_quotes(answer)), claim)


def _claim(answer: Sequence[Token], *, several: bool = False) -> Assertion:
    """What an answer claims of what was asked; "possible" where it is neither a yes nor a no without exception."""
    said = answer_of(text_of(answer))
    denied = {answer[0].bare, answer[-1].bare} & {"no", "nope", "never", "not"} and not EXCEPTION.search(
        text_of(answer)
    )
    if said in (Answer.NO, Answer.HEDGED) or denied:
        return Assertion.ABSENT
    agreed = said is Answer.YES or answer[0].bare in {"yes", "yeah", "yep", "definitely"}
    return Assertion.PRESENT if agreed and not several else Assertion.POSSIBLE


def _bracketed(tokens: Tokens) -> Tokens:
    low = ended(lowered(tokens))
    inner = (*low[:-1], replace(low[-1], text=low[-1].text.rstrip(".,;") + ")"))
    return (replace(inner[0], text=f"({inner[0].text}"), *inner[1:])
