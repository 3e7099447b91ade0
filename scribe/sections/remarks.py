"""What is said unasked: the patient's words in the third person, the clinician's in note style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from scribe.clinical import openings
from scribe.sections import clauses, person, phrases, questions, replies, style, voice
from scribe.sections.catalog import group_of
from scribe.sections.chatter import FINDING, is_chatter
from scribe.sections.disfluency import without_assent
from scribe.sections.questions import within_quotes
from scribe.sections.said import SPEAKERS, Draft, Said, is_echo, is_empty, same_speaker
from scribe.sections.tokens import Tokens, ended, frame, lowered, text_of, words
from scribe.types import Assertion, Role, SectionGroup, SectionKind, Span

K = SectionKind
FOUND = frozenset({K.EXAM, K.VITALS, K.RESULTS})
JUDGED = frozenset({K.ASSESSMENT, K.PLAN})
ORDERS = phrases.words("orders")
OF_ANOTHER = frozenset({"he", "he's", "she", "she's"})
HALF_ASKED = re.compile(r"(?:other than|besides|apart from|aside from)(?= )")
THERE = re.compile(r"there(?:'s| is| was| are| were|'s been| has been) (?!no |not )")


def remark(item: Said, before: Said | None, *, informant: bool) -> Iterator[Draft]:
    """The statements of what somebody says unasked, clause by clause; none of what only echoes `before`."""
    tokens = without_assent(item.tokens)
    if is_empty(tokens) or is_echo(tokens, item, before):
        return
    whole = Draft(tokens, (item.utterance.span,), item.utterance.speaker, item.utterance.role, item.kind, item.score)
    if before is not None and _goes_on_with_condition(item, before):
        quote = (*frame(SPEAKERS[Role.CLINICIAN]), *within_quotes(item.tokens))
        yield replace(whole, tokens=quote, assertion=Assertion.CONDITIONAL, rule="remarks.condition")
        return
    pieces = [tokens] if item.utterance.role is None else clauses.split(tokens)
    for clause in pieces:
        if len(pieces) > 1 and (is_chatter(text_of(clause)) or is_empty(clause)):
            continue
        if item.utterance.role is Role.CLINICIAN and clauses.turns_round(clause):
            continue  # a question that no answer belongs to
        if _half_asks(item, clause):
            continue
        draft = replace(whole, tokens=clause, heard=(_span(clause, item.utterance.span),))
        if item.utterance.role is Role.CLINICIAN:
            yield from _clinicians(draft, informant=informant)
        elif not clauses.asks(clause):
            patients = item.utterance.role is Role.PATIENT
            hers = patients and item.of_relative and clause[0].bare in OF_ANOTHER  # "she had both knees replaced"
            loose = clause[0].bare == "no" and len(clause) > 1 and clause[1].tag in {"PRP", "EX"}
            claim = Assertion.FAMILY if hers else Assertion.POSSIBLE if loose else None  # "No, they have been stable."
            told, rule = _others(clause, item.utterance.role)
            yield replace(draft, tokens=told, assertion=claim, rule=f"remarks.{rule}")


def _goes_on_with_condition(item: Said, before: Said) -> bool:
    """Whether a condition goes on across a full stop: "If it gets worse. And you have a fever, ..."."""
    if item.utterance.role is not Role.CLINICIAN or not same_speaker(item, before) or not before.tokens:
        return False
    joined = re.match(r"\W*(?:and|or)\b", item.utterance.plain, re.IGNORECASE)
    opening = without_assent(before.tokens)[:1]
    return joined is not None and any(token.bare in {"if", "unless", "when"} for token in opening)


def _half_asks(item: Said, clause: Tokens) -> bool:
    """Whether the clinician only begins a question: "Other than the pain that you've been having ..."."""
    taking = item.utterance.role is Role.CLINICIAN and group_of(item.kind) is SectionGroup.HISTORY
    return taking and HALF_ASKED.match(words(clause).text) is not None


def _span(tokens: Tokens, whole: Span) -> Span:
    spans = [token.span for token in tokens if token.span]
    return Span(spans[0].start, spans[-1].end) if spans else whole


def _others(tokens: Tokens, role: Role | None) -> tuple[Tokens, str]:
    """What the patient or an informant says, in the third person or quoted, and by which rule."""
    if role is None:
        return tokens, "as_said"
    quoted = (*frame(SPEAKERS[role]), *within_quotes(tokens))
    if role is not Role.PATIENT:
        return (tokens, "as_said") if not person.mentions(tokens) else (quoted, "quoted")
    tokens = replies.without_empty_no(tokens)
    opening, rest = replies.opened(tokens)
    if opening is openings.Answer.YES and replies.stands_alone(rest):
        tokens = rest  # "I do, yes, I've been smoking for years"
    turned = person.patient(tokens)
    if turned is None:
        return (*frame(SPEAKERS[role]), *within_quotes(tokens)), "quoted"
    opens = words(tokens).text
    if (found := THERE.match(opens)) and (rest := turned[len(found[0].split()) :]):
        return (*frame("Reports"), *lowered(rest)), "reports"
    if tokens[0].bare == "my" and turned[0].bare not in person.PEOPLE and clauses.is_clause(turned):
        return (*frame("Reports the"), *lowered(turned)), "reports_the"
    return turned, "third_person"


def _clinicians(draft: Draft, *, informant: bool) -> Iterator[Draft]:
    """What the clinician says, in note style: a problem, an order, a finding, a thought, or what is known already."""
    if (draft.kind in JUDGED or style.is_ranked(draft.tokens)) and (named := style.problem(draft.tokens)):
        name = (_span(named.name, draft.heard[0]),)
        head = replace(draft, heard=name, kind=K.ASSESSMENT, problem=True)
        if status := style.status(named.rest):
            whole = (*questions.before_colon(named.name), *status)
            yield replace(head, tokens=person.clinician(whole) or whole, heard=draft.heard, rule="remarks.status")
            return
        yield replace(head, tokens=person.clinician(named.name) or named.name, rule="remarks.problem")
        if not named.rest:
            return
        draft = replace(draft, tokens=named.rest, heard=(_span(named.rest, draft.heard[0]),))
    instruction, instructs = style.plan(draft.tokens)
    if not instructs and style.announces(draft.tokens) and not FINDING.search(text_of(draft.tokens)):
        return
    if instructs and (draft.kind not in FOUND or instruction[0].bare in ORDERS):
        yield replace(draft, tokens=_instruction(instruction), kind=K.PLAN, instructs=True, rule="remarks.order")
        return
    tokens, rule = style.without_chart(draft.tokens), "remarks.told"
    if draft.kind in FOUND:
        tokens, rule = style.finding(tokens), "remarks.found"
    elif draft.kind in JUDGED and (thought := style.impression(tokens)):
        tokens, rule = thought, "remarks.impression"
    if not tokens:
        return  # "On my physical exam.": only what comes next was said
    tokens = voice.opened(tokens, plan=draft.kind is K.PLAN)
    turned = None if informant and person.addresses(tokens) else person.clinician(tokens)
    if turned is None:
        turned, rule = (*frame(SPEAKERS[Role.CLINICIAN]), *within_quotes(tokens)), "remarks.quoted"
    yield replace(draft, tokens=ended(turned), rule=rule)


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
