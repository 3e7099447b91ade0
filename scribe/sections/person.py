"""First and second person to third, where that is safe; `None` where it is not, and the words stay a quotation.

"I take my metformin" said by the patient -> "Takes the metformin"; "you have some swelling in your legs" said by the
clinician -> "Has some swelling in the legs". A verb changes its form only if it is in the tables below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scribe.sections import phrases
from scribe.sections.tokens import Token, Tokens

ADVERBS, UNCHANGED, REGULAR = map(phrases.words, ("adverbs", "unchanged_verbs", "regular_verbs"))
THIRD = phrases.forms("irregular_verbs")
BODY, PEOPLE = phrases.words("body"), phrases.words("people")
OBJECT_YOU_AFTER, SAID_OF_YOU = phrases.words("object_you_after"), phrases.words("said_of_you")
CONTRACTED = {"i've": "has", "you've": "has", "i'm": "is", "you're": "is", "i'll": "will", "you'll": "will"}
JOINING = frozenset({"and", "but", "or", "then", "so"})
WHEN = frozenset({"when", "while", "if", "unless", "until", "whenever"})
SUBORDINATE = frozenset(
    {"that", "because", "since", "before", "after", "where", "what", "how", "than", "as", "though", "although", "which"}
)
MODAL = frozenset({"can", "could", "would", "should", "may", "might", "must", "will", "can't"})
MOST = 2  # "the patient" more often than this in one sentence reads worse than a quotation


@dataclass(frozen=True, slots=True)
class _Person:
    subject: str
    contracted: frozenset[str]
    possessive: str
    object: str
    foreign: frozenset[str]  # words that make the sentence unsafe to turn


PATIENT = _Person("i", frozenset({"i'm", "i've", "i'll"}), "my", "me", phrases.words("patient_unsafe"))
CLINICIAN = _Person("you", frozenset({"you're", "you've", "you'll"}), "your", "you", phrases.words("clinician_unsafe"))


def patient(tokens: Tokens) -> Tokens | None:
    """What the patient says of herself, in the third person; None where a word of it cannot be turned safely."""
    return _turn(tokens, PATIENT)


def clinician(tokens: Tokens) -> Tokens | None:
    """What the clinician says to the patient, in the third person; None where it cannot be turned safely."""
    return _turn(tokens, CLINICIAN)


def mentions(tokens: Sequence[Token]) -> bool:
    """Whether a word of the first or second person is left."""
    words = {PATIENT.subject, PATIENT.possessive, PATIENT.object, CLINICIAN.subject, CLINICIAN.possessive}
    known = words | PATIENT.contracted | CLINICIAN.contracted | PATIENT.foreign | CLINICIAN.foreign
    return any(token.bare in known for token in tokens)


def addresses(tokens: Sequence[Token]) -> bool:
    """Whether somebody is spoken to."""
    words = {CLINICIAN.subject, CLINICIAN.possessive} | CLINICIAN.contracted | CLINICIAN.foreign
    return any(token.bare in words for token in tokens)


def _turn(tokens: Tokens, person: _Person) -> Tokens | None:
    bare = [token.bare for token in tokens]
    if any(word in person.foreign for word in bare) or ("you", "know") in pairwise(bare):
        return None
    turned: list[Token] = []
    at = named = 0
    while at < len(tokens):
        token = tokens[at]
        made, used, names = [token], 1, False
        if token.bare == person.possessive:
            if at + 1 == len(tokens):
                return None
            made = _possession(tokens, at, first=not turned)
        elif token.bare in {person.subject, *person.contracted} and _is_subject(tokens, at):
            verb = _verb(tokens, at)
            if verb is None:
                return None
            follows = tokens[at + 1].bare if at + 1 < len(tokens) else ""
            clause = _clause(token, verb, turned, named=named, follows=follows)
            if clause is None:
                return None
            made, used, names = clause
        elif token.bare in {person.subject, person.object}:
            made, names = [_worded(token, "the patient")], True
        turned += made
        at += used
        named += names
    return tuple(turned) if turned and named <= MOST else None


def _clause(
    subject: Token, verb: list[Token], before: list[Token], *, named: int, follows: str
) -> tuple[list[Token], int, bool] | None:
    """A subject and its verb turned; how many tokens that used up; whether the patient had to be named.

    None where the clause is put in between ("it began, I would say, on Monday").
    """
    used = len(verb) + (subject.bare not in CONTRACTED)
    if not before or (before[-1].bare in JOINING and not named):
        modal = subject.bare == "you" and verb[0].bare in MODAL
        return ([_worded(subject, "patient"), *verb] if modal else verb), used, False
    if before[-1].bare in WHEN and verb[0].bare == "is" and follows.endswith("ing") and follows != "going":
        return [], used, False  # "when I'm lying down" -> "when lying down"
    opening = WHEN | SUBORDINATE | JOINING | (SAID_OF_YOU if subject.bare.startswith("you") else frozenset())
    opens = before[-1].bare in opening or before[-1].text.endswith((",", "."))
    named_subject = _worded(replace(subject, text=subject.bare), "the patient")
    return ([named_subject, *verb], used, True) if opens else None


def _worded(token: Token, word: str) -> Token:
    """`token` with another word and its own punctuation."""
    tail = token.text[len(token.text.rstrip(',.;:!?\u2026)"')) :]
    return replace(token, text=word + tail)


def _possession(tokens: Tokens, at: int, *, first: bool) -> list[Token]:
    """`my chest` -> the chest (Chest, at the start), `my mother` -> mother, `my job` -> their job."""
    owned = tokens[at + 1].bare.removesuffix("'s")
    if owned in PEOPLE or first:
        return []
    return [_worded(tokens[at], "the" if owned in BODY else "their")]


def _verb(tokens: Tokens, at: int) -> list[Token] | None:
    """The adverbs and the verb of the subject at `at`, the verb in the third person; None where it is not known."""
    subject = tokens[at].bare
    if subject in CONTRACTED:
        return [_worded(tokens[at], CONTRACTED[subject])]
    after = at + 1
    while after < len(tokens) and (tokens[after].bare in ADVERBS or tokens[after].bare.endswith("ly")):
        after += 1
    if after == len(tokens) or tokens[at].text != tokens[at].text.rstrip(",.;:!?"):
        return None
    verb = _third(tokens[after].bare)
    return None if verb is None else [*tokens[at + 1 : after], _worded(tokens[after], verb)]


def _third(verb: str) -> str | None:
    if verb in THIRD:
        return THIRD[verb]
    if verb in UNCHANGED or (verb.endswith("ed") and len(verb) > 4):
        return verb
    return f"{verb}s" if verb in REGULAR else None


def _is_subject(tokens: Tokens, at: int) -> bool:
    """Whether "you" is followed by its verb: "you have" against "for you" or "start you on"."""
    if tokens[at].bare != "you":
        return True
    before = tokens[at - 1].bare if at else ""
    return before not in OBJECT_YOU_AFTER and tokens[at].text[-1].isalpha() and at + 1 < len(tokens)
