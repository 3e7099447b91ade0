"""What findings say of each other: the place of a sign, a pain named again, what is told twice."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from scribe.clinical import phrases
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Mention, Talk
from scribe.clinical.terms import Kind, Lexicon
from scribe.clinical.text import Text
from scribe.types import PATIENT, Attribute, AttributeKind, Basis, FindingKind, Polarity, Role, Time

K, A = FindingKind, AttributeKind
REPLACED = frozenset({K.MEDICATION, K.PLAN, K.PROBLEM, K.PROCEDURE, K.RESULT, K.IMMUNIZATION})
LED = re.compile(r"[ ,]+(?:an?|the|some|it's|use|do)$")
TOO = re.compile(r"[ ,]*(?:too|also|as well|and)\b")
ANY = "any"  # the drug of "no other medications"
PAIN, NORMAL, NEGATIVE = "pain", "normal", "negative"
PAINS = (" pain", "ache")
RETURN = "return"  # to call or to come back: says something with its condition only
RECENT = 40  # utterances in which "the pain" may be one that was named
OWN = 3  # words before a pain that may say it is another one
APPOSED = 2  # words between the class of a drug and its name
APPOSITIONS = frozenset({"", ",", "called", ", called", ", the", ":", "-"})
ECHO = 5  # words of an echo
CARRIED = 3  # utterances in which a bare name is of the drug ordered before
CLOSE = 5  # words between a sign and its place


def slice_of(tokens: range) -> slice:
    """The slice with these numbers."""
    return slice(tokens.start, tokens.stop)


def counts(mention: Mention) -> bool:
    """Whether it says something: no question that nobody answered."""
    return not mention.dropped and mention.claims.basis is not Basis.ASKED


class Joining:
    """The mentions of a talk, put right by each other."""

    def __init__(self, talk: Talk, lexicon: Lexicon) -> None:
        self.talk = talk
        self.lexicon = lexicon

    def finish(self) -> None:
        """Put each mention right by what was told of it, and make one of what is said twice."""
        for mention in self.talk.found:
            self._finish(mention)
        for mention in self.talk.found:
            self._echo(mention)
        self._join()

    def place(self) -> None:
        """Drop what only says more of another: "the drum looks red" of a sign, "a statin, atorvastatin" of a drug."""
        self._take_back()
        for mention in self.talk.found:
            if mention.kind is K.EXAM and mention.concept == NORMAL:
                mention.dropped = self._is_value(mention)
            if mention.named.kind is Kind.DRUG_CLASS:
                mention.dropped = mention.dropped or self._is_named(mention)
            if mention.named.kind in (Kind.DRUG, Kind.DRUG_CLASS):
                self._carry(mention)
            elif mention.kind in (K.SYMPTOM, K.PROBLEM):
                self._warn(mention)
            if mention.named.kind is not Kind.STRUCTURE or mention.dropped:
                continue
            sign = next((m for m in self.talk.here(mention.line) if self._is_sign_of(m, mention)), None)
            if sign is not None:
                mention.dropped = True
                text = self.talk.text.text[mention.span.start : mention.span.end]
                sign.told.append(Attribute(A.SITE, text, mention.span))

    def _take_back(self) -> None:
        """Drop what the speaker replaces in the same breath: "amoxicillin, no wait, azithromycin"."""
        for mention, after in pairwise(self.talk.found):
            if (
                mention.kind is not after.kind
                or mention.kind not in REPLACED
                or after.tokens.start < mention.tokens.stop
            ):
                continue
            if after.line - mention.line > 1 or self.talk.starts_turn(after.line) > mention.line:
                continue
            between = self.talk.text.part(range(mention.tokens.stop, after.tokens.start)).strip(" ,.")
            behind = self.talk.text.part(range(after.tokens.stop, self.talk.lines[after.line].stop))
            replaced = phrases.ends(Means.TAKES_BACK, f"{LED.sub('', between)} ") and not TOO.match(behind)
            mention.dropped = mention.dropped or replaced

    def _carry(self, drug: Mention) -> None:
        """Let a bare name be what was ordered just before: "I'll give you a painkiller. So, tramadol, 50 mg"."""
        talk, claims = self.talk, drug.claims
        plain = (
            claims.basis is Basis.EXPERIENCED and claims.polarity is Polarity.PRESENT and claims.time is Time.CURRENT
        )
        if drug.kind is not K.MEDICATION or drug.asked or not plain or not talk.is_by(drug.line, Role.CLINICIAN):
            return
        lead = talk.text.part(range(talk.lines[drug.line].start, drug.tokens.start))
        named = [m for m in talk.here(drug.line) if m.kind is K.MEDICATION and m.tokens.start < drug.tokens.start]
        if not named and not phrases.whole(Means.BARE_DRUG, lead):
            return
        before = named or [
            m
            for m in talk.found
            if m.kind is K.MEDICATION
            and drug.line - CARRIED <= m.line < drug.line
            and talk.is_by(m.line, Role.CLINICIAN)
        ]
        if not before or before[-1].claims.polarity is not Polarity.PRESENT:
            return
        last = before[-1].claims
        between = talk.text.part(range(before[-1].tokens.stop, drug.tokens.start)) if named else ""
        coming = last.time is Time.PLANNED or last.basis is Basis.OFFERED
        if coming and (not named or phrases.whole(Means.TOGETHER, between)):
            drug.claims = replace(claims, time=last.time, basis=last.basis)

    def _warn(self, mention: Mention) -> None:
        """Let a list that goes on with risks be of risks: "Also, stroke, or even death"."""
        talk, claims = self.talk, mention.claims
        plain = claims.basis is Basis.EXPERIENCED and claims.time is Time.CURRENT
        if mention.asked or not plain or not talk.is_by(mention.line, Role.CLINICIAN):
            return
        lead = talk.text.part(range(talk.lines[mention.line].start, mention.tokens.start))
        before = [
            m
            for m in talk.found
            if m.line in (mention.line - 1, mention.line) and m.tokens.start < mention.tokens.start
        ]
        if not before or before[-1].claims.basis is not Basis.COUNSELLED:
            return
        own = [m for m in before if m.line == mention.line]
        if own:
            lead = talk.text.part(range(own[-1].tokens.stop, mention.tokens.start))
        if phrases.whole(Means.LISTED, lead) and (own or talk.is_by(before[-1].line, Role.CLINICIAN)):
            mention.claims = replace(claims, basis=Basis.COUNSELLED)

    def _is_sign_of(self, sign: Mention, part: Mention) -> bool:
        if sign.dropped or sign.named.kind in (Kind.STRUCTURE, Kind.EXAM) or sign.kind is not K.EXAM:
            return False
        text = self.talk.text
        if sign.tokens.start < part.tokens.start:
            between = text.part(range(sign.tokens.stop, part.tokens.start))
            return phrases.says(Means.UPON, between) is not None and len(between.split()) <= CLOSE
        between = text.part(range(part.tokens.stop, sign.tokens.start))
        return len(between.split()) <= CLOSE and phrases.says(Means.ANOTHER, between) is None

    def _finish(self, mention: Mention) -> None:
        """Put a mention right by what was told of it: a pain is named by its place."""
        if mention.kind is K.EXAM and mention.concept == NORMAL:
            line = self.talk.said[mention.line].span
            told = [one for one in mention.told if one.kind in (A.SITE, A.SIDE) and one.heard.start >= line.start]
            mention.dropped = mention.dropped or not told
        if mention.named.kind is Kind.EXAM:  # "strength is four out of five" is no measure of an illness
            mention.told = [replace(one, kind=A.VALUE) if one.kind is A.SEVERITY else one for one in mention.told]
            if any(one.kind is A.VALUE and one.text.lower() == NEGATIVE for one in mention.told):
                mention.claims = replace(mention.claims, polarity=Polarity.ABSENT)
        if mention.concept == PAIN and mention.kind in (K.SYMPTOM, K.EXAM):
            sites = [one.text for one in mention.told if one.kind is A.SITE]
            if len(sites) == 1:
                mention.concept = self._pain_of(sites[0])
            elif not sites and mention.kind is K.SYMPTOM:
                mention.concept = self._taken_up(mention)
        if mention.asked and not mention.told and phrases.asks(self.talk.words[mention.line]):
            mention.dropped = mention.dropped or any(
                one.concept == mention.concept and one.line < mention.line and not one.dropped
                for one in self.talk.found
            )
        if mention.kind in (K.VITAL, K.RESULT) and mention.named.kind is not Kind.TEST:
            measured = any(one.kind in (A.VALUE, A.COURSE) for one in mention.told)
            mention.dropped = mention.dropped or not measured  # "for blood pressure" measures nothing
        if mention.kind is K.PLAN and mention.concept == RETURN and mention.claims.time is not Time.CONDITIONAL:
            mention.dropped = True
        if mention.kind is K.PLAN and mention.named.kind is Kind.HABIT:
            action = next((one.text for one in mention.told if one.kind is A.ACTION), "")
            if phrases.says(Means.CESSATION, f"{action.lower()} "):
                mention.concept = f"{mention.concept} cessation"

    def _echo(self, mention: Mention) -> None:
        """Take what a clinician says after the other, in a word, for what was said: "Asthma, okay." of the mother."""
        talk = self.talk
        if mention.dropped:
            return
        if not talk.is_by(mention.line, Role.CLINICIAN):
            mention.dropped = self._is_of_a_relative(mention)
            return
        if mention.kind is K.HABIT and not mention.asked and not mention.told and self._is_asked_next(mention):
            mention.dropped = True  # "Regarding alcohol."
            return
        if sum(token.text[0].isalnum() for token in talk.text.tokens[slice_of(talk.lines[mention.line])]) > ECHO:
            return
        told = [
            m
            for m in talk.found
            if mention.line - CARRIED <= m.line < mention.line
            and m.concept == mention.concept
            and not m.dropped
            and not talk.is_by(m.line, Role.CLINICIAN)
        ]
        if not told:
            return
        other = mention.claims.experiencer != told[-1].claims.experiencer
        alike = mention.kind is told[-1].kind and mention.claims.polarity is told[-1].claims.polarity
        if other or alike:
            mention.dropped = True
            if alike and not other:
                told[-1].told += [one for one in mention.told if one not in told[-1].told]
            told[-1].settled = (*told[-1].settled, mention.span)

    def _is_of_a_relative(self, mention: Mention) -> bool:
        """Whether a word or two say again what a relative has: "My dad had gout." "Has gout?" "Had gout."."""
        talk = self.talk
        if mention.claims.experiencer != PATIENT or not phrases.begins(Means.HAS_HAD, talk.words[mention.line]):
            return False
        if sum(token.text[0].isalnum() for token in talk.text.tokens[slice_of(talk.lines[mention.line])]) > ECHO:
            return False
        near = range(mention.line - CARRIED, mention.line)
        told = [m for m in talk.found if m.line in near and m.concept == mention.concept and not m.dropped]
        return bool(told) and told[-1].kind is K.FAMILY

    def _is_asked_next(self, mention: Mention) -> bool:
        """Whether what is named, and no more, is asked or told right after."""
        near = range(mention.line + 1, mention.line + ECHO + 1)
        return any(m.concept == mention.concept and m.kind is K.HABIT and m.line in near for m in self.talk.found)

    def _is_named(self, mention: Mention) -> bool:
        """Whether the name of the drug follows its class: "the contraceptive pill, Microgynon"."""
        drugs = [m for m in self.talk.here(mention.line) if m.named.kind is Kind.DRUG and m.concept != ANY]
        behind = [m for m in drugs if 0 <= m.tokens.start - mention.tokens.stop <= APPOSED]
        text = self.talk.text
        return any(text.part(range(mention.tokens.stop, m.tokens.start)).strip() in APPOSITIONS for m in behind)

    def _is_value(self, mention: Mention) -> bool:
        """Whether "normal" is said of something that is named: "power is normal"."""
        named = (K.EXAM, K.RESULT, K.VITAL, K.PLAN)
        for other in self.talk.here(mention.line):
            if other is not mention and other.kind in named and other.tokens.stop <= mention.tokens.start:
                between = self.talk.text.part(range(other.tokens.stop, mention.tokens.start))
                if (
                    phrases.says(Means.ANOTHER, between) is None
                    and "," not in between
                    and other.named.kind is not Kind.SIGN
                ):
                    return True
        return False

    def _join(self) -> None:
        """Make one of what is said twice in one utterance ("drink alcohol"), or told back with nothing new."""
        kept: list[Mention] = []
        for mention in self.talk.found:
            if not counts(mention):
                continue
            before = next((one for one in reversed(kept) if self._is_again(mention, one)), None)
            if before is None:
                kept.append(mention)
                continue
            mention.dropped = True
            before.told += [one for one in mention.told if one not in before.told]
            before.settled = (*before.settled, mention.span, *mention.settled)

    def _is_again(self, mention: Mention, before: Mention) -> bool:
        claims = replace(mention.claims, triggers=before.claims.triggers)
        if mention.part:
            return False
        if (mention.kind, mention.concept, claims) != (before.kind, before.concept, before.claims):
            return False
        if mention.line == before.line:
            places = [{one.text.lower() for one in m.told if one.kind in (A.SIDE, A.SITE)} for m in (mention, before)]
            values = any(one.kind is A.VALUE for one in mention.told)
            return not values and (not places[0] or places[0] == places[1])
        return not mention.told and self.talk.is_by(mention.line, Role.CLINICIAN)

    def _taken_up(self, mention: Mention) -> str:
        """The pain that was named before, where this takes it up: "Where is that pain?"."""
        talk = self.talk
        start = max(talk.lines[mention.line].start, mention.tokens.start - OWN)
        before = talk.text.part(range(start, mention.tokens.start))
        claims = mention.claims
        told = claims.experiencer == PATIENT and claims.basis is Basis.EXPERIENCED
        if not told or claims.polarity is Polarity.ABSENT or phrases.says(Means.OTHER, before):
            return PAIN
        named = (
            one.concept
            for one in reversed(talk.found)
            if mention.line - RECENT <= one.line <= mention.line
            and one.tokens.start < mention.tokens.start
            and one.kind is K.SYMPTOM
            and one.concept.endswith(PAINS)
            and one.concept != PAIN
            and one.claims.polarity is Polarity.PRESENT
            and not one.dropped
        )
        return next(named, PAIN)

    def _pain_of(self, site: str) -> str:
        """The name of the pain in a place: "headache" for the head; plain "pain" where it has none."""
        names = {one.concept for one in self.lexicon.named(Text(f"{site} pain"))}
        return names.pop() if len(names) == 1 else PAIN
