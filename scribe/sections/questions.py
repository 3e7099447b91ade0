"""What a clinician's question asks for: its form, whom it asks about, and what of it can stand in a statement.

"Have you had any chest pain?"     SYMPTOM  topic "chest pain"
"Do you feel dizzy?"               SYMPTOM  topic "feeling dizzy"
"Does the pain radiate?"           CLAUSE   subject "the pain", helper "does", predicate "radiate"
"When did it start?"               OPEN     label "Onset"
"Fever?"                           FRAGMENT topic "Fever"
"So it started on Monday?"         SAID     a statement put to the patient
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from scribe.sections import person, phrases
from scribe.sections.clauses import turns_round
from scribe.sections.tokens import Token, Tokens, ended, frame, lowered, neighbours, stopless

SUBJECT = r"(?:you|he|she|they|there)"
ADVERB = rf"(?:(?:{phrases.pattern('question_adverbs')})\s+)*"
ANY = (
    r"(?:(?:any|some|a|an|a lot of|much|many)\s+)?(?:(?:other\s+)?(?:kinds?|sorts?|types?)\s+of\s+|new\s+onset\s+)?"
    r"(?:(?:issues|problems|trouble)\s+with\s+(?:any\s+)?(?=(?:pain|swelling|fevers?|cough|nausea)\b))?"
)
HAVING = rf"(?:{phrases.pattern('question_having')})"
SYMPTOM = re.compile(
    r"^(?:(?:and|or|but|then|so|otherwise|well)\s+)*(?:"
    r"(?:how about|what about)\s+(?:any\s+)?|(?:no|any)\s+(?:other\s+)?(?:(?:kinds?|sorts?|types?)\s+of\s+)?"
    rf"|(?:(?:do|does|did|are|is|was|were|have|has|haven't)\s+)?{SUBJECT}\s+(?:not\s+)?{ADVERB}{HAVING}\s+"
    rf"(?:had\s+|been\s+|having\s+)?{ANY}"
    rf"|(?:is|are|was|were)\s+there\s+(?:been\s+)?{ANY}"
    r")"
)
OPEN = re.compile(
    r"^(?:what(?! about)|when|where|who|why|how(?! about)|which|tell me|can you (?:tell|describe)|could you)\b"
)
HELPERS = phrases.words("helpers")
NEGATED = {
    "do": "does not",
    "does": "does not",
    "did": "did not",
    "is": "is not",
    "are": "is not",
    "was": "was not",
    "were": "was not",
    "has": "has not",
    "have": "has not",
    "had": "had not",
    "can": "cannot",
    "could": "could not",
    "will": "will not",
    "would": "would not",
}
AFFIRMED = {"are": "is", "is": "is", "were": "was", "was": "was", "have": "has", "has": "has"}
LOOSE_ENDS = phrases.phrases("loose_ends")
NO_FRAGMENT = phrases.words("no_fragment")
LABELS = {label: re.compile(pattern, re.IGNORECASE) for label, pattern in phrases.patterns("labels").items()}
TOPICS = re.compile(rf"^(?:{phrases.pattern('topic_questions')})\s+")
DOINGS = re.compile(rf"^(?:{phrases.pattern('question_doings')})")
VERBS = frozenset({"VB", "VBP", "VBZ", "VBD", "VBG", "VBN", "MD"})
BINDING = (phrases.words("binding") - {"how", "what"}) | {"with", "during", "in"}
ONSET = re.compile(rf"^(?:{phrases.pattern('question_onset')})")
IN_SUBJECT = frozenset({"DT", "PRP$", "JJ", "NN", "NNS", "NNP", "POS", "CD", "VBN"})
BE = frozenset({"is", "are", "was", "were", "isn't", "aren't", "wasn't"})
ASKS_FOR = (
    ({"do", "does", "did", "don't", "doesn't", "didn't", "can", "could", "will", "would"}, frozenset({"VB", "VBP"})),
    ({"have", "has", "had", "haven't", "hasn't"}, frozenset({"VBN"})),
    (BE, frozenset({"VBG", "VBN", "JJ", "JJR"})),
)
REACH = 5  # words behind its noun in which a subject can go on: "anyone around you"
ASKED_OF = frozenset({"you", "anyone", "anybody", "it", "he", "she", "they", "i", "the"})
MARKER = re.compile(r"(?:overlap|inaudible) [\d:]+")
FRAGMENT = 6  # words a question without a verb may have
DECLARED = re.compile(rf"^(?:{phrases.pattern('question_declares')})\b")
CONFIRM = phrases.phrases("question_confirms")


class Form(Enum):
    """How something is asked."""

    SYMPTOM = auto()  # for a symptom or the like, which can be denied
    CLAUSE = auto()  # yes or no, about a clause
    OPEN = auto()  # for more than yes or no
    FRAGMENT = auto()  # by a few words without a verb
    SAID = auto()  # by saying what is to be confirmed
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, taken apart; which parts are filled depends on the form."""

    form: Form
    tokens: Tokens  # cleaned and tagged
    topic: Tokens = ()  # what an answer can be put beside, in the third person
    label: Tokens = ()  # a heading for the answer: "Onset"
    helper: str = ""  # the auxiliary that opens a CLAUSE
    subject: Tokens = ()  # of a CLAUSE, empty for the patient
    predicate: Tokens = ()  # of a CLAUSE, from its verb or adjective on
    yours: bool = True  # whether a CLAUSE without a subject is about the patient, not about "it"
    negative: bool = False  # "no fever?", "don't you have pain?": a yes does not say what it agrees with

    @property
    def several(self) -> bool:
        """Whether it asks for more than one thing, so that a plain yes does not say which."""
        return any(token.bare in {"or", "and"} or token.text.endswith(",") for token in (*self.topic, *self.predicate))


def analyse(tokens: Tokens) -> Question:
    """Take a question (cleaned and tagged) apart."""
    text = _plain(tokens)
    if label := _label(tokens, text):
        return Question(Form.OPEN, tokens, label=label)
    if OPEN.match(text):
        return Question(Form.OPEN, tokens, topic=_asked_about(tokens, text))
    if any(text.endswith(f" {' '.join(tag)}") for tag in CONFIRM) and (said := _said(tokens, text)):
        return said
    for made in (_symptom, _clause, _fragment):
        if question := made(tokens, text):
            return question
    return _led_up_to(tokens) or _said(tokens, text) or Question(Form.UNCLEAR, tokens)


def _led_up_to(tokens: Tokens) -> Question | None:
    """A question after words that only lead up to it: "Other symptoms, like, have you had a fever?"."""
    anything = [
        at for at in range(1, len(tokens) - 1) if tokens[at].bare == "any" and tokens[at - 1].text[-1] in ",.-?"
    ]
    if anything and (made := _symptom(tokens[anything[-1] :], _plain(tokens[anything[-1] :]))):
        return made
    for at in range(1, len(tokens) - 2):
        if any(token.bare in BINDING for token in tokens[:at]):
            return None
        inverted = tokens[at - 1].tag not in {"PRP", "NN", "NNS", "NNP", "EX", "WP", "WDT", "MD", "TO"}
        helps = tokens[at].bare in HELPERS and tokens[at + 1].tag in {"PRP", "EX", "DT", "PRP$"} and inverted
        if helps and tokens[at - 1].bare == "or":
            return None  # one of several that the answer may be about
        if helps:
            rest = tokens[at:]
            made = _symptom(rest, _plain(rest)) or _clause(rest, _plain(rest))
            if made is not None:
                return made
    return None


def _plain(tokens: Tokens) -> str:
    return " ".join(token.bare for token in tokens)


def _label(tokens: Tokens, text: str) -> Tokens:
    """The label of an answer; beside a severity the scale that was asked for: "Severity (0 to 10):"."""
    if found := ONSET.match(text):
        start = len(text[: found.start("what")].split())
        topic = topic_of(tokens[start : start + len(found["what"].split())])
        return (*lowered(topic), *frame("onset:")) if topic else ()
    name = next((name for name, pattern in LABELS.items() if pattern.search(text)), None)
    if name is None:
        return ()
    bare = [token.bare for token in tokens]
    ends = [at for at in range(2, len(bare)) if bare[at] in {"10", "ten"} and bare[at - 1] == "to"]
    if name != "Severity" or not ends:
        return frame(f"{name}:")
    first, middle, last = tokens[ends[-1] - 2 : ends[-1] + 1]
    scale = (replace(first, text=f"({first.bare}"), middle, replace(last, text=f"{last.bare}):"))
    return (*frame(name), *scale)


def _symptom(tokens: Tokens, text: str) -> Question | None:
    found = SYMPTOM.match(text + " ")
    if found is None:
        return None
    asked = tokens[len(text[: found.end()].split()) :]
    lead = tokens[: len(tokens) - len(asked)]
    topic = topic_of(asked)
    if not topic or topic[0].tag in {"IN", "TO"} or topic[0].bare in {"at", "in", "on"}:
        return None
    denied = topic[0].bare in {"no", "never", "not"} and len(topic) > 1
    topic = topic[1:] if denied else topic
    feels = any(token.bare in {"feel", "felt", "feeling"} for token in lead) and topic[0].tag not in {"NN", "NNS", "DT"}
    lately = tuple(replace(token, text=token.bare) for token in lead if token.bare == "recently")
    topic = (*(frame("feeling") if feels else ()), *topic, *lately)
    return Question(Form.SYMPTOM, tokens, topic=topic, negative=denied or any(_negates(token) for token in lead))


def _clause(tokens: Tokens, text: str) -> Question | None:
    if not tokens or tokens[0].bare not in HELPERS or len(tokens) < 3:
        return None
    helper = tokens[0].bare.removesuffix("n't")
    end = _subject_end(tokens)
    if end is None:
        return None
    pronoun = tokens[1].bare in {"you", "he", "she", "it", "that", "this"} and end == 2
    subject = () if pronoun else person.clinician(tokens[1:end])
    if not _asks_for(tokens, end):
        return None
    predicate = topic_of(tokens[end:], clause=True)
    asks_again = any(a.bare in HELPERS and b.bare in ASKED_OF for a, b in neighbours(predicate))
    unclear = any(token.bare in {"if", "whether"} for token in predicate) or turns_round(tokens[end:]) or asks_again
    if unclear or any(a.bare == "or" and b.bare in HELPERS for a, b in neighbours(predicate)):
        return None  # "do you have it always, or is it now and then?"
    if subject is None or not predicate:
        return None
    return Question(
        Form.CLAUSE,
        tokens,
        helper=helper,
        subject=subject,
        predicate=predicate,
        yours=tokens[1].bare in {"you", "he", "she"},
        negative=_negates(tokens[0]),
    )


def _negates(token: Token) -> bool:
    return token.bare in {"no", "not", "never", "without", "none"} or token.bare.endswith("n't")


def _subject_end(tokens: Tokens) -> int | None:
    """Where the subject that follows the helper ends: before the verb in the form that the helper asks for."""
    named = (
        len(tokens) > 2
        and tokens[2].tag in {"NN", "NNS", "JJ"}
        and tokens[1].bare in {"that", "this", "those", "these"}
    )
    if (tokens[1].tag in {"PRP", "EX"} or tokens[1].bare in {"that", "this"}) and not named:
        return 2
    at = 1
    while at < len(tokens) and tokens[at].tag in IN_SUBJECT and not _breaks(tokens, at):
        at += 1
    wanted = next((tags for helpers, tags in ASKS_FOR if tokens[0].bare in helpers), frozenset())
    if tokens[0].bare in BE and 1 < at < len(tokens) and tokens[at].tag in {"IN", "RB", "JJ", "JJR", "VBG", "VBN"}:
        return at
    for end in range(max(at, 2), min(at + REACH, len(tokens))):
        if tokens[end].tag in wanted:
            return end
    if tokens[0].bare in {"do", "does", "did"}:  # "does the pain radiate": taken for a noun
        return at - 1 if at > 2 and tokens[at - 1].tag.startswith("NN") else None
    return at if 1 < at < len(tokens) and tokens[at].tag in {"RB", "IN", "JJR", "JJ"} else None


def _asks_for(tokens: Tokens, end: int) -> bool:
    """Whether the predicate opens with the form that the helper asks for: "have you had", "do you take"."""
    verb = next((token for token in tokens[end:] if token.tag != "RB"), None)
    wanted = next((tags for helpers, tags in ASKS_FOR if tokens[0].bare in helpers), frozenset())
    if verb is None or tokens[0].bare in BE:
        return verb is not None and verb.tag not in {"PRP", "MD", "WP", "WRB"}
    return verb.tag in wanted or (end > 2 and verb.tag.startswith("NN")) or verb.bare == "been"


def _breaks(tokens: Tokens, at: int) -> bool:
    return at > 1 and tokens[at].tag in {"JJ", "VBN"} and tokens[at - 1].tag.startswith("NN")


def _fragment(tokens: Tokens, text: str) -> Question | None:
    """A question without a verb: "Fever?", "And your appetite?"."""
    bare = [token for token in tokens if token.bare not in {"and", "or"}]
    if (
        not bare
        or len(bare) > FRAGMENT
        or any(token.bare in NO_FRAGMENT or token.tag in VERBS - {"VBG", "VBN"} for token in bare)
    ):
        return None
    topic = topic_of(tuple(bare))
    return Question(Form.FRAGMENT, tokens, topic=topic) if topic else None


def _said(tokens: Tokens, text: str) -> Question | None:
    if not DECLARED.match(text):
        return None
    bare = [token.bare for token in tokens]
    kept = next((tokens[: -len(tag)] for tag in CONFIRM if tuple(bare[-len(tag) :]) == tag), tokens)
    told = person.clinician(stopless(kept)) if kept else None
    if told is None or len(told) < 2:
        return None
    return Question(Form.SAID, tokens, topic=told, negative=any(_negates(token) for token in told))


def _asked_about(tokens: Tokens, text: str) -> Tokens:
    """What an open question is about: "How is your appetite?" -> "Appetite"; empty where that is not plain."""
    if found := TOPICS.match(text):
        topic = topic_of(tokens[len(text[: found.end()].split()) :])
    elif found := DOINGS.match(text):
        rest = tokens[len(text[: found.end()].split()) :]
        named = tokens[len(text[: found.start("named")].split()) :][: len(found["named"].split())]
        topic = topic_of(named) if found["named"] else _gerund(rest)
    else:
        return ()
    is_named = any(token.tag.startswith("NN") or token.tag == "VBG" for token in topic)
    finite = any(token.tag in VERBS - {"VBG", "VBN"} for token in topic)
    return topic if is_named and len(topic) <= FRAGMENT + 2 and not finite else ()


def _gerund(tokens: Tokens) -> Tokens:
    if not tokens or tokens[0].tag not in {"VB", "VBP"}:
        return ()
    rest = topic_of(tokens[1:]) if len(tokens) > 1 else ()
    return (tokens[0].worded(person.gerund(tokens[0].bare), "VBG"), *rest) if rest or len(tokens) == 1 else ()


def topic_of(tokens: Tokens, *, clause: bool = False) -> Tokens:
    """The words in the third person without loose ends; empty where they are a clause or cannot be turned.

    `clause`: a verb may be among them.
    """
    rest = list(stopless(tokens))
    loose: tuple[str, ...] | None = ()
    while loose is not None and rest:
        rest = rest[: len(rest) - len(loose)]
        bare = [token.bare for token in rest]
        loose = next((end for end in LOOSE_ENDS if tuple(bare[-len(end) :]) == end and len(end) < len(bare)), None)
    kept = stopless(tuple(token for token in rest if token.bare != "any"))
    if not kept or (kept[0].bare in {"anything", "something", "that", "this", "it"} and len(kept) == 1):
        return ()
    turned = person.clinician(kept)
    if (
        turned is None
        or (any(token.bare in {"you", "your"} for token in turned))
        or any("?" in token.text for token in turned[:-1])
    ):
        return ()
    if not clause and any(token.bare in phrases.words("finite") for token in turned):
        return ()
    return ended(turned)


def asks(tokens: Tokens) -> bool:
    """Whether words without a question mark ask: verb and subject are turned round, or a scale is named."""
    if len(tokens) < 3:
        return False
    turned = tokens[0].bare in HELPERS and tokens[1].tag in {"PRP", "DT", "PRP$", "EX"} and tokens[0].tag != "VB"
    if tokens[0].bare in {"do", "have"} and tokens[1].tag != "PRP":
        turned = False  # "do the exercises", "have the nurse call"
    return turned or LABELS["Severity"].search(_plain(tokens)) is not None


def quoted(tokens: Tokens) -> Tokens:
    """The question within quotation marks, before a colon; nothing where nothing was asked."""
    if not tokens:
        return ()
    asked = within_quotes(lowered(tokens), end="?")
    return (*asked[:-1], replace(asked[-1], text=asked[-1].text + ":"))


def within_quotes(tokens: Tokens, end: str = "") -> Tokens:
    """The words as said, within quotation marks; nothing where there are none. `end` replaces the mark at their end."""
    if not tokens:
        return ()
    last = tokens[-1].text.rstrip("?.,;") + end if end else tokens[-1].text.rstrip(",;")
    last = last if last[-1:] in ".?!" else last + "."
    inner = (*tokens[:-1], replace(tokens[-1], text=f"{last}\u201d"))
    return (replace(inner[0], text=f"\u201c{inner[0].text}"), *inner[1:])


def before_colon(tokens: Tokens) -> Tokens:
    """The words as a heading of what follows; nothing where there are none."""
    if not tokens:
        return ()
    last = tokens[-1]
    return (*tokens[:-1], replace(last, text=last.text.rstrip("?.,;:!") + ":"))
