"""First and second person to third, where that is safe; `None` where it is not, and the words stay a quotation.

"I take my metformin" said by the patient -> "Takes the metformin"; "you have some swelling in your legs" said by the
clinician -> "Has some swelling in the legs". A verb changes its form only if it is in the tables below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scribe.sections.tokens import Token, Tokens, word_set

ADVERBS = word_set(
    "also always just never often only really still sometimes usually actually currently recently probably now even "
    "normally generally mostly mainly basically definitely already ever rarely occasionally kinda"
)
UNCHANGED = word_set(
    "can can't cannot could couldn't will won't would wouldn't should shouldn't might may must used had hadn't did "
    "didn't went felt got took came saw said told thought knew found began began woke slept ate drank drove ran "
    "fell hit cut broke lost left quit gave made kept put read heard spoke stood sat hurt threw stuck caught bought "
    "brought became ended had grew forgot tripped"
)
THIRD = {
    "am": "is", "i'm": "is", "have": "has", "haven't": "hasn't", "don't": "doesn't", "do": "does", "go": "goes",
    "was": "was", "wasn't": "wasn't", "are": "is", "aren't": "isn't", "were": "was", "weren't": "wasn't",
    "try": "tries", "cry": "cries", "worry": "worries", "carry": "carries", "watch": "watches", "catch": "catches",
    "guess": "guesses", "pass": "passes", "wash": "washes", "cough": "coughs", "gotta": "has to",
}  # fmt: skip
REGULAR = word_set(
    "take feel get think use need want work live smoke drink eat sleep wake walk run notice know see hear say like love "
    "look sit stand lie lay move play exercise drive bend lift hurt ache vomit breathe sneeze bleed suffer remember "
    "believe hope try put keep make come find give stay sweat feel prefer avoid forget travel swim bike cook snore "
    "experience swallow lose gain weigh wear start stop turn reach throw help call check change appear seem"
)
PARTICIPLE_BEFORE = {"i've": "has", "you've": "has", "i'm": "is", "you're": "is", "i'll": "will", "you'll": "will"}
BODY = word_set(
    "abdomen ankle ankles arm arms back belly blood body bones bowel bowels breast breasts breath breathing calf calves "
    "chest chin ear ears elbow elbows eye eyes face feet finger fingers foot forehead forearm groin hair hand hands head "
    "heart heel hip hips jaw joints kidney kidneys knee knees leg legs limbs lip lips liver lower left lung lungs mouth "
    "muscles neck nose nostrils pelvis pulse rib ribs right scalp shin shoulder shoulders sides side sinuses skin spine "
    "stomach stool stools teeth temple thigh thighs throat thumb toe toes tongue tonsils tummy upper urine vision voice "
    "wrist wrists pain symptoms temperature appetite weight energy sleep mood medication medications pressure cough "
    "headache headaches fever diabetes asthma hypertension cholesterol cancer condition inhaler vaccines"
)
PEOPLE = word_set(
    "mom mother mum dad father brother brothers sister sisters son sons daughter daughters wife husband partner kids "
    "children child grandmother grandfather grandma grandpa uncle aunt aunts uncles cousin cousins parents family "
    "friend friends girlfriend boyfriend boss coworkers roommate roommates doctor"
)
JOINING = frozenset({"and", "but", "or", "then", "so"})
MOST = 3  # "the patient" more often than this in one sentence reads worse than a quotation


@dataclass(frozen=True, slots=True)
class _Person:
    subject: str
    contracted: frozenset[str]
    possessive: str
    object: str
    foreign: frozenset[str]  # words that make the sentence unsafe to turn


PATIENT = _Person(
    "i", frozenset({"i'm", "i've", "i'll"}), "my", "me",
    word_set("you your yours we us our ours we're we've we'll we'd i'd mine myself let's you're you've you'd you'll"),
)  # fmt: skip
CLINICIAN = _Person(
    "you",
    frozenset({"you're", "you've", "you'll"}),
    "your",
    "you",
    frozenset({"you'd", "yours", "yourself", "ya", "y'all"}),
)


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


def _turn(tokens: Tokens, person: _Person) -> Tokens | None:
    if any(token.bare in person.foreign for token in tokens):
        return None
    turned: list[Token] = []
    at = named = 0
    while at < len(tokens):
        token = tokens[at]
        if token.bare == person.possessive:
            made = _possession(tokens, at, first=not turned)
            if made is None:
                return None
            turned += made
            at += 1
        elif token.bare == person.subject or token.bare in person.contracted:
            if person.subject == person.object and not _is_subject(tokens, at):
                turned += [_worded(token, "the patient")]
                at += 1
                continue
            clause = _clause(tokens, at)
            if clause is None:
                return None
            dropped = not turned or (turned[-1].bare in JOINING and not named)
            named += not dropped
            turned += clause if dropped else [_worded(replace(token, text=token.bare), "the patient"), *clause]
            at += max(len(clause), 1) if token.bare in person.contracted else len(clause) + 1
        elif token.bare == person.object:
            turned.append(_worded(token, "the patient"))
            at += 1
        else:
            turned.append(token)
            at += 1
    return tuple(turned) if named <= MOST else None


def _worded(token: Token, word: str) -> Token:
    """`token` with another word and its own punctuation."""
    tail = token.text[len(token.text.rstrip(',.;:!?\u2026)"')) :]
    return replace(token, text=word + tail)


def _possession(tokens: Tokens, at: int, *, first: bool) -> list[Token] | None:
    """`my chest` -> the chest (Chest, at the start), `my mother` -> mother, `my job` -> their job."""
    owned = tokens[at + 1].bare.removesuffix("'s") if at + 1 < len(tokens) else ""
    if not owned:
        return None
    if owned in PEOPLE or first:
        return []
    return [_worded(tokens[at], "the" if owned in BODY else "their")]


def _clause(tokens: Tokens, at: int) -> list[Token] | None:
    """The adverbs and the verb that belong to the subject at `at`, the verb in the third person."""
    subject = tokens[at].bare
    if subject in PARTICIPLE_BEFORE:
        return [_worded(tokens[at], PARTICIPLE_BEFORE[subject])]
    after = at + 1
    while after < len(tokens) and (tokens[after].bare in ADVERBS or tokens[after].bare.endswith("ly")):
        after += 1
    if after == len(tokens):
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
    after = at + 1
    while after < len(tokens) and tokens[after].bare in ADVERBS:
        after += 1
    before = tokens[at - 1].bare if at else ""
    prepositions = {
        "for",
        "to",
        "with",
        "on",
        "give",
        "giving",
        "start",
        "starting",
        "put",
        "get",
        "see",
        "of",
        "about",
        "want",
    }
    prepositions |= {
        "refer",
        "send",
        "keep",
        "at",
        "let",
        "have",
        "help",
        "from",
        "tell",
        "place",
        "by",
        "in",
        "like",
        "continue",
    }
    return before not in prepositions and after < len(tokens) and tokens[at].text == tokens[at].text.rstrip(",.;:!?")
