"""What answers settle: which of what was asked or offered is so, is not so, or is left open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from scribe.clinical import exchanges, openings, phrases
from scribe.clinical.exchanges import Exchange
from scribe.clinical.openings import Answer
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Mention, Talk
from scribe.types import (
    PATIENT,
    Attribute,
    AttributeKind,
    Basis,
    Certainty,
    Claims,
    FindingKind,
    Polarity,
    Role,
    Span,
    Time,
)

K = FindingKind
EACH = re.compile(r"(?<!\S)(?:(no|nope|nah)|(yes|yeah|yep))(?= (?:[,.;]|and|but|to)| $)")
ANY = "any"  # the allergen of "any allergies?"
SURGERY = "surgery"  # what it was says more
UNNAMED = "medical problems"  # says something only where it is denied
SHORT = 3  # utterances of an answer that may list a yes or no for each thing that was asked
ELLIPTIC = 6  # words of an answer such as "I never have myself"
GRANTED = 4  # words before a mention that may take it for granted
FEARED = 2  # utterances of an answer that say what is feared
OFFER = 4  # utterances before an offer that does not name what it offers
CORRECTED = 6  # utterances behind a denial in which the same, told, replaces it
DONE = frozenset({K.MEDICATION, K.PROCEDURE, K.PLAN, K.IMMUNIZATION, K.RESULT})


def settle(talk: Talk) -> None:
    """Give every mention that was asked or offered what its answer says of it."""
    for pair in talk.pairs:
        _settle(talk, pair)
    for mention in talk.found:
        if mention.claims.basis is Basis.OFFERED and talk.is_by(mention.line, Role.CLINICIAN):
            _reply(talk, mention)
    _not_had(talk)
    _drop_any(talk)
    for line in range(len(talk.words)):
        _offered_again(talk, line)
    _neither(talk)
    _replace(talk)


def _settle(talk: Talk, pair: Exchange) -> None:
    asked = [m for m in talk.found if m.line in pair.asked and m.asked and m.claims.basis is not Basis.OFFERED]
    own = [m for m in talk.found if m.line in pair.answered]
    answer = tuple(talk.said[number].span for number in pair.answered)
    each = _each(talk, pair)
    if pair.again:
        _again(talk, pair, asked)
        return
    narrowed = _narrowing(talk, pair)
    if pair.says in (Answer.NO, Answer.HEDGED) and any(_takes_back(talk, at) for at in pair.answered[1:]):
        pair = replace(pair, says=Answer.YES)
    alone = len({mention.concept for mention in asked}) == 1
    if any(talk.says(Means.FEARED, at) for at in pair.asked):
        _fear(talk, [m for m in own if m.line in pair.answered[:FEARED]])
    for number, mention in enumerate(asked):
        mention.settled = answer[:1]
        allergies = mention.named.concept == ANY and any(one.kind is K.ALLERGY for one in own)
        surgery = mention.named.concept == SURGERY and any(one.kind is K.PROCEDURE for one in own)
        drugs = mention.kind is K.MEDICATION and mention.named.concept == ANY and any(_is_taken(one) for one in own)
        if any(_is_same(mention, one) for one in own) or surgery or drugs or (allergies and pair.says is not Answer.NO):
            mention.dropped = True  # the answer says it in its own words
        elif len(each) == len(asked) and len(set(each)) > 1:
            mention.claims = _answered(talk, mention, each[number])
        elif narrowed is not None and mention is asked[-1]:
            time = None if mention.kind is K.HABIT else Time.CONDITIONAL
            mention.claims = _answered(talk, mention, Polarity.PRESENT, time=time)
            mention.told.append(narrowed)
            mention.settled = answer[:2]
        else:
            _by_opening(talk, pair, mention, alone=alone)


def _fear(talk: Talk, told: Sequence[Mention]) -> None:
    """Let an illness that answers what is feared be possible: "What were you worried about?" "Cancer."."""
    for mention in told:
        claims = mention.claims
        before = talk.text.part(range(talk.lines[mention.line].start, mention.tokens.start))
        had = phrases.says(Means.HAS_IT, before) is not None or claims.time not in (Time.CURRENT, Time.OPEN)
        if mention.kind is K.PROBLEM and claims.polarity is Polarity.PRESENT and not had:
            mention.claims = replace(claims, certainty=Certainty.POSSIBLE, basis=Basis.EXPERIENCED)


def _is_taken(mention: Mention) -> bool:
    """Whether a drug is named that is taken."""
    return mention.kind is K.MEDICATION and mention.named.concept != ANY and _is_so(mention.claims)


def _is_so(claims: Claims) -> bool:
    now = claims.time is Time.CURRENT and claims.basis is Basis.EXPERIENCED
    return now and claims.polarity is Polarity.PRESENT and claims.experiencer == PATIENT


def _takes_back(talk: Talk, line: int) -> bool:
    """Whether an answer takes its no back: "Oh wait, yes, once"."""
    return talk.says(Means.TAKES_BACK, line) and talk.says(Means.AFTER_ALL, line)


def _by_opening(talk: Talk, pair: Exchange, mention: Mention, *, alone: bool) -> None:
    """Settle one mention by the yes or no with which its answer opens."""
    words = "".join(talk.words[number] for number in pair.answered)
    if phrases.says(Means.KNOWS_NOT, talk.words[pair.answered[0]]) and len(pair.answered) == 1:
        mention.dropped = True
    elif mention.kind is K.MEDICATION and alone and phrases.says(Means.FORGETS, words):
        mention.claims = _answered(talk, mention, Polarity.PRESENT)  # "Do you take it every day?" "I forget it a lot."
    elif pair.says in (Answer.NO, Answer.HEDGED) and _is_taken_for_granted(talk, mention):
        mention.dropped = True  # "Did anything cause the pain?" "No." does not deny the pain
    elif pair.says in (Answer.NO, Answer.HEDGED) and _is_trouble_with(talk, mention):
        mention.claims = _answered(talk, mention, Polarity.PRESENT)  # "Any problems with the lisinopril?" "No."
    elif pair.says in (Answer.NO, Answer.HEDGED):
        sure = Certainty.CERTAIN if pair.says is Answer.NO else Certainty.POSSIBLE
        mention.claims = _answered(talk, mention, Polarity.ABSENT, certainty=sure)
    elif pair.says is Answer.YES and mention.kind is K.HABIT and talk.says(Means.GIVEN_UP, mention.line):
        mention.claims = _answered(talk, mention, Polarity.PRESENT, time=Time.PAST)
    elif (
        pair.says is Answer.YES
        and not alone
        and not _is_plain(talk, pair)
        and not phrases.asks(talk.words[mention.line])
    ):
        mention.dropped = True  # "Sometimes" says yes to one of them, but not to which
    elif pair.says is Answer.YES:
        granted = phrases.asks(talk.words[mention.line]) is not None  # "How are you doing with the metformin?"
        plain = alone or granted or phrases.says(Means.ALL, words)
        sure = Certainty.CERTAIN if plain else Certainty.POSSIBLE
        mention.claims = _answered(talk, mention, Polarity.PRESENT, certainty=sure)
    elif mention.kind in (K.HABIT, K.MEDICATION) and not alone and not _is_asked_last(talk, pair, mention):
        mention.dropped = True  # "Not any more" says nothing of what was asked before
    elif mention.kind in (K.HABIT, K.MEDICATION) and phrases.says(Means.GIVEN_UP, words):
        mention.claims = _answered(talk, mention, Polarity.PRESENT, time=Time.PAST)
    elif mention.kind is K.SYMPTOM and phrases.begins(Means.GIVEN_UP, words):
        mention.claims = _answered(talk, mention, Polarity.ABSENT)  # "Is it itchy?" "Not any more."
    elif any(phrases.asks(talk.words[number]) for number in pair.asked):
        mention.claims = _answered(talk, mention, Polarity.PRESENT)
    elif alone and openings.tells_when(words):
        mention.claims = _answered(talk, mention, Polarity.PRESENT, time=Time.PAST)
    else:
        mention.dropped = True


def _is_trouble_with(talk: Talk, mention: Mention) -> bool:
    """Whether a question asks what a drug or an operation did, and takes it for granted."""
    if mention.kind not in (K.MEDICATION, K.PROCEDURE, K.IMMUNIZATION):
        return False
    before = talk.text.part(range(talk.lines[mention.line].start, mention.tokens.start))
    return phrases.ends(Means.TROUBLE_WITH, before)


def _is_asked_last(talk: Talk, pair: Exchange, mention: Mention) -> bool:
    last = [m for m in talk.found if m.line in pair.asked and m.asked][-1]
    return last.concept == mention.concept


def _is_taken_for_granted(talk: Talk, mention: Mention) -> bool:
    """Whether a question speaks of a complaint that was told before, and asks something else of it."""
    before = talk.text.part(range(max(0, mention.tokens.start - 1), mention.tokens.start))
    if mention.kind not in (K.SYMPTOM, K.PROBLEM, K.PROCEDURE) or talk.says(Means.STILL, mention.line):
        return False
    start = max(talk.lines[mention.line].start, mention.tokens.start - GRANTED)
    if phrases.ends(Means.GRANTED, talk.text.part(range(start, mention.tokens.start))):
        return True
    known = phrases.says(Means.KNOWN, before) is not None
    return known and any(one.line < mention.line and not one.dropped and _is_alike(one, mention) for one in talk.found)


def _is_alike(one: Mention, other: Mention) -> bool:
    return one.kind is other.kind and other.concept in one.concept and one.claims.polarity is Polarity.PRESENT


def _is_plain(talk: Talk, pair: Exchange) -> bool:
    """Whether the answer is a plain yes, or says yes to all."""
    words = "".join(talk.words[number] for number in pair.answered)
    plain = openings.answer_of(talk.said[pair.answered[0]].plain) is Answer.YES
    return plain or phrases.says(Means.ALL, words) is not None


def _is_same(asked: Mention, told: Mention) -> bool:
    return told.named.concept == asked.named.concept and not told.asked


def _each(talk: Talk, pair: Exchange) -> list[Polarity]:
    """The yes and no of an answer that has one for each thing that was asked: "No, no, and yes"."""
    words = "".join(talk.words[number] for number in pair.answered[:SHORT])
    return [Polarity.ABSENT if found[1] else Polarity.PRESENT for found in EACH.finditer(words)]


def _again(talk: Talk, pair: Exchange, asked: Sequence[Mention]) -> None:
    """Settle what was asked a second time: an answer that is no plain no takes the first no back."""
    if pair.says in (Answer.NO, Answer.HEDGED) or not any(
        openings.says_some(talk.said[number].plain) for number in pair.answered
    ):
        return
    for mention in asked:
        if not mention.dropped and len(asked) == 1:
            mention.claims = _answered(talk, mention, Polarity.PRESENT)
            mention.settled = (talk.said[pair.answered[0]].span,)


def _answered(
    talk: Talk,
    mention: Mention,
    polarity: Polarity,
    *,
    certainty: Certainty = Certainty.CERTAIN,
    time: Time | None = None,
) -> Claims:
    """What was asked, settled. "Are you off the warfarin?" "Yes." is no warfarin."""
    claims = mention.claims
    if mention.kind is K.MEDICATION and polarity is Polarity.PRESENT and talk.says(Means.OFF, mention.line):
        polarity = Polarity.ABSENT
    return replace(claims, polarity=polarity, certainty=certainty, time=time or claims.time, basis=Basis.EXPERIENCED)


def _narrowing(talk: Talk, pair: Exchange) -> Attribute | None:
    """What takes part of a no back, "Well, only on stairs"; None where nothing does, or it names something else."""
    plain = pair.says in (Answer.NO, Answer.HEDGED)
    if not plain and any(phrases.asks(talk.words[number]) for number in pair.asked):
        return None  # "Just after Easter" says when
    for number in pair.answered[1:] if plain else pair.answered[:1]:
        utterance = talk.said[number]
        if exchanges.narrows(utterance.text) and not _names_at_once(talk, number):
            tokens = talk.lines[number]
            if phrases.says(Means.PART, talk.words[number]):
                return None  # "Just my stomach" says where
            found = phrases.says(Means.CIRCUMSTANCE, talk.words[number])
            first = tokens.start + talk.words[number].count(" ", 0, found.start()) if found else tokens.start
            begin = talk.text.tokens[first].span.start - utterance.span.start
            words = utterance.text[begin:].strip(" .,;!")
            start = utterance.span.start + utterance.text.index(words, begin)
            return Attribute(AttributeKind.CONDITION, words, Span(start, start + len(words)))
    return None


def _names_at_once(talk: Talk, line: int) -> bool:
    """Whether a term stands before any circumstance: "just some tingling in my foot"."""
    words, tokens = talk.words[line], talk.lines[line]
    found = phrases.says(Means.CIRCUMSTANCE, words)
    until = tokens.start + words.count(" ", 0, found.start()) if found else tokens.stop
    return any(tokens.start <= m.tokens.start < until for m in talk.here(line))


def _not_had(talk: Talk) -> None:
    """Deny what was named just before: "There's a vaccine. I haven't had that yet."."""
    for line in range(1, len(talk.words)):
        if not phrases.begins(Means.NOT_HAD, talk.words[line]) or talk.here(line) or line == talk.starts_turn(line):
            continue
        before = [m for m in talk.here(line - 1) if m.kind in DONE and not m.dropped]
        if before:
            before[-1].claims = replace(before[-1].claims, polarity=Polarity.ABSENT)
            before[-1].settled = (*before[-1].settled, talk.said[line].span)


def _drop_any(talk: Talk) -> None:
    """Drop "any medications" where it is not denied: those that are named say more."""
    for mention in talk.found:
        if mention.named.concept == UNNAMED and mention.claims.polarity is Polarity.PRESENT:
            mention.dropped = True
        if mention.named.concept != ANY:
            continue
        other = phrases.says(Means.OTHER, talk.text.part(mention.tokens)) is not None
        part = mention.kind is K.ALLERGY and any(_is_part(mention, one) for one in talk.found)
        if (
            part
            or mention.claims.polarity is Polarity.PRESENT
            or (other and any(_is_had(m, mention.kind) for m in talk.found))
        ):
            mention.dropped = True


def _is_part(mention: Mention, other: Mention) -> bool:
    """Whether the same question names of which it asks: "allergies to cats or dogs?"."""
    return other.line == mention.line and other.kind is K.ALLERGY and other.tokens.start > mention.tokens.start


def _is_had(mention: Mention, kind: FindingKind) -> bool:
    named = mention.kind is kind and mention.named.concept != ANY and not mention.dropped
    return named and mention.claims.polarity is Polarity.PRESENT


def _offered_again(talk: Talk, line: int) -> None:
    """Settle what was spoken of before by the answer to an offer that does not name it: "Do you want the test?"."""
    if not talk.is_by(line, Role.CLINICIAN) or not talk.says(Means.OFFERS, line) or talk.here(line):
        return
    coming = (Basis.OFFERED, Basis.WANTED)
    before = [m for m in talk.found if line - OFFER <= m.line < line and m.claims.basis in coming]
    reply = talk.reply(line)
    if before and reply is not None and phrases.begins(Means.TURNS_DOWN, talk.words[reply]):
        before[-1].claims = replace(before[-1].claims, basis=Basis.DECLINED)
        before[-1].settled = (talk.said[reply].span,)


def _reply(talk: Talk, mention: Mention) -> None:
    """Settle what a clinician offered by how the next turn begins, where that answers no other question."""
    line = talk.reply(mention.line)
    if line is None or not talk.is_by(line, Role.PATIENT):
        return
    if any(talk.said[at].asks and not talk.says(Means.OFFERS, at) for at in range(mention.line + 1, line)):
        return
    words = talk.words[line]
    if phrases.begins(Means.TURNS_DOWN, words):
        mention.claims = replace(mention.claims, basis=Basis.DECLINED)
    elif phrases.begins(Means.ACCEPTS, words):
        mention.claims = replace(
            mention.claims, basis=Basis.EXPERIENCED, time=Time.PLANNED, certainty=Certainty.CERTAIN
        )
    else:
        return
    mention.settled = (talk.said[line].span,)
    mention.dropped = False


def _neither(talk: Talk) -> None:
    """Add that the patient does not what was told of a relative: "My husband smokes. I never have."."""
    for line in range(1, len(talk.words)):
        if not phrases.begins(Means.NEITHER, talk.words[line]) or len(talk.lines[line]) > ELLIPTIC:
            continue
        told = [m for m in talk.here(line - 1) if m.kind is K.HABIT and m.claims.experiencer != PATIENT]
        if told and talk.starts_turn(line) < line:
            claims = replace(told[-1].claims, polarity=Polarity.ABSENT, experiencer=PATIENT, triggers=())
            span = talk.said[line].span
            talk.found.append(
                replace(
                    told[-1],
                    claims=claims,
                    line=line,
                    span=span,
                    told=[],
                    named=replace(told[-1].named, tokens=talk.lines[line]),
                )
            )


def _replace(talk: Talk) -> None:
    """Drop what was denied in an answer where it is told after all soon after."""
    told = [
        m
        for m in talk.found
        if not m.dropped
        and m.kind in (K.SYMPTOM, K.PROBLEM)
        and m.claims.polarity is Polarity.PRESENT
        and m.claims.experiencer == PATIENT
        and m.claims.basis is Basis.EXPERIENCED
        and m.claims.certainty is Certainty.CERTAIN
        and m.claims.time in (Time.CURRENT, Time.PAST)
    ]
    for mention in talk.found:
        if not mention.asked or mention.claims.polarity is not Polarity.ABSENT:
            continue
        later = range(mention.line + 1, mention.line + CORRECTED + 1)
        if any(one.line in later and _is_same(mention, one) for one in told):
            mention.dropped = True
