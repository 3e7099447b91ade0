"""To which finding each thing belongs that is told besides: the side, the dose, the date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scribe.clinical import attributes, conditions, phrases, short_answers
from scribe.clinical.attributes import BELONGS, COMPLAINTS, TAKEN, Told, made
from scribe.clinical.belonging import takes
from scribe.clinical.numbers import is_number
from scribe.clinical.phrases import Asks, Means
from scribe.clinical.talk import Mention, Talk
from scribe.clinical.terms import Kind
from scribe.types import Attribute, AttributeKind, FindingKind, Polarity, Role, Span, Time

K, A = FindingKind, AttributeKind
CAUSES_AND_EFFECTS = frozenset({A.AGGRAVATED_BY, A.RELIEVED_BY, A.REACTION})
OF_DRUGS = frozenset({A.DOSE, A.FREQUENCY, A.ROUTE})
OF_TOPIC = frozenset(
    {A.ONSET, A.DURATION, A.DATE, A.STATUS, A.REACTION, A.ADHERENCE}
)  # may be told in a sentence without the name
BESIDE = frozenset({A.SIDE, A.SITE, A.QUALITY, A.SEVERITY})  # told of what stands beside them
WITHIN = frozenset({A.SIDE, A.SITE, A.WHEN, A.OBJECT, A.QUALITY, A.VALUE})  # may stand within the words of a mention
AHEAD = frozenset({K.PLAN, K.MEDICATION, K.IMMUNIZATION, K.PROCEDURE, K.RESULT})
OVERLAPPING = frozenset({A.WHEN, A.FREQUENCY, A.OBJECT})  # "see you (in two weeks)", "(a glass of wine a day)"
COMMA = 4  # words that a comma between a finding and what is told of it counts for
PAIN, NORMAL = "pain", "normal"
APART = ("and ", ", and ", "; ")  # what follows a condition so does not depend on it
BROKEN = 4  # utterances over which a broken sentence may go on
TODAY = "today"
TO_COME = (Time.CONDITIONAL, Time.PLANNED)
REMEMBERED = 8  # mentions that something told without a name may belong to


def attach(talk: Talk) -> None:
    """Give each attribute of a talk to its mention."""
    topic: list[Mention] = []
    told = attributes.told(talk.text)
    for line, tokens in enumerate(talk.lines):
        here = talk.here(line)
        items = [item for item in told if tokens.start <= item.tokens.start < tokens.stop]
        if talk.said[line].asks and (wanted := phrases.asks(talk.words[line])) is not None:
            items = [item for item in items if item.attribute.kind.value != wanted.value]  # the bad of "how bad"
        ahead = list(_conditions(talk, line, here))
        for item in items:
            if not any(item.tokens.start in clause for clause in ahead) or item.attribute.kind not in (
                A.WHEN,
                A.ACTION,
            ):
                _give(talk, item, here, topic, line, items)
        _doses(talk, here)
        short_answers.attach(talk, line, items)
        _stop(talk, here, topic, line)
        live = [mention for mention in here if not mention.dropped]
        topic = [*live, *topic][:REMEMBERED] if live else topic


def _give(
    talk: Talk, item: Told, here: Sequence[Mention], topic: Sequence[Mention], line: int, told: Sequence[Told]
) -> None:
    """Give an attribute to the nearest finding of its sentence, else to what was asked or spoken of before."""
    if item.attribute.kind is A.VALUE:  # "It was normal", of a test named before
        here = [m for m in here if m.concept != NORMAL]
    if any(set(item.tokens) < set(m.tokens) and not m.dropped for m in here):
        _give_within(item, here)
        return
    if item.attribute.kind is A.DATE and item.attribute.text.lower() == TODAY:
        here = [m for m in here if m.kind is not K.PROBLEM]  # "how are you today, with your diabetes?"
    if item.attribute.kind is A.AGE and _is_measure(talk, item, line, told):
        return  # "your sugar is up at nine"
    if item.attribute.kind is A.DURATION and any(
        one.attribute.kind is A.FREQUENCY and one.tokens == item.tokens for one in told
    ):
        return  # "20 mg a day"
    within = [m for m in here if _is_cause(m, item) and set(m.tokens) <= set(item.tokens)]
    others = [m for m in here if m not in within and not m.dropped]
    if (dated := _asked_when(talk, item, line)) is not None:
        dated.told.append(item.attribute)
        return
    near = [m for m in others if takes(m, item.attribute.kind) and _reaches(talk, m.tokens, item)]
    target = _nearest(talk, near, item)
    if target is None and not any(m.kind in BELONGS.get(item.attribute.kind, ()) for m in others):
        asked = talk.asked_before(line)
        one_drug = item.attribute.kind is A.ADHERENCE and sum(m.kind is K.MEDICATION for m in asked) == 1
        if not one_drug and not _stands_alone(talk, item, line, told) and not _is_other_side(talk, item, line, topic):
            return
        of_topic = item.attribute.kind in OF_TOPIC or _goes_on(talk, line) or _is_asked(talk, line, item)
        of_topic = of_topic or _is_cut_off(talk, line)
        spoken_of = [m for m in topic if m.kind not in COMPLAINTS or m.claims.polarity is Polarity.PRESENT]
        spoken_of = [m for m in spoken_of if m.kind is not K.PLAN]
        before = [*asked, *spoken_of] if of_topic else asked
        target = next((m for m in before if takes(m, item.attribute.kind) and not m.dropped), None)
        if target is not None and _is_dated(target, item) and not _is_retracted(talk, target, item, line):
            return  # when it was is told already, so this is of something else
    if target is None:
        return
    if item.attribute.kind in (
        *CAUSES_AND_EFFECTS,
        A.INDICATION,
    ):  # what brings it on, or what it does, is no complaint of its own
        for mention in within:
            mention.dropped = True
    if any(_same(one, item.attribute) for one in target.told):
        return
    if _is_retracted(talk, target, item, line):
        target.told = [one for one in target.told if one.kind is not item.attribute.kind]
    target.told.append(item.attribute)
    if item.attribute.kind in (A.ONSET, A.DURATION):
        _share(talk, item, target, near)
    elif item.attribute.kind in (A.SIDE, A.SITE) and item.tokens.start < target.tokens.start:
        _share_behind(talk, item, target, near)
    elif item.attribute.kind in (A.SIDE, A.SITE) and target.kind is K.EXAM:
        _share(talk, item, target, [mention for mention in others if mention.kind is K.EXAM])


def _share(talk: Talk, item: Told, target: Mention, near: Sequence[Mention]) -> None:
    """Give since when it is to what is named in one breath with it: "a cough and a runny nose since Sunday"."""
    for mention in reversed(near):
        if mention.tokens.stop > target.tokens.start or mention.claims != replace(
            target.claims, triggers=mention.claims.triggers
        ):
            continue
        between = talk.text.part(range(mention.tokens.stop, target.tokens.start))
        if not phrases.whole(Means.TOGETHER, between) or any(one.kind is item.attribute.kind for one in mention.told):
            return
        mention.told.append(item.attribute)
        target = mention


def _share_behind(talk: Talk, item: Told, target: Mention, near: Sequence[Mention]) -> None:
    """Give the place to what is named in one breath behind it: "your right knee is swollen and warm"."""
    for mention in near:
        if mention.tokens.start <= target.tokens.start or mention.kind is not target.kind:
            continue
        between = talk.text.part(range(target.tokens.stop, mention.tokens.start))
        if not phrases.whole(Means.TOGETHER, between) or any(one.kind is item.attribute.kind for one in mention.told):
            return
        mention.told.append(item.attribute)
        target = mention


def _is_cause(mention: Mention, item: Told) -> bool:
    """Whether a mention within the words of an attribute says no more than these: the cough of "worse when I cough"."""
    if item.attribute.kind is A.INDICATION:
        return mention.concept == PAIN or mention.kind in (K.VITAL, K.RESULT)
    return item.attribute.kind in CAUSES_AND_EFFECTS


def _give_within(item: Told, here: Sequence[Mention]) -> None:
    """Give what stands within the words of a mention to it: the right of "pain in my right knee"; no name twice."""
    for mention in here:
        if not set(item.tokens) < set(mention.tokens) or mention.dropped or item.attribute.kind not in WITHIN:
            continue
        name = item.attribute.text.lower()
        if takes(mention, item.attribute.kind) and name.rstrip("s") not in mention.concept:
            mention.told.append(item.attribute)


def _is_asked(talk: Talk, line: int, item: Told) -> bool:
    """Whether the question before asks for a place, and this tells one."""
    pair = talk.answered_by(line)
    places = pair is not None and any(phrases.asks(talk.words[at]) in (Asks.SITE, Asks.SIDE) for at in pair.asked)
    return places and item.attribute.kind in (A.SITE, A.SIDE)


def _stands_alone(talk: Talk, item: Told, line: int, told: Sequence[Told]) -> bool:
    """Whether what is told may be of what another sentence names: "It started two weeks ago", "Sharp"; no question."""
    if talk.said[line].asks:
        return False
    others = {number for other in told for number in other.tokens}
    lead = [number for number in range(talk.lines[line].start, item.tokens.start) if number not in others]
    return phrases.whole(Means.LEADS_UP, "".join(talk.text.part(range(number, number + 1)) for number in lead))


def _is_dated(mention: Mention, item: Told) -> bool:
    """Whether a mention has such a time already."""
    kind = item.attribute.kind
    return kind in (A.ONSET, A.DATE) and any(one.kind is kind for one in mention.told)


def _is_other_side(talk: Talk, item: Told, line: int, topic: Sequence[Mention]) -> bool:
    """Whether the sentence has told another side of what was spoken of: "on the right, and now on the left"."""
    if item.attribute.kind is not A.SIDE:
        return False
    start = talk.said[line].span.start
    told = [one for mention in topic for one in mention.told if one.kind is A.SIDE and one.heard.start >= start]
    return any(one.text.lower() != item.attribute.text.lower() for one in told)


def _asked_when(talk: Talk, item: Told, line: int) -> Mention | None:
    """What a question asks the date of, where this is the first date of its answer: "In 2018, and I had a polyp"."""
    pair = talk.answered_by(line)
    if item.attribute.kind is not A.DATE or pair is None or line != pair.answered[0]:
        return None
    if not any(phrases.asks(talk.words[at]) is Asks.ONSET for at in pair.asked):
        return None
    asked = [m for m in talk.asked_before(line) if takes(m, A.DATE) and not m.told and not m.dropped]
    return asked[0] if len(asked) == 1 else None


def _is_measure(talk: Talk, item: Told, line: int, told: Sequence[Told]) -> bool:
    """Whether a clinician's "at nine" may be a value, and is no age of a relative."""
    values = any(one.attribute.kind is A.VALUE and one.tokens == item.tokens for one in told)
    relatives = any(mention.kind is K.FAMILY for mention in talk.here(line))
    return values and not relatives and talk.is_by(line, Role.CLINICIAN)


def _is_cut_off(talk: Talk, line: int) -> bool:
    """Whether the speaker goes on with a sentence that the other broke: "distention to-", "ten centimeters"."""
    same = (
        at for at in range(line - 1, max(-1, line - BROKEN), -1) if talk.said[at].speaker == talk.said[line].speaker
    )
    last = next((at for at in same if any(token.isalnum() for token in talk.words[at].split())), None)
    return last is not None and talk.said[last].text.endswith(("-", "..."))


def _goes_on(talk: Talk, line: int) -> bool:
    """Whether the same speaker goes on about what was named in the sentence before: "It's in my right knee"."""
    pair = talk.answered_by(line)
    if pair is not None and any(talk.says(Means.REFERS, at) for at in pair.asked):
        return True
    if line == talk.starts_turn(line) or (pair is not None and not talk.asked_before(line)):
        return False
    return phrases.begins(Means.GOES_ON, talk.words[line])


def _nearest(talk: Talk, near: Sequence[Mention], item: Told) -> Mention | None:
    """The nearest finding; of drugs the one that is named before its dose, unless another follows with "of"."""
    kind = item.attribute.kind
    before = [m for m in near if m.tokens.start < item.tokens.start]
    behind = [m for m in near if m.tokens.start > item.tokens.start]
    if kind is A.ACTION:
        return behind[0] if behind else None
    if kind is A.ADHERENCE and before:
        return before[-1]
    if kind is A.INDICATION:
        near = [m for m in near if m.kind in TAKEN or m.tokens.start < item.tokens.start]
    if kind in OF_DRUGS:
        joined = behind and talk.text.part(range(item.tokens.stop, behind[0].tokens.start)) in ("", "of ")
        if before and not (joined and before[-1].tokens.stop < item.tokens.start):
            return before[-1]
    if kind is A.VALUE:
        before = [m for m in before if m.named.kind is not Kind.SIGN]
        return before[-1] if before else None
    if kind in BESIDE and before:
        between = talk.text.part(range(before[-1].tokens.stop, item.tokens.start))
        if phrases.begins(Means.BESIDE, between) and phrases.says(Means.ANOTHER, between) is None:
            return before[-1]
    return min(
        near, key=lambda m: _distance(m.tokens, item.tokens) + _commas(talk, m.tokens, item.tokens), default=None
    )


def _reaches(talk: Talk, mention: range, item: Told) -> bool:
    """Whether an attribute is told of a mention beside it: a side or a site is not across "and my"."""
    if set(mention) & set(item.tokens):
        return item.attribute.kind in OVERLAPPING
    if item.attribute.kind not in BESIDE:
        return True
    between = range(min(mention.stop, item.tokens.stop), max(mention.start, item.tokens.start))
    return phrases.says(Means.ANOTHER, talk.text.part(between)) is None


def _is_retracted(talk: Talk, target: Mention, item: Told, line: int) -> bool:
    """Whether the speaker corrects an attribute of this kind: "Two weeks. No, wait, three weeks."."""
    if not any(one.kind is item.attribute.kind for one in target.told):
        return False
    start = talk.said[talk.starts_turn(line)].span.start
    before = talk.text.part(talk.text.token_range(Span(start, item.attribute.heard.start)))
    return phrases.says(Means.TAKES_BACK, before) is not None


def _conditions(talk: Talk, line: int, here: Sequence[Mention]) -> Iterator[range]:
    """The conditions of an utterance, given to what is done then."""
    for clause in conditions.clauses(talk, line):
        attribute = made(talk.text, A.CONDITION, range(clause.start + 1, clause.stop))
        if attribute is None:
            continue
        yield clause
        for mention in here:
            if mention.kind not in AHEAD or mention.tokens.start in clause or mention.claims.time not in TO_COME:
                continue
            before = talk.text.part(range(mention.tokens.stop, clause.start))
            if mention.tokens.start < clause.start and ("," in before or ";" in before or " and " in f" {before}"):
                continue
            behind = talk.text.part(range(clause.stop, mention.tokens.start))
            if mention.tokens.start >= clause.stop and (behind.startswith(APART) or phrases.says(Means.AFRESH, behind)):
                continue
            mention.claims = replace(mention.claims, time=Time.CONDITIONAL)
            mention.told.append(attribute)


def _doses(talk: Talk, here: Sequence[Mention]) -> None:
    """Take a number right behind a drug for its dose: "atorvastatin, forty at night"."""
    for mention in here:
        if mention.kind is not K.MEDICATION or any(one.kind is A.DOSE for one in mention.told):
            continue
        behind = talk.text.part(range(mention.tokens.stop, talk.lines[mention.line].stop))
        found = phrases.at_start(Means.BARE_DOSE, behind)
        if found is None or phrases.begins(Means.NO_DOSE, behind[found.end() :]):
            continue
        first = mention.tokens.stop + found[0].count(" ")
        lead = next(n for n in range(mention.tokens.stop, first) if is_number(talk.text.tokens[n].text))
        if (attribute := made(talk.text, A.DOSE, range(lead, first))) is not None:
            mention.told.append(attribute)


def _stop(talk: Talk, here: Sequence[Mention], topic: Sequence[Mention], line: int) -> None:
    """Take a drug that was named before for one of the past: "I stopped it in March"."""
    if any(m.kind is K.MEDICATION for m in here) or not talk.says(Means.STOPPED, line):
        return
    for mention in [*talk.asked_before(line), *topic]:
        if mention.kind is K.MEDICATION and not mention.dropped:
            if mention.claims.polarity is Polarity.PRESENT:
                mention.claims = replace(mention.claims, time=Time.PAST)
            return


def _distance(mention: range, other: range) -> int:
    """How many words lie between the two."""
    return mention.start - other.stop if other.start < mention.start else other.start - mention.stop


def _commas(talk: Talk, mention: range, other: range) -> int:
    """What commas between the two add to their distance."""
    first, last = (mention, other) if mention.start < other.start else (other, mention)
    between = talk.text.part(range(first.stop, last.start))
    return COMMA * (between.count(",") + f" {between}".count(" and "))


def _same(one: Attribute, other: Attribute) -> bool:
    """Whether one attribute says again what another says, or part of it."""
    overlap = one.heard.start < other.heard.end and other.heard.start < one.heard.end
    return one.kind is other.kind and (overlap or one.text.lower() == other.text.lower())
