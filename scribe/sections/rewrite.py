"""From speech to note sentences: questions joined with answers, small talk dropped, note style, third person.

One rule stands above the others: nothing is in the note that was not said. No number, drug, dose, side or negation is
changed; a sentence that no rule fits keeps its words and names its speaker. A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from scribe.clinical import openings
from scribe.clinical.utterances import Utterance
from scribe.sections import clauses, interruptions, person, phrases, questions, style, voice
from scribe.sections.catalog import group_of
from scribe.sections.chatter import is_chatter
from scribe.sections.disfluency import clean, trimmed, without_assent
from scribe.sections.exchanges import exchange, reply_of
from scribe.sections.grammar import Grammar
from scribe.sections.remarks import remark
from scribe.sections.said import Draft, Labelled, Said, is_echo, same_speaker
from scribe.sections.tokens import Tokens
from scribe.types import Role, SectionGroup, SectionKind

K = SectionKind
NEAR = 8  # words up to which what follows a question of an unnamed speaker is taken as its answer
OTHERS = re.compile(r"\b(?:he|she|him|her|his)\b", re.IGNORECASE)
YOURS = re.compile(r"\byour?\b(?! (?:son|daughter|child|know))", re.IGNORECASE)
BRIEF = 12  # words up to which a clinician's statement with a yes or no after it was a question
RELATIVE = re.compile(rf"(?:{phrases.pattern('relative_of')})", re.IGNORECASE)
PEOPLE = re.compile(rf"\b((?:{phrases.pattern('relative_of', 'other_people')}))\b", re.IGNORECASE)


def drafts(labelled: Sequence[Labelled], grammar: Grammar) -> Iterator[Draft]:
    """The sentences of the note, in the order in which they were heard."""
    informant = _informant([utterance for utterance, _, _ in labelled])
    labelled = _without_patient(labelled) if informant else labelled
    whole = interruptions.joined(labelled)
    cleaned = [_cleaned(item[0], tokens) for item, tokens in whole]
    said = [
        Said(*item, _voiced(item[0], tokens)) for (item, _), tokens in zip(whole, grammar.tagged(cleaned), strict=True)
    ]
    sex = (
        ""
        if informant
        else person.sex_of([item.utterance.text for item in said if item.utterance.role is Role.CLINICIAN])
    )
    for draft in _told(said, informant=informant):
        yield replace(draft, tokens=person.pronouns(draft.tokens, sex))


def _told(said: Sequence[Said], *, informant: bool) -> Iterator[Draft]:
    asked: list[Said] = []
    before: Said | None = None
    of_relative = False
    for item, following in zip_longest(said, said[1:]):
        utterance = item.utterance
        if people := PEOPLE.findall(utterance.plain):
            of_relative = RELATIVE.fullmatch(people[-1]) is not None
        item = replace(item, of_relative=of_relative)
        if _asks(item, before, following):
            together = asked and before is asked[-1]
            asked = [*asked, item] if together else [item]
        elif utterance.asks and utterance.role is not Role.CLINICIAN:
            pass  # a patient's question is no finding, and leaves the clinician's question open
        elif before is not None and before.utterance.asks and (reply := reply_of(before, item)):
            yield reply
        elif asked and _answers(asked[-1], item):
            if item.tokens:
                yield from exchange(asked, item, informant=informant)
                asked = []
        elif not is_chatter(utterance.plain):
            yield from remark(item, before, informant=informant)
            if asked and not same_speaker(asked[-1], item):
                asked = []
        before = item


def _voiced(utterance: Utterance, tokens: Tokens) -> Tokens:
    """The words without what was left hanging at their end, a clinician's without the clinician."""
    kept = trimmed(tokens)
    return voice.impersonal(kept) if utterance.role is Role.CLINICIAN else kept


def _cleaned(utterance: Utterance, tokens: Tokens) -> Tokens:
    """The words without fillers; an "mm-hmm" that is all of a patient's answer stays."""
    kept = clean(tokens, answer=True)
    answers_yes = utterance.role is not Role.CLINICIAN and openings.answer_of(utterance.plain) is openings.Answer.YES
    return kept or (tuple(token for token in tokens if token.bare) if answers_yes else ())


# --- who asks and who answers
def _asks(item: Said, before: Said | None, following: Said | None) -> bool:
    """Whether the clinician asks here: a question, or few words about the history that the patient answers.

    A recogniser often loses the question mark: "Shortness of breath." "No." must not become a finding.
    """
    utterance = item.utterance
    if utterance.role is None:
        return utterance.asks
    if utterance.asks or questions.asks(without_assent(item.tokens)):
        own = without_assent(item.tokens)
        return utterance.role is Role.CLINICIAN and not (style.plan(own)[1] or style.announces(own))
    if utterance.role is not Role.CLINICIAN or following is None or following.utterance.role is Role.CLINICIAN:
        return False
    if group_of(item.kind) is not SectionGroup.HISTORY or is_chatter(utterance.plain):
        return False
    tokens = without_assent(item.tokens)
    if is_echo(tokens, item, before):
        return False
    if openings.answer_of(following.utterance.plain) is not openings.Answer.MORE:
        return len(tokens) <= BRIEF
    return len(tokens) <= questions.FRAGMENT and not clauses.is_clause(tokens)


def _informant(said: Sequence[Utterance]) -> bool:
    """Whether the one who answers is not the patient: the clinician asks about "him" or "her" more than about "you"."""
    asked = [utterance.plain for utterance in said if utterance.role is Role.CLINICIAN and utterance.asks]
    others, yours = (sum(len(pattern.findall(text)) for text in asked) for pattern in (OTHERS, YOURS))
    return others > yours and others >= 3


def _without_patient(said: Sequence[Labelled]) -> list[Labelled]:
    return [
        (replace(utterance, role=Role.OTHER) if utterance.role is Role.PATIENT else utterance, kind, score)
        for utterance, kind, score in said
    ]


def _answers(question: Said, reply: Said) -> bool:
    """Whether `reply` answers: somebody else speaks or, where nobody is named, it is short or says yes or no."""
    if question.utterance.speaker is not None or reply.utterance.speaker is not None:
        return question.utterance.speaker != reply.utterance.speaker
    said = openings.answer_of(reply.utterance.plain)
    return said is not openings.Answer.MORE or len(reply.utterance.text.split()) <= NEAR
