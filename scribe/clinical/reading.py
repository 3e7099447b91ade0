"""A transcript -> findings: what it says about the patient, each with its claims, attributes and places.

    findings = reading.read(transcript, config.models)

Terms are found once in the whole text (`terms`), each gets its claims (`mentions`) and the person it is told of
(`informants`), answers settle what was asked (`answers`), and what is told besides goes to the nearest finding that
can have it (`telling`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scribe.clinical import answers, phrases, telling, terms, wording
from scribe.clinical.informants import Experiencers
from scribe.clinical.joining import Joining, counts
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Mention, Talk
from scribe.clinical.terms import Kind, Lexicon, Named
from scribe.config import ModelsSettings
from scribe.types import (
    PATIENT,
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
PLAIN_KINDS = {
    Kind.SYMPTOM: K.SYMPTOM,
    Kind.SIGN: K.SYMPTOM,
    Kind.EXAM: K.EXAM,
    Kind.STRUCTURE: K.EXAM,
    Kind.PROBLEM: K.PROBLEM,
    Kind.DRUG: K.MEDICATION,
    Kind.DRUG_CLASS: K.MEDICATION,
    Kind.HABIT: K.HABIT,
    Kind.PROCEDURE: K.PROCEDURE,
    Kind.TEST: K.PLAN,
    Kind.PLAN: K.PLAN,
    Kind.RESULT: K.RESULT,
    Kind.VITAL: K.VITAL,
    Kind.IMMUNIZATION: K.IMMUNIZATION,
}
DRUGS = frozenset({Kind.DRUG, Kind.DRUG_CLASS})
ORDERED = frozenset({*DRUGS, Kind.PROCEDURE, Kind.TEST, Kind.PLAN, Kind.IMMUNIZATION, Kind.RESULT, Kind.VITAL})
SPOKEN_OF = frozenset(
    {Kind.SYMPTOM, Kind.SIGN, Kind.HABIT, Kind.DRUG, Kind.TEST, Kind.EXAM, Kind.STRUCTURE, Kind.VITAL, Kind.RESULT}
)
COMING = frozenset({Basis.OFFERED, Basis.DECLINED, Basis.WANTED})
ANY, FOOD = "any", "food"
WEIGHT_LOSS = "weight loss"  # the one complaint that is advised
OWN = 3  # words before a test that may say whose it is
LOOKED_AT = 14  # words between "look at" and a test
CLOSE = 5  # words between an order and a habit that it is about


def read(transcript: Transcript, settings: ModelsSettings) -> tuple[Finding, ...]:
    """What the transcript says about the patient, in the order in which it was said.

    Raises AssetError where the vocabulary is missing.
    """
    return _Reading(transcript, terms.load(settings)).findings()


class _Reading:
    def __init__(self, transcript: Transcript, lexicon: Lexicon) -> None:
        self.talk = Talk(transcript)
        self.lexicon = lexicon
        self.whose = Experiencers(self.talk)
        named = lexicon.named(self.talk.text)
        self.talk.found = [mention for one in named if (mention := self._mention(one)) is not None]

    def findings(self) -> tuple[Finding, ...]:
        answers.settle(self.talk)
        joining = Joining(self.talk, self.lexicon)
        joining.place()
        telling.attach(self.talk)
        wording.attach(self.talk)
        joining.finish()
        counted = (one for mention in self.talk.found if counts(mention) for one in _each(mention))
        return tuple(self._finding(f"f{number}", mention) for number, mention in enumerate(counted, 1))

    # --- one mention
    def _mention(self, named: Named) -> Mention | None:
        talk = self.talk
        line = talk.line_of(named.tokens)
        if line is None:
            return None
        tokens = talk.text.tokens
        span = Span(tokens[named.tokens.start].span.start, tokens[named.tokens.stop - 1].span.end)
        asks = talk.is_asked(named.tokens, line)
        claims = self.whose.claims(talk.mentions.claims(span, asked=asks), span, line)
        if asks and claims.basis in (Basis.EXPERIENCED, Basis.ASKED, Basis.WANTED, Basis.OFFERED):
            claims = replace(claims, basis=Basis.OFFERED if self._is_offer(line) else Basis.ASKED)
            if named.kind in DRUGS and claims.time is Time.PLANNED:
                claims = replace(claims, time=Time.CURRENT)  # "When did you start the lisinopril?"
        elif claims.basis is Basis.ASKED and talk.is_by(line, Role.PATIENT):
            claims = replace(claims, basis=Basis.EXPERIENCED)  # "I haven't had any": nobody is asked
        elif claims.basis is Basis.ASKED:
            asks = True
        if named.kind is Kind.HABIT and claims.time is Time.CURRENT and talk.is_by(line, Role.PATIENT):
            behind = talk.text.part(range(named.tokens.stop, talk.lines[line].stop))
            if phrases.says(Means.GIVEN_UP, behind) and claims.polarity is Polarity.PRESENT:
                claims = replace(claims, time=Time.PAST)  # "I smoked for 45 years, but I stopped"
        if named.kind is Kind.HABIT and claims.time is Time.OPEN and talk.says(Means.GIVEN_UP, line):
            claims = replace(claims, time=Time.PAST)
        if named.kind is Kind.HABIT and asks and claims.time is Time.CURRENT:
            lead = talk.text.part(range(talk.lines[line].start, named.tokens.start))
            if phrases.ends(Means.DID_YOU, lead):
                claims = replace(claims, time=Time.PAST)  # "How many did you smoke?"
        if named.kind is Kind.HABIT and claims.time is Time.PLANNED and talk.is_by(line, Role.PATIENT):
            claims = replace(claims, time=Time.CURRENT)  # "I'll have a glass of wine"
        claims = self._spoken(named, claims, line)
        claims = self._ordered(named, claims, line)
        if named.denied:
            claims = replace(claims, polarity=Polarity.ABSENT)
        kind = self._kind(named, claims, line)
        if kind is K.ALLERGY and claims.polarity is Polarity.ABSENT and self._is_intolerant(named, line):
            claims = replace(claims, polarity=Polarity.PRESENT)
        if kind is K.PLAN and named.kind in (Kind.HABIT, Kind.SYMPTOM):
            claims = replace(claims, time=Time.PLANNED, basis=Basis.EXPERIENCED, polarity=Polarity.PRESENT)
        if kind is K.MEDICATION and claims.polarity is Polarity.PRESENT and self._is_intolerant(named, line):
            claims = replace(claims, polarity=Polarity.ABSENT)  # "you can't take ibuprofen"
        if kind is None or (named.kind is Kind.PROBLEM and self._is_vaccinated_against(named, line)):
            return None
        if asks and kind is K.SYMPTOM and talk.is_by(line, Role.CLINICIAN) and talk.says(Means.PRESSED, line):
            kind = K.EXAM
        relatives = self.whose.others(claims, line) if kind is K.FAMILY else ()
        if kind is K.ALLERGY and named.concept == ANY and self._is_of_food(named):
            named = replace(named, concept=FOOD)
        return Mention(named, kind, claims, line, span, asks, concept=named.concept, relatives=relatives)

    def _is_of_food(self, named: Named) -> bool:
        """Whether an allergy is asked of food alone: "any food allergies?"."""
        return self.talk.text.part(range(named.tokens.start - 1, named.tokens.start)) == f"{FOOD} "

    def _spoken(self, named: Named, claims: Claims, line: int) -> Claims:
        """The claims without what is only a way of speaking of a complaint: "I guess I'm tired"."""
        own = self.talk.is_by(line, Role.PATIENT) and not self.talk.says(Means.TOLD_TO_PATIENT, line)
        if named.kind in (Kind.SYMPTOM, Kind.SIGN) and claims.basis in COMING:
            doubt = Certainty.POSSIBLE if claims.basis is Basis.OFFERED else claims.certainty
            claims = replace(claims, basis=Basis.EXPERIENCED, certainty=doubt)
        elif named.kind in (Kind.SYMPTOM, Kind.SIGN) and claims.basis is Basis.COUNSELLED and own:
            claims = replace(claims, basis=Basis.EXPERIENCED)  # "I can get dizzy"
        if named.kind in (Kind.SYMPTOM, Kind.SIGN) and claims.time is Time.PLANNED:
            claims = replace(claims, time=Time.CURRENT)  # "When did the pain start?"
        if claims.certainty is Certainty.POSSIBLE and named.kind in SPOKEN_OF:
            cues = [self._words_of(cue.span) for cue in claims.triggers if cue.claim == "possible"]
            before = self.talk.text.part(range(max(0, named.tokens.start - 1), named.tokens.start))
            known = named.kind in (Kind.SYMPTOM, Kind.SIGN) and phrases.says(Means.KNOWN, before) is not None
            if known or not any(phrases.says(Means.DOUBTS, cue) for cue in cues):
                claims = replace(claims, certainty=Certainty.CERTAIN)
        return claims

    def _words_of(self, span: Span) -> str:
        return self.talk.text.part(self.talk.text.token_range(span))

    def _is_offer(self, line: int) -> bool:
        return self.talk.is_by(line, Role.CLINICIAN) and self.talk.says(Means.OFFERS, line)

    def _ordered(self, named: Named, claims: Claims, line: int) -> Claims:
        """The claims about what a clinician orders or offers in this sentence: it is to come."""
        talk = self.talk
        if not talk.is_by(line, Role.CLINICIAN) or named.kind not in ORDERED or claims.experiencer != PATIENT:
            return claims
        if named.kind in (Kind.RESULT, Kind.VITAL) and claims.basis is Basis.SOUGHT and claims.time is Time.CURRENT:
            claims = replace(claims, basis=Basis.EXPERIENCED)  # "looking at your blood pressure"
        if named.kind is Kind.PLAN and claims.basis is Basis.COUNSELLED:
            claims = replace(claims, basis=Basis.EXPERIENCED)
        if claims.basis not in (Basis.EXPERIENCED, Basis.WANTED, Basis.SOUGHT):
            return claims
        if claims.time not in (Time.CURRENT, Time.PLANNED):
            return claims
        until = named.tokens.stop if named.kind is Kind.PLAN else named.tokens.start
        before = talk.text.part(range(talk.lines[line].start, until))
        if named.kind is Kind.TEST and self._is_brought_up(named, line):
            return replace(claims, time=Time.CURRENT, basis=Basis.EXPERIENCED)
        if phrases.says(Means.OFFERS, before) or (named.kind in DRUGS and self._is_suggested(named, line)):
            return replace(claims, basis=Basis.OFFERED, time=Time.CURRENT)
        if phrases.begins(Means.ORDERS, talk.words[line]) or phrases.says(Means.ADVISES, before):
            return replace(claims, time=Time.PLANNED, basis=Basis.EXPERIENCED)
        if named.kind is Kind.PLAN and not talk.says(Means.TOLD_OF_PAST, line):
            return replace(claims, time=Time.PLANNED)
        if named.kind is Kind.TEST and phrases.says(Means.TOLD_OF_PAST, before):
            return replace(claims, time=Time.PAST)
        if named.kind is Kind.TEST and not self._is_done(named, line):
            return replace(claims, time=Time.PLANNED, basis=Basis.EXPERIENCED)
        return claims

    def _is_suggested(self, named: Named, line: int) -> bool:
        """Whether a clinician speaks of a drug that could be taken: "There are things like loratadine"."""
        talk = self.talk
        before = talk.text.part(range(talk.lines[line].start, named.tokens.start))
        behind = talk.text.part(range(named.tokens.stop, talk.lines[line].stop))
        if any(phrases.says(means, before) for means in (Means.TOLD_OF_PAST, Means.TAKEN, Means.ADVISES)):
            return False
        return phrases.says(Means.SUGGESTS, before) is not None or phrases.says(Means.MAY_BE_HAD, behind) is not None

    def _kind(self, named: Named, claims: Claims, line: int) -> FindingKind | None:
        talk = self.talk
        if self._reacts(named, line):
            return K.ALLERGY
        if named.kind is Kind.ALLERGEN or (named.kind in DRUGS and self._is_of_allergies(named, line)):
            if self._is_of_allergies(named, line):
                return K.ALLERGY
            return K.MEDICATION if named.kind in DRUGS else None
        kind = PLAIN_KINDS[named.kind]
        clinician = talk.is_by(line, Role.CLINICIAN)
        coming = claims.time in (Time.PLANNED, Time.CONDITIONAL) or claims.basis in COMING
        if kind in (K.SYMPTOM, K.PROBLEM, K.PROCEDURE) and claims.experiencer != PATIENT:
            return K.FAMILY
        if kind is K.PROCEDURE:
            return K.PLAN if coming else kind
        if named.kind is Kind.TEST:
            return K.PLAN if coming else K.RESULT
        if kind in (K.RESULT, K.VITAL):
            if not coming or not clinician or claims.time is not Time.PLANNED:
                return kind
            return K.PLAN if talk.says(Means.RECHECKS, line) or kind is K.RESULT else None
        if kind is K.EXAM:
            return kind if clinician and claims.basis is Basis.EXPERIENCED and not coming else None
        if named.kind is Kind.PLAN:
            return kind if coming else None
        if kind is K.HABIT or named.concept == WEIGHT_LOSS:
            return self._advised(named, line) or kind
        if kind is K.SYMPTOM and self._is_examined(named, claims, line):
            return K.EXAM
        return kind

    def _advised(self, named: Named, line: int) -> FindingKind | None:
        """PLAN where a clinician orders or advises it: "try to lose some weight"."""
        talk = self.talk
        if not talk.is_by(line, Role.CLINICIAN) or talk.said[line].asks:
            return None
        before = talk.text.part(range(max(talk.lines[line].start, named.tokens.start - CLOSE), named.tokens.start))
        whole = talk.text.part(range(talk.lines[line].start, named.tokens.stop))
        told = phrases.begins(Means.ORDERS, whole) or phrases.says(Means.ADVISES, before)
        return K.PLAN if told else None

    def _is_vaccinated_against(self, named: Named, line: int) -> bool:
        """Whether an illness is one of those asked of vaccines: "up to date with your jabs, hepatitis B and so on?"."""
        before = self.talk.text.part(range(self.talk.lines[line].start, named.tokens.start))
        return self.talk.said[line].asks and phrases.says(Means.VACCINATED, before) is not None

    def _is_done(self, named: Named, line: int) -> bool:
        """Whether a clinician tells of a test that was done, and not of one to come."""
        talk = self.talk
        start = max(talk.lines[line].start, named.tokens.start - OWN)
        behind = talk.text.part(range(start, talk.lines[line].stop))
        own = phrases.says(Means.OWN_TEST, talk.text.part(range(start, named.tokens.start)))
        return own is not None or phrases.says(Means.TESTED, behind) is not None

    def _is_brought_up(self, named: Named, line: int) -> bool:
        """Whether a clinician looks at what a test gave: "let's look at your x-ray"."""
        start = max(self.talk.lines[line].start, named.tokens.start - LOOKED_AT)
        return phrases.says(Means.BROUGHT_UP, self.talk.text.part(range(start, named.tokens.start))) is not None

    def _reacts(self, named: Named, line: int) -> bool:
        """Whether a drug is told with what only an allergy does: "it gives me hives"."""
        if named.kind not in {*DRUGS, Kind.ALLERGEN} or self.talk.is_by(line, Role.CLINICIAN):
            return False
        before = self.talk.text.part(range(self.talk.lines[line].start, named.tokens.start))
        reacts = self.talk.says(Means.REACTS, line)
        return reacts and not phrases.says(Means.TAKEN, before)

    def _is_intolerant(self, named: Named, line: int) -> bool:
        """Whether it is not taken because it does harm: "I can't have shellfish", said of allergies."""
        before = self.talk.text.part(range(self.talk.lines[line].start, named.tokens.start))
        found = phrases.says(Means.INTOLERANT, before)
        return found is not None and phrases.says(Means.BECAUSE, before[found.end() :]) is None

    def _is_of_allergies(self, named: Named, line: int) -> bool:
        """Whether the sentence, or the question that it answers, is about allergies of what is named."""
        talk = self.talk
        before = talk.text.part(range(talk.lines[line].start, named.tokens.start))
        if phrases.says(Means.TOLERATED, before):
            return False
        if talk.says(Means.ALLERGIES, line):
            return True
        pair = talk.answered_by(line)
        if pair is None or not any(talk.says(Means.ALLERGIES, number) for number in pair.asked):
            return False
        return not phrases.says(Means.TAKEN, before)

    def _is_examined(self, named: Named, claims: Claims, line: int) -> bool:
        """Whether a clinician says what was found: not asked, not told back, not of the future."""
        talk = self.talk
        if not talk.is_by(line, Role.CLINICIAN) or claims.basis is not Basis.EXPERIENCED:
            return False
        if claims.time is not Time.CURRENT:
            return False
        if talk.says(Means.EXAMINED, line):
            return not talk.says(Means.COMES_WITH, line)
        if named.kind is not Kind.SIGN:
            return False
        return talk.says(Means.SEEN, line) or not talk.says(Means.TOLD_BACK, line)

    def _finding(self, name: str, mention: Mention) -> Finding:
        heard = (mention.span, *mention.settled)
        words = [word for span in heard for word in self.talk.transcript.words_in(span)]
        claims = mention.claims
        if mention.kind is K.PROCEDURE and claims.time in (Time.CURRENT, Time.OPEN):
            claims = replace(claims, time=Time.PAST)  # one that is named has been done
        return Finding(
            name,
            mention.kind,
            mention.concept,
            claims,
            heard,
            tuple(dict.fromkeys(mention.told)),
            self.talk.said[mention.line].speaker,
            min((word.probability for word in words), default=1.0),
        )


def _each(mention: Mention) -> Iterator[Mention]:
    """The mention for each person who has it."""
    for person in mention.relatives:
        yield replace(mention, claims=replace(mention.claims, experiencer=person))
    yield mention
