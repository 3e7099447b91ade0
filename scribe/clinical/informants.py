"""Whom a visit is about where somebody else tells of the patient: a parent of a child, a daughter of her mother.

"My dad was on dialysis" is the patient's father where patients speak for themselves, and the child's grandfather where
a parent speaks. Who is meant by "he" follows from the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scribe.clinical import notation, people
from scribe.clinical.lists import lists
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Talk
from scribe.types import PATIENT, Claims, Role, Span

FIRST = 24  # utterances in which it shows whom a visit is about
NEAR = 3  # words between "my" and the relative
CHILDREN = frozenset({"son", "daughter", "twin", "children"})
A_PARENT = "parents"
ADULT = 18


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{notation.expression(pattern, lists())})")


ABOUT_ANOTHER = _compiled("(he|she|him|her|his|he's|she's|he'd|she'd)")
ASKED_FOR = _compiled(
    "(how 's|how is|how has|what brings|what 's brought|what brought|has|does|is) [your] [little|young] {person} "
    "[been|doing|feeling|in|today|have|had|any|ever|up]"
)
YOURS = _compiled("your [little|young|older|younger] {person}")
LITTLE_ONE = _compiled("(your|my|our|the|this) (baby|little one|toddler|little boy|little girl|newborn|child|kid)")
AGED = re.compile(r"(?<!\S)(\d+) (?:- )?years? (?:- )?old")
MINE = re.compile(r"(?<!\S)(?:my|our) ((?:\S+ ){0,2})$")
ANOTHER_CHILD = re.compile(r"(?<!\S)(?:other|older|oldest|eldest|elder|younger|youngest|middle|little) ")
I_HAVE = re.compile(
    r"(?<!\S)(?:i|i've|i'm) "
    r"(?:(?:'ve|'m|have|had|got|am|was|also|used to|do|always|a|an|the|some|bad|really) )*$"
)
SUBJECT = _compiled(
    "<and|but|so|well|yeah|yes|no|,|.|oh|um|uh|i|think|know|believe|mean|maybe|also|that|then|like> "
    "[my|his|her|our|the|both of my|one of my] {person}"
)
GOES_ON = re.compile(
    r"(?:(?:and|but|so|well|then|yeah|yes|i|think|,) )*(?:(he|his|him)|(she|her)|(they|their|them))(?:'\S+)? "
)
PRONOUNS = ("he", "she", "they")  # the groups of GOES_ON
ANY_PERSON = "{person}"  # the cue that is any word for somebody else
BESIDES = re.compile(
    rf"(?<!\S)(?:(?:my|his|her|our|your|the) )?(?P<person>{people.expression()})"
    r"(?:(?:, )?(?:and|or) |, )(?:also )?(?:(?:my|his|her|our|your|the) )?$"
)
HAS_ALONE = re.compile(r"(?:'s|has|is|was|gets|takes|got|suffers|does|died|thinks|says|said) ")
YOUR_OWN = _compiled("<and|but|so|well|okay|,|does|did|has|is|was> your {person}")
ASIDE = 5  # words and marks of an utterance that changes no subject: "Oh dear, okay."
CARRIED = 5  # utterances in which "he" may be of another turn


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a visit is about. `person`: who the patient is to the one who tells, where that is known."""

    by_another: bool = False
    child: bool = False
    person: str = ""


def of(talk: Talk) -> Subject:
    """Whom the talk is about, by its first utterances."""
    somebody = child = by_another = False  # `somebody`: a relative was named, whom "he" may mean
    person = ""
    for line in range(min(FIRST, len(talk.words))):
        words, role = talk.words[line], talk.said[line].role
        asked = _asked_for(words) if role is Role.CLINICIAN else ""
        little = role is not None and LITTLE_ONE.search(words) is not None
        aged = AGED.search(words)
        child = child or little or asked in CHILDREN or (aged is not None and int(aged[1]) < ADULT)
        person = person or asked
        by_another = by_another or little or bool(asked) or (not somebody and _is_about_another(talk, line))
        somebody = somebody or SUBJECT.search(words) is not None
    if not by_another:
        return Subject()
    return Subject(True, child or person == "" or person in CHILDREN, person)


def _is_about_another(talk: Talk, line: int) -> bool:
    """Whether the clinician asks of him or her, or the other speaker begins with "he" or "she"."""
    utterance, words = talk.said[line], talk.words[line]
    if utterance.role is Role.CLINICIAN:
        return utterance.asks and ABOUT_ANOTHER.search(words) is not None
    found = GOES_ON.match(words)
    return utterance.role is Role.PATIENT and found is not None and found[3] is None


def _asked_for(words: str) -> str:
    """The person for whom a clinician asks: "How's your mum doing?"."""
    found = ASKED_FOR.match(words)
    if found is None and not (YOURS.search(words) and any(one in words for one in ("your son ", "your daughter "))):
        return ""
    person = people.named_in(words)
    return "" if person in (people.FAMILY, people.OTHER) else person


class Experiencers:
    """Whose each finding is, in one talk."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.subject = of(talk)
        self._before = list(self._goes_on())

    def claims(self, claims: Claims, span: Span, line: int) -> Claims:
        """The claims with the person put right by whose relative is meant, and by "he" and "she"."""
        talk = self._talk
        role = talk.said[line].role
        before = self._before[line]
        if claims.experiencer == people.FAMILY and before and not self.subject.by_another:
            return replace(claims, experiencer=before)  # "He died of it"
        if claims.experiencer == PATIENT:
            if before:
                return replace(claims, experiencer=before)
            if role is Role.PATIENT and self._is_of_family(line):
                return replace(claims, experiencer=people.FAMILY)
            if self.subject.by_another and role is Role.PATIENT and self._is_own(span, line):
                return replace(claims, experiencer=A_PARENT if self.subject.child else people.OTHER)
            return claims
        if not self.subject.by_another:
            return claims
        if role is Role.CLINICIAN:
            is_patient = claims.experiencer == self.subject.person or claims.experiencer in CHILDREN
            yours = YOURS.search(talk.words[line]) is not None or claims.experiencer == self.subject.person
            return replace(claims, experiencer=PATIENT) if is_patient and yours else claims
        return replace(claims, experiencer=self._seen_by_the_patient(claims))

    def others(self, claims: Claims, line: int) -> tuple[str, ...]:
        """The relatives named in one breath with the one whose it is: "my mother and my sister both have gout"."""
        spoken = [one for one in claims.triggers if one.cue == ANY_PERSON]
        if self.subject.by_another or not spoken or claims.experiencer in (people.FAMILY, people.OTHER, A_PARENT):
            return ()
        text, tokens = self._talk.text, self._talk.lines[line]
        last = text.token_range(max(spoken, key=lambda one: one.span.start).span)
        if HAS_ALONE.match(text.part(range(last.stop, tokens.stop))):
            return ()  # "I live with my mum and my sister has gout"
        before, found = text.part(range(tokens.start, last.start)), list[str]()
        while (one := BESIDES.search(before)) is not None:
            found.insert(0, people.named_in(one["person"].strip()))
            before = before[: one.start()]
        return tuple(one for one in dict.fromkeys(found) if one != claims.experiencer)

    def _seen_by_the_patient(self, claims: Claims) -> str:
        """Who somebody is to the patient, when the informant calls them "my ..."."""
        for trigger in claims.triggers:
            tokens = self._talk.text.token_range(trigger.span)
            named = people.named_in(self._talk.text.part(tokens).strip())
            if trigger.claim != "relative" or named not in (claims.experiencer, people.FAMILY):
                continue
            before = self._talk.text.part(range(max(0, tokens.start - NEAR), tokens.start))
            found = MINE.search(before)
            if found is None and not self._talk.text.part(tokens).startswith(("in my ", "on my ")):
                continue
            another = found is not None and ANOTHER_CHILD.search(found[1])
            if claims.experiencer == self.subject.person and not another:
                return PATIENT
            if not self.subject.child:
                return people.FAMILY
            if claims.experiencer in CHILDREN and not another:
                return PATIENT
            return people.of_a_parent(claims.experiencer)
        return claims.experiencer

    def _is_of_family(self, line: int) -> bool:
        """Whether a question about the family is answered, not of the speaker: "There was a liver cancer"."""
        talk = self._talk
        pair = talk.answered_by(line)
        if pair is None or talk.says(Means.FIRST_PERSON, line):
            return False
        return talk.says(Means.IN_FAMILY, pair.asked[-1])

    def _is_own(self, span: Span, line: int) -> bool:
        """Whether the informant says "I have ..." of the mention."""
        tokens = self._talk.text.token_range(span)
        before = self._talk.text.part(range(self._talk.lines[line].start, tokens.start))
        return I_HAVE.search(before) is not None

    def _goes_on(self) -> Iterator[str]:
        """For each utterance, the relative who is meant by its "he" or "she"; empty where there is none."""
        talk, person, last = self._talk, "", 0
        own = not self.subject.by_another  # the patient speaks, so that "he" is nobody but a relative
        for line, words in enumerate(talk.words):
            changes = not line or talk.said[line - 1].speaker != talk.said[line].speaker
            if (changes and not own) or line - last > CARRIED:
                person = ""
            found = GOES_ON.match(words)
            pronoun = (
                next((one for one, group in zip(PRONOUNS, found.groups(), strict=True) if group), "") if found else ""
            )
            fits = bool(person and pronoun) and people.pronoun_of(person) in (pronoun, "they")
            yield person if fits else ""
            asked = YOUR_OWN.match(words) if own and talk.is_by(line, Role.CLINICIAN) else None
            if subject := SUBJECT.match(words) or asked:
                named = people.named_in(subject[0].strip())
                person, last = self._name(named, subject[0]), line
            elif fits:
                last = line
            elif not own or len(words.split()) > ASIDE:
                person = ""

    def _name(self, person: str, words: str) -> str:
        if not self.subject.by_another:
            return person
        if person == self.subject.person or (person in CHILDREN and self.subject.child):
            return ""
        return people.of_a_parent(person) if re.search(r"(?<!\S)(?:my|our) ", words) else person
