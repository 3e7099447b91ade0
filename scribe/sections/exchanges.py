"""A question and its answer, found in the talk and made into statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scribe.clinical import openings
from scribe.sections import answers, phrases, questions, replies, style
from scribe.sections.chatter import CHATTER, is_chatter
from scribe.sections.disfluency import without_assent
from scribe.sections.remarks import remark
from scribe.sections.said import NO_CONTENT, Draft, Said, is_empty
from scribe.sections.tokens import Tokens
from scribe.types import Assertion, Role, SectionKind

K = SectionKind
OPENING = re.compile(rf"\b(?:{phrases.pattern('opening_questions')})\b", re.IGNORECASE)
ANY_QUESTIONS = re.compile(r"\b(?:any|other|further) (?:other )?questions\b", re.IGNORECASE)
HE_SHE = frozenset({"he", "she"})
DENIABLE = frozenset({questions.Form.SYMPTOM, questions.Form.FRAGMENT, questions.Form.CLAUSE})
UNSETTLED = frozenset({questions.Form.UNCLEAR, questions.Form.SAID})
LAST_WORDS = 30  # words that questions asked in one breath may have to be answered together


def exchange(asked: Sequence[Said], item: Said, *, informant: bool) -> Iterator[Draft]:
    """The statements that an answer makes of the questions before it; `informant`: it is not the patient's own."""
    reply = item.utterance
    plain = openings.answer_of(reply.plain)
    if is_chatter(reply.plain) and plain is openings.Answer.MORE:
        return
    together = _asked_together(asked, plain)
    question = questions.analyse(together[-1].question) if together else None
    open_asked = question is not None and question.form is questions.Form.OPEN and not question.label
    if (
        question is None
        or OPENING.search(asked[-1].utterance.plain)
        or (open_asked and replies.stands_alone(item.tokens))
    ):
        if not is_chatter(reply.plain):
            yield from remark(item, None, informant=informant)
        return
    kind, score = _exchange_kind(together[-1], item)
    if not informant and (quote := _of_another(together[-1], item)):
        spans = (together[-1].utterance.span, reply.span)
        made = Draft(quote.tokens, spans, reply.speaker, reply.role, kind, score, True, quote.assertion)
        yield replace(made, rule="exchanges.of_another")
        return
    for one in together:
        asks = (_all_asked(asked) if plain is openings.Answer.YES else None) or questions.analyse(one.question)
        for joined in answers.join(asks, item.tokens, informant=informant):
            alone = not any(token.span and token.span.start < reply.span.start for token in joined.tokens)
            spans = (*(() if alone else (one.utterance.span,)), reply.span)
            own = (item.kind, item.score) if alone and item.kind is not K.OTHER else (kind, score)
            made = Draft(joined.tokens, spans, reply.speaker, reply.role, *own, not alone, joined.assertion)
            yield replace(made, rule=f"answers.{asks.form.name.lower()}")


def reply_of(question: Said, item: Said) -> Draft | None:
    """What a clinician answers to a patient's question, where the answer says nothing without it."""
    reply = item.utterance
    if question.utterance.role is not Role.PATIENT or reply.role is not Role.CLINICIAN:
        return None
    tokens = without_assent(item.tokens)
    settled = openings.answer_of(reply.plain) is not openings.Answer.MORE
    if settled and (CHATTER.match(question.utterance.plain) or is_empty(question.question)):
        return None
    if style.plan(tokens)[1]:
        return None
    tokens = item.tokens if settled or (item.tokens and item.tokens[0].bare in {"yes", "no"}) else tokens
    if (is_chatter(reply.plain) and not settled) or not tokens:
        return None
    joined = answers.replied(question.question, tokens)
    if joined is None:
        return None
    heard = (question.utterance.span, reply.span)
    made = Draft(joined.tokens, heard, reply.speaker, reply.role, item.kind, item.score, assertion=joined.assertion)
    return replace(made, rule="exchanges.reply_of")


def _asked_together(asked: Sequence[Said], said: openings.Answer) -> list[Said]:
    """The questions an answer belongs to: the last, and for a plain no those asked in the same breath before it."""
    if asked and _is_talk(asked[-1]):
        return []  # the answer is to that, not to what was asked before
    denied = said in (openings.Answer.NO, openings.Answer.HEDGED)
    kept = [
        item
        for item in asked
        if not (is_chatter(item.utterance.plain) and not (denied and item.utterance.plain.endswith("?")))
        and not _asks_nothing(item.question)
        and not ANY_QUESTIONS.search(item.utterance.plain)
    ]
    scales = [item for item in kept if questions.analyse(item.question).label]
    if scales and said is openings.Answer.MORE and questions.analyse(kept[-1].question).form in UNSETTLED:
        return scales[-1:]  # "On a scale of 0 to 10. With 10 being the worst?"
    if said is not openings.Answer.NO or sum(len(item.tokens) for item in kept) > LAST_WORDS:
        return kept[-1:]
    topics = [questions.analyse(item.question) for item in kept]
    listed = all(one.form in DENIABLE and not one.negative for one in topics)
    return kept if listed else kept[-1:]  # "... but anything else?" "No." denies nothing of what went before


def _of_another(question: Said, item: Said) -> answers.Joined | None:
    """A patient's answer about him or her, who is somebody else: quoted, and a relative's where one was named."""
    if item.utterance.role is not Role.PATIENT or not any(token.bare in HE_SHE for token in question.question):
        return None
    asked = questions.Question(questions.Form.UNCLEAR, question.question)
    (quote,) = answers.join(asked, item.tokens)
    return replace(quote, assertion=Assertion.FAMILY if item.of_relative else Assertion.POSSIBLE)


def _is_talk(item: Said) -> bool:
    """Whether a question is about the visit itself, and no answer to it is a fact."""
    text = item.utterance.plain
    return ANY_QUESTIONS.search(text) is not None or (is_chatter(text) and not text.endswith("?"))


def _all_asked(asked: Sequence[Said]) -> questions.Question | None:
    """Several questions in one breath as one that a yes answers without saying which; None where there is one."""
    kept = [item.question for item in asked if not _asks_nothing(item.question)]
    listed = all(questions.analyse(question).form in DENIABLE for question in kept)
    spoken = tuple(token for question in kept for token in question)
    if len(kept) < 2 or not listed or len(spoken) > LAST_WORDS:
        return None
    return questions.Question(questions.Form.UNCLEAR, spoken, negative=True)


def _asks_nothing(tokens: Tokens) -> bool:
    return all(token.bare in NO_CONTENT | {"right", "correct"} for token in tokens)


def _exchange_kind(question: Said, answer: Said) -> tuple[SectionKind, float]:
    """The section of an exchange: the question's, unless the answer says more surely what it is about."""
    if question.kind is K.OTHER or (answer.kind is not K.OTHER and answer.score > question.score):
        return answer.kind, answer.score
    return question.kind, question.score
