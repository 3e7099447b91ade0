"""A transcript -> findings: what it says about the patient, each with its claims, attributes and places.

    findings = reading.read(transcript, config.models)

Terms are found once in the whole text (`terms`), each gets its claims (`mentions`), answers settle what was asked
(`exchanges`), and what is told besides goes to the nearest finding that can have it (`attributes`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scribe.clinical import attributes, exchanges, terms, utterances
from scribe.clinical.attributes import BELONGS, Told
from scribe.clinical.exchanges import Exchange
from scribe.clinical.mentions import Mentions
from scribe.clinical.openings import Answer
from scribe.clinical.terms import Kind, Named
from scribe.clinical.text import Text
from scribe.clinical.utterances import Utterance
from scribe.config import ModelsSettings
from scribe.types import (
    PATIENT,
    Attribute,
    AttributeKind,
    Basis,
    Certainty,
    Claims,
    Finding,
    FindingKind,
    Polarity,
    Role,
    Span,
    Time,
    Transcript,
)

K, A = FindingKind, AttributeKind
ALLERGY = re.compile(r"\ballerg(?:y|ies|ic)\b", re.IGNORECASE)
TELLS = re.compile(  # a clinician who says this gives back what the patient told
    r"\b(?:you(?:'ve| have| had| said| told| mentioned| noticed)?|(?:he|she|patient)(?:'s| has| had| is)?|reports?|"
    r"complain\w*|denies|presents?|here (?:for|with|today)|history)\b",
    re.IGNORECASE,
)
SEEN = re.compile(r"\b(?:looks?|sounds?|appears?|i (?:see|hear|feel|notice)|drum|in your|on exam\w*)\b", re.IGNORECASE)
ORDERS = re.compile(
    r"\W*(?:(?:so|and|then|please|okay|now|just)\W+)*(?:take|use|continue|keep taking|start|stop|increase|decrease|"
    r"apply|try|hold|switch|finish|avoid)\b",
    re.IGNORECASE,
)
TAKES_BACK = re.compile(r"\b(?:no,? wait|wait,? no|actually|i mean|sorry|or rather|scratch that)\b", re.IGNORECASE)
CIRCUMSTANCE = re.compile(r"\b(?:when|if|with|on|after|at|in|while|during)\b", re.IGNORECASE)
ANOTHER = re.compile(r"\b(?:and|but) (?:my|your|his|her|the|i|it|he|she|you)\b|;|\bbut\b")
ALL = re.compile(r"\b(?:both|all|everything|each)\b", re.IGNORECASE)
TAKEN_FOR_GRANTED = re.compile(r"\b(?:how long|when did|how bad|how often|how much|where)\b", re.IGNORECASE)
GIVEN_UP = re.compile(r"\b(?:quit|stopped|gave (?:it|that|them) up|used to|not any ?more)\b", re.IGNORECASE)
CAUSES_AND_EFFECTS = frozenset({A.AGGRAVATED_BY, A.RELIEVED_BY, A.REACTION})
OF_DRUGS = frozenset({A.DOSE, A.FREQUENCY, A.ROUTE})
OF_TOPIC = frozenset({A.ONSET, A.DURATION, A.DATE, A.STATUS, A.REACTION})  # may be told in a sentence without the name
STOPPED = re.compile(  # "I stopped it", "I'm off that one now"
    r"\b(?:stopped|quit|ran out of|finished|came off|off)(?: taking| using)? (?:it|that|them|those)\b", re.IGNORECASE
)
OFF = re.compile(r"\boff (?:of )?(?:the|your|that|those|it|them)\b", re.IGNORECASE)
PLAIN_KINDS = {
    Kind.SYMPTOM: K.SYMPTOM,
    Kind.PROBLEM: K.PROBLEM,
    Kind.DRUG: K.MEDICATION,
    Kind.HABIT: K.HABIT,
    Kind.PROCEDURE: K.PROCEDURE,
    Kind.TEST: K.PLAN,
    Kind.RESULT: K.RESULT,
    Kind.VITAL: K.VITAL,
    Kind.IMMUNIZATION: K.IMMUNIZATION,
}


@dataclass(slots=True)
class _Mention:
    """A term on its way to a finding. `line` is the number of its utterance."""

    named: Named
    kind: FindingKind
    claims: Claims
    line: int
    span: Span
    settled: tuple[Span, ...] = ()
    told: list[Attribute] = field(default_factory=list)
    dropped: bool = False


def read(transcript: Transcript, settings: ModelsSettings) -> tuple[Finding, ...]:
    """What the transcript says about the patient, in the order in which it was said.

    Raises AssetError where the vocabulary is missing.
    """
    return _Reading(transcript, terms.load(settings)).findings()


class _Reading:
    def __init__(self, transcript: Transcript, lexicon: terms.Lexicon) -> None:
        self.transcript = transcript
        self.said = exchanges.opened(utterances.split(transcript))
        self.text = Text(transcript.text, [utterance.span for utterance in self.said])
        self.mentions = Mentions(self.text)
        self.lines = self.text.sentences
        self.pairs = tuple(exchanges.exchanges(self.said))
        self.found = [mention for named in lexicon.named(self.text) if (mention := self._mention(named)) is not None]

    def findings(self) -> tuple[Finding, ...]:
        for pair in self.pairs:
            self._settle(pair)
        self._attach()
        return tuple(
            self._finding(f"f{number}", mention)
            for number, mention in enumerate((m for m in self.found if self._counts(m)), 1)
        )

    # --- one mention
    def _mention(self, named: Named) -> _Mention | None:
        line = next((number for number, tokens in enumerate(self.lines) if named.tokens.start < tokens.stop), None)
        if line is None:
            return None
        tokens = self.text.tokens
        span = Span(tokens[named.tokens.start].span.start, tokens[named.tokens.stop - 1].span.end)
        claims = self.mentions.claims(span)
        utterance = self.said[line]
        if utterance.asks and claims.basis is Basis.EXPERIENCED:
            claims = replace(claims, basis=Basis.ASKED)
        kind = self._kind(named, utterance, claims, line)
        if kind is None:
            return None
        orders = utterance.role is Role.CLINICIAN and ORDERS.match(utterance.plain) is not None
        if orders and claims.time is Time.CURRENT and kind in (K.MEDICATION, K.PROCEDURE, K.PLAN):
            claims = replace(claims, time=Time.PLANNED)
        return _Mention(named, kind, claims, line, span)

    def _kind(self, named: Named, utterance: Utterance, claims: Claims, line: int) -> FindingKind | None:
        allergy = self._is_of_allergies(line)
        if named.kind is Kind.ALLERGEN or (named.kind is Kind.DRUG and allergy):
            return K.ALLERGY if allergy else (K.MEDICATION if named.kind is Kind.DRUG else None)
        kind = PLAIN_KINDS[named.kind]
        if kind in (K.SYMPTOM, K.PROBLEM) and claims.experiencer != PATIENT:
            return K.FAMILY
        if kind is K.PROCEDURE and claims.time is Time.PLANNED:
            return K.PLAN
        if kind is K.SYMPTOM and self._is_examined(utterance, claims):
            return K.EXAM
        return kind

    def _is_of_allergies(self, line: int) -> bool:
        """Whether the sentence, or the question that it answers, is about allergies."""
        if ALLERGY.search(self.said[line].plain):
            return True
        return any(
            line in pair.answered and ALLERGY.search(self.said[number].plain)
            for pair in self.pairs
            for number in pair.asked
        )

    @staticmethod
    def _is_examined(utterance: Utterance, claims: Claims) -> bool:
        """Whether a clinician says what was found: not asked, not told back, not of the future."""
        if utterance.role is not Role.CLINICIAN or claims.basis is not Basis.EXPERIENCED:
            return False
        if claims.time is not Time.CURRENT:
            return False
        return SEEN.search(utterance.plain) is not None or TELLS.search(utterance.plain) is None

    # --- questions and answers
    def _settle(self, pair: Exchange) -> None:
        asked = [m for m in self.found if m.line in pair.asked and m.claims.basis is Basis.ASKED]
        own = [m for m in self.found if m.line in pair.answered]
        said_again = {m.named.concept for m in own}
        answer = tuple(self.said[number].span for number in pair.answered)
        words = " ".join(self.said[number].plain for number in pair.answered)
        several = ALL.search(words) is not None
        narrowed = self._narrowing(pair)
        for mention in asked:
            mention.settled = answer[:1]
            if mention.named.concept in said_again:
                mention.dropped = True  # the answer says it in its own words
            elif narrowed is not None and mention is asked[-1]:
                mention.claims = self._answered(mention, Polarity.PRESENT, time=Time.CONDITIONAL)
                mention.told.append(narrowed)
                mention.settled = answer[:2]
            elif pair.says in (Answer.NO, Answer.HEDGED):
                sure = Certainty.CERTAIN if pair.says is Answer.NO else Certainty.POSSIBLE
                mention.claims = self._answered(mention, Polarity.ABSENT, certainty=sure)
            elif pair.says is Answer.YES:
                sure = Certainty.CERTAIN if len(asked) == 1 or several else Certainty.POSSIBLE
                mention.claims = self._answered(mention, Polarity.PRESENT, certainty=sure)
            elif mention.kind in (K.HABIT, K.MEDICATION) and GIVEN_UP.search(words):
                mention.claims = self._answered(mention, Polarity.PRESENT, time=Time.PAST)
            elif not self._is_topic(pair):
                mention.dropped = True
            else:
                mention.claims = self._answered(mention, Polarity.PRESENT)

    def _answered(
        self,
        mention: _Mention,
        polarity: Polarity,
        *,
        certainty: Certainty = Certainty.CERTAIN,
        time: Time | None = None,
    ) -> Claims:
        """What was asked, settled. "Are you off the warfarin?" "Yes." is no warfarin."""
        claims = mention.claims
        if mention.kind is K.MEDICATION and polarity is Polarity.PRESENT and OFF.search(self.said[mention.line].plain):
            polarity = Polarity.ABSENT
        return replace(
            claims, polarity=polarity, certainty=certainty, time=time or claims.time, basis=Basis.EXPERIENCED
        )

    def _is_topic(self, pair: Exchange) -> bool:
        """Whether the question takes it for granted: "How long have you had the rash?"."""
        return any(TAKEN_FOR_GRANTED.search(self.said[number].plain) for number in pair.asked)

    def _narrowing(self, pair: Exchange) -> Attribute | None:
        """What takes part of a no back, "Well, only on stairs"; None where nothing does, or it names something else."""
        if pair.says not in (Answer.NO, Answer.HEDGED):
            return None
        for number in pair.answered[1:]:
            utterance = self.said[number]
            if exchanges.narrows(utterance.text) and not self._names_at_once(number):
                words = utterance.text.strip(" .,;!")
                start = utterance.span.start + utterance.text.index(words)
                return Attribute(A.CONDITION, words, Span(start, start + len(words)))
        return None

    def _names_at_once(self, line: int) -> bool:
        """Whether a term stands before any circumstance: "just some tingling in my foot"."""
        span = self.said[line].span
        words = CIRCUMSTANCE.search(self.said[line].text)
        until = span.start + words.start() if words else span.end
        return any(m.line == line and span.start <= m.span.start < until for m in self.found)

    # --- attributes
    def _attach(self) -> None:
        topic: list[_Mention] = []
        told = attributes.told(self.text)
        for line, tokens in enumerate(self.lines):
            here = [m for m in self.found if m.line == line]
            for item in told:
                if tokens.start <= item.tokens.start < tokens.stop:
                    self._give(item, here, topic, line)
            self._stop(here, topic, line)
            live = [m for m in here if not m.dropped]
            topic = [*live, *topic][:8] if live else topic

    def _give(self, item: Told, here: Sequence[_Mention], topic: Sequence[_Mention], line: int) -> None:
        """Give an attribute to the nearest finding of its sentence, else to what was asked or spoken of before."""
        allowed = BELONGS.get(item.attribute.kind, frozenset())
        if any(set(item.tokens) < set(m.named.tokens) for m in here):
            return  # the chest of "chest pain"
        within = [m for m in here if set(m.named.tokens) <= set(item.tokens)]
        others = [m for m in here if m not in within and not m.dropped]
        near = [m for m in others if m.kind in allowed and self._reaches(m.named.tokens, item)]
        target = self._nearest(near, item)
        if target is None and not others:
            asked = self._asked_before(line)
            before = [*asked, *topic] if item.attribute.kind in OF_TOPIC else asked
            target = next((m for m in before if m.kind in allowed and not m.dropped), None)
        if target is None:
            return
        if item.attribute.kind in CAUSES_AND_EFFECTS:  # what brings it on, or what it does, is no complaint of its own
            for mention in within:
                mention.dropped = True
        if any(_same(one, item.attribute) for one in target.told):
            return
        if self._is_retracted(target, item, line):
            target.told = [one for one in target.told if one.kind is not item.attribute.kind]
        target.told.append(item.attribute)

    def _nearest(self, near: Sequence[_Mention], item: Told) -> _Mention | None:
        """The nearest finding; of drugs the one that is named before its dose, unless another follows with "of"."""
        if item.attribute.kind in OF_DRUGS:
            before = [m for m in near if m.named.tokens.start < item.tokens.start]
            behind = [m for m in near if m.named.tokens.start > item.tokens.start]
            joined = behind and self.text.part(range(item.tokens.stop, behind[0].named.tokens.start)) in ("", "of ")
            if before and not (joined and before[-1].named.tokens.stop < item.tokens.start):
                return before[-1]
        return min(near, key=lambda m: _distance(m.named.tokens, item.tokens), default=None)

    def _reaches(self, mention: range, item: Told) -> bool:
        """Whether an attribute is told of a mention beside it: a side or a site is not across "and my"."""
        if set(mention) & set(item.tokens):
            return False
        if item.attribute.kind not in (A.SIDE, A.SITE, A.QUALITY):
            return True
        between = range(min(mention.stop, item.tokens.stop), max(mention.start, item.tokens.start))
        return ANOTHER.search(self.text.part(between)) is None

    def _asked_before(self, line: int) -> list[_Mention]:
        """What the question named that this line answers."""
        for pair in self.pairs:
            if line in pair.answered:
                return [m for m in self.found if m.line in pair.asked]
        return []

    def _is_retracted(self, target: _Mention, item: Told, line: int) -> bool:
        """Whether the speaker corrects an attribute of this kind: "Two weeks. No, wait, three weeks."."""
        if not any(one.kind is item.attribute.kind for one in target.told):
            return False
        turn = line
        while turn and self.said[turn - 1].speaker == self.said[line].speaker:
            turn -= 1
        before = self.transcript.text[self.said[turn].span.start : item.attribute.heard.start]
        return TAKES_BACK.search(before) is not None

    def _stop(self, here: Sequence[_Mention], topic: Sequence[_Mention], line: int) -> None:
        """Take a drug that was named before for one of the past: "I stopped it in March"."""
        if here or not STOPPED.search(self.said[line].plain):
            return
        for mention in topic:
            if mention.kind is K.MEDICATION and not mention.dropped:
                if mention.claims.polarity is Polarity.PRESENT:
                    mention.claims = replace(mention.claims, time=Time.PAST)
                return

    # --- the finding
    def _counts(self, mention: _Mention) -> bool:
        """Whether it says something: no question that nobody answered."""
        return not mention.dropped and mention.claims.basis is not Basis.ASKED

    def _finding(self, name: str, mention: _Mention) -> Finding:
        heard = (mention.span, *mention.settled)
        words = [word for span in heard for word in self.transcript.words_in(span)]
        claims = mention.claims
        if mention.kind is K.PROCEDURE and claims.time in (Time.CURRENT, Time.OPEN):
            claims = replace(claims, time=Time.PAST)  # one that is named has been done
        return Finding(
            name,
            mention.kind,
            mention.named.concept,
            claims,
            heard,
            tuple(dict.fromkeys(mention.told)),
            self.said[mention.line].speaker,
            min((word.probability for word in words), default=1.0),
        )


def _distance(mention: range, other: range) -> int:
    """How many words lie between the two."""
    return mention.start - other.stop if other.start < mention.start else other.start - mention.stop


def _same(one: Attribute, other: Attribute) -> bool:
    """Whether one attribute says again what another says, or part of it."""
    overlap = one.heard.start < other.heard.end and other.heard.start < one.heard.end
    return one.kind is other.kind and (overlap or one.text.lower() == other.text.lower())
