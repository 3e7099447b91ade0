"""First and second person to third; `None` where it is not safe, and the words stay a quotation.

"I take my metformin" said by the patient -> "Takes the metformin"; "you have some swelling in your legs" said by the
clinician -> "Has some swelling in the legs". A subject that opens a sentence goes, as notes are written. Only the
pronouns, what belongs to them and the verb that follows change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scribe.sections import phrases
from scribe.sections.tokens import Token, Tokens

BODY, PEOPLE = phrases.words("body"), phrases.words("people")
OBJECT_YOU_AFTER, SAID_OF_YOU = phrases.words("object_you_after"), phrases.words("said_of_you")
IRREGULAR = phrases.forms("irregular_verbs")
UNCHANGING = phrases.words("unchanging")
WE = phrases.forms("we")
CONTRACTED = {"i'm": "is", "i've": "has", "i'll": "will", "you're": "is", "you've": "has", "you'll": "will"}
JOINING = frozenset({"and", "but", "or", "then", "so"})
HELPERS = phrases.words("helpers")
MODAL = frozenset({"can", "could", "would", "should", "may", "might", "must", "will"})
WHEN = frozenset({"when", "while", "if", "unless", "until", "whenever", "after", "before"})
SUBJECT, OBJECT, OWNER = "patient", "patient-object", "patient-owner"  # tags of words that stand for the patient
HE_SHE = {"male": {SUBJECT: "he", OBJECT: "him", OWNER: "his"}, "female": {SUBJECT: "she", OBJECT: "her", OWNER: "her"}}
SEXES = {name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for name, pattern in phrases.patterns("sexes").items()}
RELATIVES = re.compile(rf"\b(?:{phrases.pattern('relative_of', 'closest_family')})\b", re.IGNORECASE)
VOWELS = frozenset("aeiouy")  # a word without one is a unit
MOST = 3  # "the patient" more often than this in one sentence reads worse than a quotation


@dataclass(frozen=True, slots=True)
class _Person:
    subject: str
    contracted: frozenset[str]
    possessive: str
    object: str
    own: frozenset[str]  # other words of this person, each turned by `WE`
    foreign: frozenset[str]  # words that make the sentence unsafe to turn


PATIENT = _Person(
    "i",
    frozenset({"i'm", "i've", "i'll", "i'd"}),
    "my",
    "me",
    frozenset({"we", "us", "our", "we're", "we've", "we'll", "mine", "myself", "ourselves"}),
    phrases.words("patient_unsafe"),
)
CLINICIAN = _Person(
    "you",
    frozenset({"you're", "you've", "you'll", "you'd"}),
    "your",
    "you",
    frozenset({"yours", "yourself"}),
    phrases.words("clinician_unsafe"),
)


def patient(tokens: Tokens) -> Tokens | None:
    """What the patient says of herself, in the third person; None where a word of it cannot be turned safely."""
    return _turn(tokens, PATIENT)


def clinician(tokens: Tokens) -> Tokens | None:
    """What the clinician says to the patient, in the third person; None where it cannot be turned safely."""
    return _turn(tokens, CLINICIAN)


def mentions(tokens: Sequence[Token]) -> bool:
    """Whether a word of the first or second person is left."""
    known = {
        word
        for person in (PATIENT, CLINICIAN)
        for word in (person.subject, person.possessive, person.object, *person.contracted, *person.own)
    }
    return any(token.bare in known for token in tokens)


def addresses(tokens: Sequence[Token]) -> bool:
    """Whether somebody is spoken to."""
    words = {CLINICIAN.subject, CLINICIAN.possessive} | CLINICIAN.contracted | CLINICIAN.own
    return any(token.bare in words for token in tokens)


def sex_of(said: Sequence[str]) -> str:
    """The patient's sex as the clinician's words give it ("a 58-year-old male", "ma'am"); empty where they do not."""
    own = [text for text in said if not RELATIVES.search(text)]
    found = {name for name, pattern in SEXES.items() for text in own if pattern.search(text)}
    return found.pop() if len(found) == 1 else ""


def pronouns(tokens: Tokens, sex: str) -> Tokens:
    """The sentence with he or she for "the patient", where the visit says which."""
    words = HE_SHE.get(sex)
    if words is None:
        return tokens
    return tuple(token.worded(words[token.tag], "PRP") if token.tag in words else token for token in tokens)


def third(verb: str) -> str:
    """A verb's form after he or she: take -> takes."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def _turn(tokens: Tokens, person: _Person) -> Tokens | None:
    if any(token.bare in person.foreign for token in tokens):
        return None
    turned: list[Token] = []
    at = named = 0
    while at < len(tokens):
        token = tokens[at]
        made, used, names = [token], 1, False
        if token.bare in {person.subject, *person.contracted} and _is_subject(tokens, at, person):
            verb = _verb(tokens, at)
            if verb is None:
                return None
            made, used, names = _clause(token, verb, turned, tokens, at)
        elif token.bare == person.possessive:
            if at + 1 == len(tokens):
                return None
            made = _possession(tokens, at, first=not turned)
        elif token.bare in {person.subject, person.object}:
            made, names = _object(token, turned)
        elif token.bare in person.own:
            made = [token.worded(WE[token.bare])]
        turned += made
        at += used
        named += names
    return tuple(turned) if turned and named <= MOST else None


def _clause(
    subject: Token, verb: list[Token], before: list[Token], tokens: Tokens, at: int
) -> tuple[list[Token], int, bool]:
    """A subject and its verb turned; how many tokens that used up; whether the patient had to be named."""
    used = len(verb) + (subject.bare not in CONTRACTED and subject.bare[-2:] != "'d")
    if before and before[-1].bare in MODAL and subject.bare not in CONTRACTED:
        return [subject.worded("the patient", SUBJECT), *tokens[at + 1 : at + used]], used, True  # "should you have"
    follows = tokens[at + used].tag if at + used < len(tokens) else ""
    goes_on = before and before[-1].bare in JOINING and tokens[0].bare == subject.bare.split("'")[0]
    if not before or (goes_on and not any(token.tag in {SUBJECT, "PRP", "EX"} for token in before)):
        return verb, used, False  # the patient is still the one spoken of
    if before[-1].bare in WHEN and verb[-1].bare in {"is", "was"} and follows == "VBG":
        return verb[:-1], used, False  # "when I'm lying down" -> "when lying down"
    said = tokens[at + used - 1]
    acts = said.tag in {"VBP", "VB"} and said.bare.isalpha() and said.bare not in HELPERS
    if before[-1].bare in WHEN - {"if", "unless", "until"} and acts:
        return [*verb[:-1], verb[-1].worded(gerund(_base(tokens[at + used - 1])), "VBG")], used, False
    return [subject.worded("the patient", SUBJECT), *verb], used, True


def _object(token: Token, turned: list[Token]) -> tuple[list[Token], bool]:
    """The patient as an object: nobody in "give you something", named elsewhere."""
    if turned and turned[-1].bare in phrases.words("drops_object"):
        return [], False
    return [token.worded("the patient", OBJECT)], True


def _possession(tokens: Tokens, at: int, *, first: bool) -> list[Token]:
    """`my chest` -> the chest (Chest, at the start), `my mother` -> mother, `my job` -> their job."""
    owned = next((token for token in tokens[at + 1 : at + 5] if token.tag.startswith("NN")), tokens[at + 1])
    noun = owned.bare.removesuffix("'s")
    if noun in PEOPLE or first:
        return []
    the = noun in BODY or noun.removesuffix("s") in BODY or tokens[at].bare == CLINICIAN.possessive
    return [tokens[at].worded("the", "DT") if the else tokens[at].worded("their", OWNER)]


def _base(token: Token) -> str:
    return token.bare.removesuffix("n't")


def _verb(tokens: Tokens, at: int) -> list[Token] | None:
    """The adverbs and the verb of the subject at `at`, the verb in the third person; None where there is none."""
    subject = tokens[at].bare
    after = at + 1
    while after < len(tokens) - 1 and (tokens[after].tag in {"RB", "RBS", "RBR"} or tokens[after].bare == "likely"):
        after += 1
    if subject in CONTRACTED:
        return [tokens[at].worded(CONTRACTED[subject], "VBZ")]
    if subject.endswith("'d"):
        had = after < len(tokens) and (tokens[after].tag == "VBN" or tokens[after].bare in {"been", "had"})
        return [tokens[at].worded("had" if had else "would", "MD")]
    if after == len(tokens) or tokens[at].text[-1] in ".?!":
        return None
    verb = tokens[after]
    if verb.tag not in {"VBP", "VB", "VBD", "MD", "VBZ", "VBN", "NN", "NNS", "IN", "JJ"}:
        return None
    finite = _finite(verb)
    return None if finite is None else [*tokens[at + 1 : after], finite]


def _finite(verb: Token) -> Token | None:
    """A finite verb after "I" or "you" as it stands after "she"; None for what is no verb."""
    bare = verb.bare
    if verb.tag in {"VBD", "MD"} and bare not in IRREGULAR:
        return verb
    if bare in UNCHANGING:
        return verb
    if bare in IRREGULAR:
        return verb.worded(IRREGULAR[bare], "VBZ")
    if verb.tag in {"VBP", "VB"} and bare.isalpha() and not VOWELS.isdisjoint(bare):
        return verb.worded(third(bare), "VBZ")
    if verb.tag in {"VBN", "VBZ"}:
        return verb  # a past form that the tagger took for a participle, or a form already turned
    return None


def gerund(verb: str) -> str:
    """A verb's -ing form: take -> taking, get -> getting."""
    if verb in GERUNDS:
        return GERUNDS[verb]
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return f"{verb[:-1]}ing"
    short = len(verb) > 2 and verb[-1] not in "aeiouwxyhcl" and verb[-2] in "aeiou" and verb[-3] not in "aeiou"
    if short and (len(verb) <= 4 or verb.endswith(("mit", "fer", "cur", "gin"))):
        return f"{verb}{verb[-1]}ing"
    return f"{verb}ing"


GERUNDS = phrases.forms("gerunds")


def _is_subject(tokens: Tokens, at: int, person: _Person) -> bool:
    """Whether "you" is followed by its verb: "you have" against "for you" or "start you on"."""
    if person is PATIENT or tokens[at].bare != person.subject:
        return True
    before = tokens[at - 1] if at else None
    if tokens[at].text[-1] in ".,;?!" or at + 1 == len(tokens):
        return False
    if before is not None and before.text[-1].isalpha() and before.bare in OBJECT_YOU_AFTER:
        return before.bare == "like" and tokens[at + 1].tag in {"VBP", "MD"}
    after = at + 1
    while after < len(tokens) - 1 and (tokens[after].tag in {"RB", "RBS", "RBR"} or tokens[after].bare == "likely"):
        after += 1
    return tokens[after].tag in {"VBP", "VBD", "MD", "VB", "VBZ"}
