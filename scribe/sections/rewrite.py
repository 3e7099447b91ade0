"""From speech to note sentences: questions joined with answers, small talk dropped, third person where that is safe.

One rule stands above the others: nothing is in the note that was not said. No number, drug, dose, side or negation is
changed; a sentence that no rule fits keeps its words and names its speaker. A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from scribe.sections import answers, person, phrases
from scribe.sections.catalog import group_of
from scribe.sections.tokens import Tokens, clean, frame, read
from scribe.sections.utterances import Utterance
from scribe.types import Assertion, Role, SectionGroup, SectionKind, Span

Labelled = tuple[Utterance, SectionKind, float]  # what was said, its section, and how sure that is

CHATTER = re.compile(rf"^[\W_]*(?:(?:{phrases.pattern('courtesies')})(?![\w'])[\W_]*)+$", re.IGNORECASE)
OPENERS = r"(?:so|and|okay|ok|well|um|uh|now|alright|all right|yeah|great|good|perfect)"
TALK = re.compile(rf"^(?:{OPENERS}[,.]? )*(?:{phrases.pattern('visit_talk')})(?![\w'])", re.IGNORECASE)
EXAM_TALK = re.compile(rf"^(?:{OPENERS}[,.]? )*(?:{phrases.pattern('exam_talk')})", re.IGNORECASE)
FINDING = re.compile(rf"\d|n't\b|\b(?:{phrases.pattern('findings')})\b", re.IGNORECASE)
SHORT = 16  # words: a longer sentence that begins as talk may go on to a fact
OPENING = re.compile(rf"\b(?:{phrases.pattern('opening_questions')})\b", re.IGNORECASE)
LEAD_IN = re.compile(
    rf"^(?:and |so |then |but |also )*(?:{phrases.pattern('lead_ins')})(?=(?P<verb>[a-z]+)\b)", re.IGNORECASE
)
ACTIONS, NO_CONTENT = phrases.words("actions"), phrases.words("no_content")
SPEAKERS = {Role.CLINICIAN: "Clinician:", Role.PATIENT: "Patient:", Role.OTHER: "Informant:"}
FEW = 3  # words up to which an echo is an acknowledgement, and from which an instruction says enough
NEAR = 8  # words up to which what follows a question of an unnamed speaker is taken as its answer
OTHERS = re.compile(r"\b(?:he|she|him|her|his)\b", re.IGNORECASE)
YOURS = re.compile(r"\byour?\b(?! (?:son|daughter|child|know))", re.IGNORECASE)
BRIEF = 12  # words up to which a clinician's statement with a yes or no after it was a question
LAST_WORDS = 30  # words that questions asked in one breath may have to be answered together


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence for the note before it has its number."""

    tokens: Tokens
    heard: tuple[Span, ...]
    speaker: str | None
    role: Role | None
    kind: SectionKind
    score: float
    joined: bool = False  # made of a question and its answer
    assertion: Assertion | None = None  # where the answer settles what is claimed
    instructs: bool = False  # a clinician says what will be done: "I'm going to start ..."


def drafts(said: Sequence[Labelled]) -> Iterator[Draft]:
    """The sentences of the note, in the order in which they were heard."""
    asked: list[Labelled] = []
    before: Utterance | None = None
    informant = _informant([utterance for utterance, _, _ in said])
    said = _without_patient(said) if informant else said
    for item, following in zip_longest(said, said[1:]):
        utterance = item[0]
        if _asks(item, before, following[0] if following else None):
            together = asked and before is not None and before.asks and _same_speaker(before, utterance)
            asked = [*asked, item] if together else [item]
        elif utterance.asks:
            pass  # a patient's question is no finding, and leaves the clinician's question open
        elif before is not None and before.asks and (reply := _reply(before, item)):
            yield reply
        elif asked and _answers(asked[-1][0], utterance):
            if clean(read(utterance.text, 0), answer=True):
                yield from _exchange(asked, item, informant=informant)
                asked = []
        elif not is_chatter(utterance.text):
            yield from _remark(item, before, informant=informant)
            if asked and not _same_speaker(asked[-1][0], utterance):
                asked = []
        before = utterance


def _asks(item: Labelled, before: Utterance | None, following: Utterance | None) -> bool:
    """Whether the clinician asks here: a question, or few words about the history that the patient answers.

    A recogniser often loses the question mark: "Shortness of breath." "No." must not become a finding.
    """
    utterance, kind, _ = item
    if utterance.role is None or utterance.asks:
        return utterance.asks and utterance.role in (None, Role.CLINICIAN)
    clinicians = utterance.role is Role.CLINICIAN and following is not None and following.role is not Role.CLINICIAN
    if not clinicians or following is None or group_of(kind) is not SectionGroup.HISTORY or is_chatter(utterance.text):
        return False
    tokens = clean(read(utterance.text, 0))
    if _echo(tokens, utterance, before):
        return False
    if answers.answer_of(following.text) is not answers.Answer.MORE:
        return len(tokens) <= BRIEF
    return len(tokens) <= answers.FRAGMENT and not any(
        token.bare in answers.FINITE or "'" in token.bare for token in tokens
    )


def is_chatter(text: str) -> bool:
    """Whether the whole sentence is a courtesy, an acknowledgement or talk about the visit itself."""
    plain = text.replace("\u2019", "'").strip()
    if CHATTER.match(plain):
        return True
    talk = TALK.match(plain) or EXAM_TALK.match(plain)
    return talk is not None and len(plain.split()) <= SHORT and not FINDING.search(plain)


def _informant(said: Sequence[Utterance]) -> bool:
    """Whether the one who answers is not the patient: the clinician asks about "him" or "her" more than about "you"."""
    asked = [utterance.text for utterance in said if utterance.role is Role.CLINICIAN and utterance.asks]
    others, yours = (sum(len(pattern.findall(text)) for text in asked) for pattern in (OTHERS, YOURS))
    return others > yours and others >= 3


def _without_patient(said: Sequence[Labelled]) -> list[Labelled]:
    return [
        (replace(utterance, role=Role.OTHER) if utterance.role is Role.PATIENT else utterance, kind, score)
        for utterance, kind, score in said
    ]


def _same_speaker(a: Utterance, b: Utterance) -> bool:
    return a.speaker == b.speaker and a.role == b.role


def _answers(question: Utterance, reply: Utterance) -> bool:
    """Whether `reply` answers: somebody else speaks or, where nobody is named, it is short or says yes or no."""
    if question.speaker is not None or reply.speaker is not None:
        return question.speaker != reply.speaker
    said = answers.answer_of(reply.text)
    return said is not answers.Answer.MORE or len(reply.text.split()) <= NEAR


def _exchange(asked: Sequence[Labelled], item: Labelled, *, informant: bool) -> Iterator[Draft]:
    reply = item[0]
    questions = _asked_together(asked)
    answer = clean(read(reply.text, reply.span.start), answer=True)
    spoken = tuple(token for utterance, _, _ in questions for token in _question(utterance))
    if is_chatter(reply.text) and answers.answer_of(reply.text) is answers.Answer.MORE:
        return
    empty = all(token.bare in NO_CONTENT | {"correct", "right"} for token in spoken)
    courtesy = empty or is_chatter(asked[-1][0].text) or OPENING.search(asked[-1][0].text)
    if courtesy or (answers.is_open(spoken) and answers.stands_alone(answer)):
        if not is_chatter(reply.text):
            yield from _remark(item, None, informant=informant)
        return
    joined = answers.join(spoken, answer, informant=informant)
    kind, score = _exchange_kind(asked[-1], item)
    alone = not any(token.span and token.span.start < reply.span.start for token in joined.tokens)
    heard = (*([] if alone else [utterance.span for utterance, _, _ in questions]), reply.span)
    yield Draft(joined.tokens, heard, reply.speaker, reply.role, kind, score, not alone, joined.assertion)


def _reply(question: Utterance, item: Labelled) -> Draft | None:
    """What a clinician answers to a patient's question, where the answer says nothing without it."""
    reply, kind, score = item
    if question.role is not Role.PATIENT or reply.role is not Role.CLINICIAN:
        return None
    if is_chatter(reply.text) or _instructs(clean(read(reply.text, reply.span.start))):
        return None
    joined = answers.replied(_question(question), clean(read(reply.text, reply.span.start), answer=True))
    if joined is None:
        return None
    heard = (question.span, reply.span)
    return Draft(joined.tokens, heard, reply.speaker, reply.role, kind, score, assertion=joined.assertion)


def _asked_together(asked: Sequence[Labelled]) -> list[Labelled]:
    """The questions an answer belongs to: all that were asked in one breath if they are short, else the last."""
    if OPENING.search(asked[-1][0].text) or sum(len(item[0].text.split()) for item in asked) > LAST_WORDS:
        return [asked[-1]]
    return [item for item in asked if not is_chatter(item[0].text)] or [asked[-1]]


def _question(utterance: Utterance) -> Tokens:
    tokens = clean(read(utterance.text, utterance.span.start))
    return tokens[1:] if tokens and tokens[0].bare == "or" else tokens


def _exchange_kind(question: Labelled, answer: Labelled) -> tuple[SectionKind, float]:
    """The section of an exchange: the question's, unless the answer says more surely what it is about."""
    _, asked_kind, asked_score = question
    _, kind, score = answer
    if asked_kind is SectionKind.OTHER or (kind is not SectionKind.OTHER and score > asked_score):
        return kind, score
    return asked_kind, asked_score


def _remark(item: Labelled, before: Utterance | None, *, informant: bool) -> Iterator[Draft]:
    utterance, kind, score = item
    tokens = clean(read(utterance.text, utterance.span.start))
    if all(token.bare in NO_CONTENT for token in tokens) or _echo(tokens, utterance, before):
        return
    turned = _third_person(tokens, utterance, informant=informant)
    instructs = utterance.role is Role.CLINICIAN and _instructs(tokens)
    if instructs and kind not in (SectionKind.EXAM, SectionKind.VITALS):
        kind = SectionKind.PLAN
    yield Draft(turned, (utterance.span,), utterance.speaker, utterance.role, kind, score, instructs=instructs)


def _echo(tokens: Tokens, utterance: Utterance, before: Utterance | None) -> bool:
    """Whether a few words only give back what somebody else just said."""
    if before is None or _same_speaker(before, utterance):
        return False
    said = set(re.findall(r"[\w']+", before.text.lower()))
    return len(tokens) <= FEW and all(token.bare in said for token in tokens)


def _third_person(tokens: Tokens, utterance: Utterance, *, informant: bool) -> Tokens:
    """The sentence in the third person, or as a quotation; an informant who is spoken to is not the patient."""
    if utterance.role is None:
        return tokens
    turned: Tokens | None = None
    if utterance.role is Role.PATIENT:
        turned = person.patient(tokens)
    elif utterance.role is Role.CLINICIAN:
        tokens = without_lead_in(tokens)
        turned = None if informant and person.addresses(tokens) else person.clinician(tokens)
    elif not person.mentions(tokens):
        turned = tokens
    return turned or (*frame(SPEAKERS[utterance.role]), *answers.within_quotes(tokens))


def _instructs(tokens: Tokens) -> bool:
    """Whether a clinician says what will be done: "I'm going to start ..."; not "let's start again"."""
    return FEW <= len(without_lead_in(tokens)) < len(tokens)


def without_lead_in(tokens: Tokens) -> Tokens:
    """Shorten "I'm going to start ..." to "Start ...": only before a verb that names a clinician's action."""
    found = LEAD_IN.match(answers.text_of(tokens).replace("\u2019", "'"))
    if found is None or found["verb"].lower() not in ACTIONS:
        return tokens
    return tokens[len(found[0].split()) :]
