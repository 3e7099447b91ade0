"""Whether a sentence can stand in a note: a physician would sign it, and needs nothing else to understand it.

First the words are looked at (quotations, the first and second person, fillers, talk about the visit), then the parse
(`syntax`). Note style is no fault: a left-out subject, a noun phrase, an order of the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scribe.clinical import openings
from scribe.clinical.number_words import between
from scribe.sections import antecedents, phrases, syntax
from scribe.sections.fault import Fault as Fault
from scribe.sections.grammar import Grammar

STRAIGHT = str.maketrans({"\u2019": "'", "\u201c": '"', "\u201d": '"'})
MAX_WORDS = 120  # nothing longer is one sentence of a note
WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
SENTENCE_END = re.compile(
    r"(?<=[^\W_][\w)%][.!?])\s+(?=[A-Z0-9\u201c\"])|(?<=[.!?\"])\s{2,}(?=[A-Z])|(?<=[.!?]\")\s+(?=[A-Z])|\s*\n\s*"
)
PART_END = re.compile(r"\s*;\s*")
LABEL = re.compile(r"([^\W_][^:.;]{0,80}):\s+(?=\S)")


def _whole(name: str, before: str = "", after: str = r"(?=$|[^\w'])") -> re.Pattern[str]:
    """The patterns of a list as whole words."""
    start = before or r"(?:^|(?<=[^\w']))"
    return re.compile(rf"{start}(?:{phrases.pattern(name)}){after}", re.IGNORECASE)


# a clinician quotes a word or two: a "pop" in the knee
QUOTED = re.compile(
    r"[\u201c\u201d]|(?<!\d)\"(?![\w'-]+(?:[ ][\w'-]+){0,2}[.,]?\")[^\"]*\"|^\"|^asked\b.*:", re.IGNORECASE
)
ASKED = re.compile(r"(?<=[\w\"')])\s?\?(?!\w)")  # "?UTI" is a doubt
ANY_IS = re.compile(r"any\b.*\b(?:will|is|are|was|were|should|must|may)\b", re.IGNORECASE)  # told, not asked
# "type I diabetes": a number that looks like a speaker
ROMAN = re.compile(r"\b(type|stage|grade|class|factor|nerve|level|phase|mobitz) I\b", re.IGNORECASE)
NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")
STATUS_POST = re.compile(r"(?<=\w )status[ -]post\b", re.IGNORECASE)
NO_PERSON = re.compile(r"\b(?:US|ME)\b")  # ultrasound, medical examiner
PERSONS = _whole("persons")
SECOND = _whole("valid_second")
SPEAKS = _whole("valid_speaks", before="^")
FILLERS = _whole("valid_fillers")
OPENS = _whole("valid_opens", before="^", after="")
ENDS = _whole("valid_ends", before=", ", after=r"\W*$")
HERE = _whole("valid_here")
META = re.compile(phrases.pattern("valid_meta"), re.IGNORECASE)
ROOM = _whole("valid_room", before=r"^(?:please |now |just |then |and |go ahead and )*", after="")
HANGING = _whole("valid_hanging", after=r"\W*$")
ASKS_LATER = re.compile(
    r", (?:are|is|do|does|did|has|have|was) (?:the|there|any|it|he|she|they|his|her)\b", re.IGNORECASE
)
TAG_OR_SIDE = re.compile(r"\b(?:and|but) \w+ly\W*$|\bof the (?:left|right|upper|lower)\W*$", re.IGNORECASE)
BROKEN = re.compile(
    r"\b(?:it|that|there|he|she)'s,|\bbased on,|\b(?:to|of|with|for) (?:but|or)\b|\bused to and\b"
    r"|(?<!to )(?<!of )(?<!than )\bthat, "
    r"(?!if|when|in|however|after|before|while|for|on|at|due|with|al|despite|by|since|as|pr|which)"
    r"|\b(?:of|with|in|on|at|to|from) (?:he|she|they)\b|\bbeen (?:is|was|has|have|hasn't|haven't|isn't)\b"
    r"|[a-z]- (?!and\b|or\b|to\b|\d)|\.\.|[a-z]-\W*$|\u2026"
    r"|\b(?:a|an|the|of|to|with|what|which|because) ?[,:;](?! ?[a-z]\b)",
    re.IGNORECASE,
)
BEGUN_AGAIN = re.compile(
    r"\b(he|she|they|it) (?:so |well |like )?\1\b|\bif (?:\w+ )?if\b|\b(said|mentioned)\b.*\b(?:he|she|they) \2\b"
    rf"|\b(?:{'|'.join(between(2, 10))}), \d",
    re.IGNORECASE,
)
TWICE = re.compile(
    r"(?<![\w'-])(?:([a-z][\w']*) \1|([a-z][\w']*(?: [\w']+){1,4}),? \2"
    r"|(no|not|is|was|has|a|the|in|on|with|and|of),? \3)(?![\w'-])",
    re.IGNORECASE,
)
SAME_NOUN = re.compile(r"\b([a-z]{4,}), the \1\b", re.IGNORECASE)
MAY_REPEAT = frozenset({"had", "that", "very", "much", "deep", "many"})


def faults(texts: Sequence[str], grammar: Grammar) -> list[Fault | None]:
    """What is wrong with each text as a sentence of a note; None where it can stand in one."""
    found = [_of_words(text) for text in texts]
    pieces = [(at, *piece) for at, text in enumerate(texts) if found[at] is None for piece in _pieces(text)]
    named: set[int] = set()
    for (at, label, _, whole), parse in zip(pieces, grammar.parsed([piece for _, _, piece, _ in pieces]), strict=True):
        if found[at] is None:
            found[at] = syntax.fault(parse, label=label, named=at in named, whole=whole)
        if antecedents.names(parse):
            named.add(at)
    return found


def _pieces(text: str) -> Iterator[tuple[str, str, bool]]:
    """The sentences of a text, each with the label before it, and whether it is a whole one: ("Lungs", "clear.", True).

    What stands behind a semicolon may be less than a sentence.
    """
    for sentence in SENTENCE_END.split(_easy(text)):
        for number, part in enumerate(PART_END.split(sentence)):
            labelled = LABEL.match(part)
            if labelled:
                yield labelled[1], part[labelled.end() :], number == 0
            elif WORD.search(part):
                yield "", part, number == 0


def _easy(text: str) -> str:
    """The text without what the parser takes for something else: "type I", "status post"."""
    return STATUS_POST.sub("after", ROMAN.sub(r"\1 1", NUMBERED.sub("", text.strip())))


def _of_words(text: str) -> Fault | None:
    """What the words show without a parse."""
    plain = ROMAN.sub(r"\1 1", text.translate(STRAIGHT).strip())
    words = [word.lower() for word in WORD.findall(plain)]
    if not words:
        return Fault.NAMES_NOTHING
    if QUOTED.search(plain):
        return Fault.QUOTATION
    if ASKED.search(plain) or ASKS_LATER.search(plain) or (openings.opens_question(plain) and not ANY_IS.match(plain)):
        return Fault.QUESTION
    if any(found.search(plain) for found in (FILLERS, ENDS)) or any(OPENS.search(part) for part in plain.split(": ")):
        return Fault.FILLER
    if META.search(plain):
        return Fault.META
    if ROOM.search(plain):
        return Fault.ORDER_TO_PATIENT_IN_ROOM
    if HERE.search(plain):
        return Fault.NO_ANTECEDENT
    if SECOND.search(plain):
        return Fault.SECOND_PERSON
    if SPEAKS.search(plain) or PERSONS.search(NO_PERSON.sub("-", plain)):
        return Fault.FIRST_PERSON
    if _repeats(plain):
        return Fault.REPEATED
    if HANGING.search(plain) or TAG_OR_SIDE.search(plain):
        return Fault.DANGLING
    if BROKEN.search(plain):
        return Fault.UNGRAMMATICAL
    return Fault.RUN_ON if any(len(WORD.findall(piece)) > MAX_WORDS for _, piece, _ in _pieces(plain)) else None


def _repeats(text: str) -> bool:
    twice = any((found[1] or "").lower() not in MAY_REPEAT for found in TWICE.finditer(text))
    return twice or BEGUN_AGAIN.search(text) is not None or SAME_NOUN.search(text) is not None
