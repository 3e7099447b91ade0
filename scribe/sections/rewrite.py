"""From speech to note sentences: questions joined with answers, small talk dropped, note style, third person.

One rule stands above the others: nothing is in the note that was not said. No number, drug, dose, side or negation is
changed; a sentence that no rule fits keeps its words and names its speaker. A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from scribe.sections import answers, clauses, person, phrases, questions, replies, style
from scribe.sections.catalog import group_of
from scribe.sections.chatter import CHATTER, FINDING, is_chatter
from scribe.sections.disfluency import clean, trimmed, without_assent
from scribe.sections.grammar import Grammar
from scribe.sections.questions import within_quotes
from scribe.sections.tokens import Tokens, ended, frame, lowered, read, text_of, words
from scribe.sections.utterances import Utterance
from scribe.types import Assertion, Role, SectionGroup, SectionKind, Span

Labelled = tuple[Utterance, SectionKind, float]  # what was said, its section, and how sure that is

K = SectionKind
OPENING = re.compile(rf"\b(?:{phrases.pattern('opening_questions')})\b", re.IGNORECASE)
NO_CONTENT = phrases.words("no_content")
SPEAKERS = {Role.CLINICIAN: "Clinician:", Role.PATIENT: "Patient:", Role.OTHER: "Informant:"}
FEW = 3  # words up to which an echo is an acknowledgement
NEAR = 8  # words up to which what follows a question of an unnamed speaker is taken as its answer
OTHERS = re.compile(r"\b(?:he|she|him|her|his)\b", re.IGNORECASE)
YOURS = re.compile(r"\byour?\b(?! (?:son|daughter|child|know))", re.IGNORECASE)
BRIEF = 12  # words up to which a clinician's statement with a yes or no after it was a question
LAST_WORDS = 30  # words that questions asked in one breath may have to be answered together
FOUND = frozenset({K.EXAM, K.VITALS, K.RESULTS})
JUDGED = frozenset({K.ASSESSMENT, K.PLAN})
RELATIVE = re.compile(rf"(?:{phrases.pattern('relative_of')})", re.IGNORECASE)
PEOPLE = re.compile(rf"\b((?:{phrases.pattern('relative_of', 'other_people')}))\b", re.IGNORECASE)
ORDERS = phrases.words("orders")
OF_ANOTHER = frozenset({"he", "he's", "she", "she's"})
UNSETTLED = frozenset({questions.Form.UNCLEAR, questions.Form.SAID})
DENIABLE = frozenset({questions.Form.SYMPTOM, questions.Form.FRAGMENT, questions.Form.CLAUSE})
BROKEN_OFF = re.compile(r"(?:-|,|\b(?:of|to|the|a|an|and|your|my|some|in|with|for|that))\s*$", re.IGNORECASE)
THERE = re.compile(r"there(?:'s| is| was| are| were|'s been| has been) (?!no |not )")


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
    problem: bool = False  # names a problem of the assessment, whose plan follows


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance with its section and its words, cleaned (a yes kept) and tagged."""

    utterance: Utterance
    kind: SectionKind
    score: float
    tokens: Tokens
    of_relative: bool = False  # whether the last person named, so far, is a relative of the patient

    @property
    def question(self) -> Tokens:
        """Its words as a question."""
        kept = without_assent(tuple(token for token in self.tokens if not questions.MARKER.fullmatch(token.bare)))
        return kept[1:] if kept and kept[0].bare in {"or", "and"} and len(kept) > 1 else kept


def drafts(labelled: Sequence[Labelled], grammar: Grammar) -> Iterator[Draft]:
    """The sentences of the note, in the order in which they were heard."""
    informant = _informant([utterance for utterance, _, _ in labelled])
    labelled = _without_patient(labelled) if informant else labelled
    whole = _uninterrupted(labelled)
    cleaned = [_cleaned(item[0], tokens) for item, tokens in whole]
    said = [_Said(*item, trimmed(tokens)) for (item, _), tokens in zip(whole, grammar.tagged(cleaned), strict=True)]
    sex = (
        ""
        if informant
        else person.sex_of([item.utterance.text for item in said if item.utterance.role is Role.CLINICIAN])
    )
    for draft in _told(said, informant=informant):
        yield replace(draft, tokens=person.pronouns(draft.tokens, sex))


def _told(said: Sequence[_Said], *, informant: bool) -> Iterator[Draft]:
    asked: list[_Said] = []
    before: _Said | None = None
    of_relative = False
    for item, following in zip_longest(said, said[1:]):
        utterance = item.utterance
        if people := PEOPLE.findall(utterance.plain):
            of_relative = RELATIVE.fullmatch(people[-1]) is not None
        item = replace(item, of_relative=of_relative)
        if _asks(item, before, following):
            together = asked and before is not None and before.utterance.asks and _same_speaker(before, item)
            asked = [*asked, item] if together else [item]
        elif utterance.asks and utterance.role is not Role.CLINICIAN:
            pass  # a patient's question is no finding, and leaves the clinician's question open
        elif before is not None and before.utterance.asks and (reply := _reply(before, item)):
            yield reply
        elif asked and _answers(asked[-1], item):
            if item.tokens:
                yield from _exchange(asked, item, informant=informant)
                asked = []
        elif not is_chatter(utterance.plain):
            yield from _remark(item, before, informant=informant)
            if asked and not _same_speaker(asked[-1], item):
                asked = []
        before = item


def _cleaned(utterance: Utterance, tokens: Tokens) -> Tokens:
    """The words without fillers; an "mm-hmm" that is all of a patient's answer stays."""
    kept = clean(tokens, answer=True)
    answers_yes = utterance.role is not Role.CLINICIAN and replies.answer_of(utterance.plain) is replies.Answer.YES
    return kept or (tuple(token for token in tokens if token.bare) if answers_yes else ())


def _uninterrupted(labelled: Sequence[Labelled]) -> list[tuple[Labelled, Tokens]]:
    """Each utterance with its words; one that somebody's "mm-hmm" broke off goes on with what its speaker says next."""
    made: list[tuple[Labelled, Tokens]] = []
    for item in labelled:
        utterance = item[0]
        tokens = read(utterance.text, utterance.span.start)
        broken = made[-2][0][0] if len(made) > 1 else None
        between = made[-1][0][0] if made else None
        if (
            broken is not None
            and between is not None
            and BROKEN_OFF.search(broken.text)
            and broken.speaker == utterance.speaker != between.speaker
            and broken.role == utterance.role
            and is_chatter(between.plain)
        ):
            (first, kind, score), before = made[-2]
            joined = replace(
                first, text=f"{first.text} {utterance.text}", span=Span(first.span.start, utterance.span.end)
            )
            made[-2] = ((joined, kind, score) if score >= item[2] else (joined, item[1], item[2])), (*before, *tokens)
        else:
            made.append((item, tokens))
    return made


# --- who asks and who answers
def _asks(item: _Said, before: _Said | None, following: _Said | None) -> bool:
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
    if _echo(tokens, item, before):
        return False
    if replies.answer_of(following.utterance.plain) is not replies.Answer.MORE:
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


def _same_speaker(a: _Said, b: _Said) -> bool:
    return a.utterance.speaker == b.utterance.speaker and a.utterance.role == b.utterance.role


def _answers(question: _Said, reply: _Said) -> bool:
    """Whether `reply` answers: somebody else speaks or, where nobody is named, it is short or says yes or no."""
    if question.utterance.speaker is not None or reply.utterance.speaker is not None:
        return question.utterance.speaker != reply.utterance.speaker
    said = replies.answer_of(reply.utterance.plain)
    return said is not replies.Answer.MORE or len(reply.utterance.text.split()) <= NEAR


# --- a question and its answer
def _exchange(asked: Sequence[_Said], item: _Said, *, informant: bool) -> Iterator[Draft]:
    reply = item.utterance
    plain = replies.answer_of(reply.plain)
    if is_chatter(reply.plain) and plain is replies.Answer.MORE:
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
            yield from _remark(item, None, informant=informant)
        return
    kind, score = _exchange_kind(together[-1], item)
    for one in together:
        asks = _all_asked(asked) if plain is replies.Answer.YES else None
        for joined in answers.join(asks or questions.analyse(one.question), item.tokens, informant=informant):
            alone = not any(token.span and token.span.start < reply.span.start for token in joined.tokens)
            spans = (*(() if alone else (one.utterance.span,)), reply.span)
            own = (item.kind, item.score) if alone and item.kind is not K.OTHER else (kind, score)
            yield Draft(joined.tokens, spans, reply.speaker, reply.role, *own, not alone, joined.assertion)


def _reply(question: _Said, item: _Said) -> Draft | None:
    """What a clinician answers to a patient's question, where the answer says nothing without it."""
    reply = item.utterance
    if question.utterance.role is not Role.PATIENT or reply.role is not Role.CLINICIAN:
        return None
    tokens = without_assent(item.tokens)
    settled = replies.answer_of(reply.plain) is not replies.Answer.MORE
    if settled and (CHATTER.match(question.utterance.plain) or _is_empty(question.question)):
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
    return Draft(joined.tokens, heard, reply.speaker, reply.role, item.kind, item.score, assertion=joined.assertion)


def _asked_together(asked: Sequence[_Said], said: replies.Answer) -> list[_Said]:
    """The questions an answer belongs to: the last, and for a plain no those asked in the same breath before it."""
    denied = said in (replies.Answer.NO, replies.Answer.HEDGED_NO)
    kept = [
        item
        for item in asked
        if not (is_chatter(item.utterance.plain) and not (denied and item.utterance.plain.endswith("?")))
        and not _asks_nothing(item.question)
    ]
    scales = [item for item in kept if questions.analyse(item.question).label]
    if scales and said is replies.Answer.MORE and questions.analyse(kept[-1].question).form in UNSETTLED:
        return scales[-1:]  # "On a scale of 0 to 10. With 10 being the worst?"
    if said is not replies.Answer.NO or sum(len(item.tokens) for item in kept) > LAST_WORDS:
        return kept[-1:]
    topics = [questions.analyse(item.question) for item in kept]
    listed = all(one.form in DENIABLE and not one.negative for one in topics)
    return kept if listed else kept[-1:]  # "... but anything else?" "No." denies nothing of what went before


def _all_asked(asked: Sequence[_Said]) -> questions.Question | None:
    """Several questions in one breath as one that a yes answers without saying which; None where there is one."""
    kept = [item.question for item in asked if not _asks_nothing(item.question)]
    listed = all(questions.analyse(question).form in DENIABLE for question in kept)
    spoken = tuple(token for question in kept for token in question)
    if len(kept) < 2 or not listed or len(spoken) > LAST_WORDS:
        return None
    return questions.Question(questions.Form.UNCLEAR, spoken, negative=True)


def _asks_nothing(tokens: Tokens) -> bool:
    return all(token.bare in NO_CONTENT | {"right", "correct"} for token in tokens)


def _is_empty(tokens: Tokens) -> bool:
    return all(token.bare in NO_CONTENT for token in tokens)


def _exchange_kind(question: _Said, answer: _Said) -> tuple[SectionKind, float]:
    """The section of an exchange: the question's, unless the answer says more surely what it is about."""
    if question.kind is K.OTHER or (answer.kind is not K.OTHER and answer.score > question.score):
        return answer.kind, answer.score
    return question.kind, question.score


# --- what is said unasked
def _remark(item: _Said, before: _Said | None, *, informant: bool) -> Iterator[Draft]:
    tokens = without_assent(item.tokens)
    if _is_empty(tokens) or _echo(tokens, item, before):
        return
    whole = Draft(tokens, (item.utterance.span,), item.utterance.speaker, item.utterance.role, item.kind, item.score)
    if before is not None and _goes_on_with_condition(item, before):
        quote = (*frame(SPEAKERS[Role.CLINICIAN]), *within_quotes(item.tokens))
        yield replace(whole, tokens=quote, assertion=Assertion.CONDITIONAL)
        return
    pieces = [tokens] if item.utterance.role is None else clauses.split(tokens)
    for clause in pieces:
        if len(pieces) > 1 and (is_chatter(text_of(clause)) or _is_empty(clause)):
            continue
        if item.utterance.role is Role.CLINICIAN and clauses.turns_round(clause):
            continue  # a question that no answer belongs to
        draft = replace(whole, tokens=clause, heard=(_span(clause, item.utterance.span),))
        if item.utterance.role is Role.CLINICIAN:
            yield from _clinicians(draft, informant=informant)
        elif not clauses.asks(clause):
            patients = item.utterance.role is Role.PATIENT
            hers = patients and item.of_relative and clause[0].bare in OF_ANOTHER  # "she had both knees replaced"
            claim = Assertion.FAMILY if hers else None
            yield replace(draft, tokens=_others(clause, item.utterance.role), assertion=claim)


def _goes_on_with_condition(item: _Said, before: _Said) -> bool:
    """Whether a condition goes on across a full stop: "If it gets worse. And you have a fever, ..."."""
    if item.utterance.role is not Role.CLINICIAN or not _same_speaker(item, before) or not before.tokens:
        return False
    joined = re.match(r"\W*(?:and|or)\b", item.utterance.plain, re.IGNORECASE)
    return joined is not None and without_assent(before.tokens)[0].bare in {"if", "unless", "when"}


def _span(tokens: Tokens, whole: Span) -> Span:
    spans = [token.span for token in tokens if token.span]
    return Span(spans[0].start, spans[-1].end) if spans else whole


def _echo(tokens: Tokens, item: _Said, before: _Said | None) -> bool:
    """Whether a few words only give back what somebody else just said."""
    if before is None or _same_speaker(before, item):
        return False
    said = set(re.findall(r"[\w']+", before.utterance.text.lower()))
    return len(tokens) <= FEW and all(token.bare in said for token in tokens)


def _others(tokens: Tokens, role: Role | None) -> Tokens:
    """What the patient or an informant says, in the third person or quoted."""
    if role is None:
        return tokens
    if role is not Role.PATIENT:
        return tokens if not person.mentions(tokens) else (*frame(SPEAKERS[role]), *within_quotes(tokens))
    tokens = replies.without_empty_no(tokens)
    opening, rest = replies.opened(tokens)
    if opening is replies.Answer.YES and replies.stands_alone(rest):
        tokens = rest  # "I do, yes, I've been smoking for years"
    turned = person.patient(tokens)
    if turned is None:
        return (*frame(SPEAKERS[role]), *within_quotes(tokens))
    opens = words(tokens).text
    if found := THERE.match(opens):
        return (*frame("Reports"), *lowered(turned[len(found[0].split()) :]))
    if tokens[0].bare == "my" and turned[0].bare not in person.PEOPLE and clauses.is_clause(turned):
        return (*frame("Reports the"), *lowered(turned))
    return turned


def _clinicians(draft: Draft, *, informant: bool) -> Iterator[Draft]:
    """What the clinician says, in note style: a problem, an order, a finding, a thought, or what is known already."""
    if (draft.kind in JUDGED or style.is_ranked(draft.tokens)) and (named := style.problem(draft.tokens)):
        name = (_span(named.name, draft.heard[0]),)
        head = replace(draft, heard=name, kind=K.ASSESSMENT, problem=True)
        if status := style.status(named.rest):
            whole = (*questions.before_colon(named.name), *status)
            yield replace(head, tokens=person.clinician(whole) or whole, heard=draft.heard)
            return
        yield replace(head, tokens=person.clinician(named.name) or named.name)
        if not named.rest:
            return
        draft = replace(draft, tokens=named.rest, heard=(_span(named.rest, draft.heard[0]),))
    instruction, instructs = style.plan(draft.tokens)
    if not instructs and style.announces(draft.tokens) and not FINDING.search(text_of(draft.tokens)):
        return
    if instructs and (draft.kind not in FOUND or instruction[0].bare in ORDERS):
        yield replace(draft, tokens=_instruction(instruction), kind=K.PLAN, instructs=True)
        return
    tokens = style.without_chart(draft.tokens)
    if draft.kind in FOUND:
        tokens = style.finding(tokens)
    elif draft.kind in JUDGED and (thought := style.impression(tokens)):
        tokens = thought
    turned = None if informant and person.addresses(tokens) else person.clinician(tokens)
    if turned is None:
        turned = (*frame(SPEAKERS[Role.CLINICIAN]), *within_quotes(tokens))
    yield replace(draft, tokens=ended(turned))


def _instruction(tokens: Tokens) -> Tokens:
    """An order as the plan has it: "put you on carvedilol" -> "put on carvedilol"."""
    lead = frame("Do") if tokens[0].bare in {"not", "never"} else ()
    owned = tuple(
        token
        for token, after in zip_longest(tokens, tokens[1:])
        if not (token.bare == "your" and after is not None and after.bare not in person.BODY)
    )
    turned = person.clinician((*lead, *owned))
    return turned if turned is not None else (*lead, *tokens)
