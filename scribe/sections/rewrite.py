"""From speech to note sentences: questions joined with answers, small talk dropped, third person where that is safe.

One rule stands above the others: nothing is in the note that was not said. No number, drug, dose, side or negation is
changed; a sentence that no rule fits keeps its words and names its speaker. A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.sections import answers, person
from scribe.sections.tokens import Token, Tokens, clean, ended, frame, read, word_set
from scribe.sections.utterances import Utterance
from scribe.types import Role, SectionKind, Span

Labelled = tuple[Utterance, SectionKind, float]  # what was said, its section, and how sure that is

COURTESIES = (
    r"hi|hello|hey|hi there|good (?:morning|afternoon|evening|day)|thank(?:s| you)(?: (?:so|very) much)?|bye(?:-bye)?|goodbye|"
    r"nice to (?:meet|see) you(?: too)?|good to see you(?: too)?|take care|have a (?:good|great|nice) (?:day|one|weekend|night)|"
    r"you're welcome|welcome|no (?:problem|worries)|sounds (?:good|great)|perfect|great|awesome|wonderful|excellent|fantastic|"
    r"okay|ok|all right|alright|right|yeah|yep|yes|mm-?hmm?|mhm|uh-?huh|got it|gotcha|exactly|absolutely|of course|sure|"
    r"i see|i understand|understood|fair enough|makes sense|that makes sense|sorry|i'm sorry|oh|so|and|well|um|uh|hmm|no|nope|"
    r"i'm (?:so |very |really )?sorry to hear (?:that|about that)|sorry to hear (?:that|about that)|that's (?:good|great|right|fine|"
    r"okay|awesome|perfect|wonderful|correct|it|all)|very good|good|nice|cool|too|you too|doctor|dr|sir|ma'am|miss|my friend|"
    r"how are you(?: doing| feeling)?(?: today)?|i'm (?:good|fine|okay|well|great|doing (?:well|okay|good|fine|great|all right))|"
    r"not too bad|let's see|let me see|one (?:moment|second|sec)|give me (?:a|one) (?:moment|second)|please|go ahead|here we go|"
    r"i think that's (?:it|all|everything)|that's everything|no questions|i (?:will|won't)|we(?:'ll| will) do|will do|i do|i am|"
    r"no i don't think so|i think so|really|wow|i appreciate (?:it|that)|much appreciated|hey dragon|finalize the note|"
    r"thanks for (?:coming|seeing me|having me|that)[\w ]*|i hope so|for sure|definitely|god bless|okey dokey|any questions|"
    r"my pleasure|don't worry|not a problem|it's okay|it's fine|that's okay|same here|fine|indeed|correct|later"
)
CHATTER = re.compile(rf"^[\W_]*(?:(?:{COURTESIES})\b[\W_]*)+$", re.IGNORECASE)
TALK = re.compile(
    r"^(?:so |and |okay |ok |well |um |uh |now |alright |all right )*(?:my name(?:'s| is)|i'm (?:dr|doctor)\b|please (?:take|have) a seat|"
    r"(?:have|take) a seat|can you hear me|i(?:'ll| will) be right back|let me (?:just )?(?:check|look|take a look|see|ask)|"
    r"(?:do you have|did you have|were there) any (?:other )?questions|i(?:'m| am) (?:just )?going to ask|i(?:'d| would) like to ask|"
    r"i(?:'m| am) (?:just )?gonna ask|i have (?:a few|some|a couple|just)\b.{0,30}questions|those are all|that(?:'s| is) all the questions|"
    r"those were all|thank you|thanks|hey,? dragon|it(?:'s| is) (?:nice|good|great|lovely) to (?:see|meet)|how(?:'s| is) it going|"
    r"i(?:'m| am) glad|i(?:'m| am) happy|glad to hear|that(?:'s| is) (?:great|good|nice|wonderful|awesome|perfect)\b(?!.*\b(?:but|because)\b)|"
    r"good to hear|sorry to hear|i(?:'m| am) sorry|i appreciate you|don't worry|just relax|can you (?:tell|describe|repeat)|"
    r"tell me|what (?:seems|brings|can i)|how can i help|any (?:other )?questions|do you understand|does that (?:sound|make)|"
    r"is that (?:okay|ok|alright|all right|fine)|before we (?:start|begin)|next patient is)\b",
    re.IGNORECASE,
)
LEAD_INS = (
    r"i(?:'m| am) (?:also )?(?:just )?(?:going to|gonna) (?:go ahead and |also |just )*",
    r"i(?:'ll| will) (?:go ahead and |also |just )*",
    r"we(?:'re| are) (?:also )?(?:just )?(?:going to|gonna) (?:go ahead and |also |just )*",
    r"we(?:'ll| will) (?:go ahead and |also |just )*",
    r"let's (?:go ahead and |also |just )*",
    r"i(?:'d| would) (?:also )?like to (?:go ahead and |also |just )*",
    r"i (?:do |also |just )*(?:want to|wanna) (?:go ahead and |also |just )*",
)
LEAD_IN = re.compile(rf"^(?:and |so |then |but |also )*(?:{'|'.join(LEAD_INS)})(?=(?P<verb>[a-z]+)\b)", re.IGNORECASE)
ACTIONS = word_set(
    "start stop continue increase decrease order prescribe refer recommend schedule check repeat obtain send get add change "
    "switch give put place have keep hold taper discontinue begin resume draw perform monitor request arrange write see "
    "treat use follow set provide administer inject reduce raise restart book"
)
REMINDER = re.compile(r"\b(?:is that (?:right|correct)|right|correct|yeah|yes)\?$", re.IGNORECASE)
SPEAKERS = {Role.CLINICIAN: "Clinician:", Role.PATIENT: "Patient:", Role.OTHER: "Other speaker:"}
FEW = 3  # words up to which an echo of what was just said is an acknowledgement
NEAR = 8  # words up to which what follows a question of an unnamed speaker is taken as its answer
LAST_WORDS = 30  # words that questions asked in one breath may have to be answered together


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence for the note before it has its number."""

    tokens: Tokens
    heard: tuple[Span, ...]
    speaker: str | None
    role: Role | None
    kind: SectionKind
    score: float
    joined: bool = False  # made of a question and its answer


def drafts(said: Sequence[Labelled]) -> Iterator[Draft]:
    """The sentences of the note, in the order in which they were heard."""
    asked: list[Labelled] = []
    before: Utterance | None = None
    for item in said:
        utterance = item[0]
        if utterance.asks and utterance.role in (None, Role.CLINICIAN):
            asked = (
                [*asked, item] if before is not None and before.asks and _same_speaker(before, utterance) else [item]
            )
        elif utterance.asks:
            pass  # a patient's question is no finding, and leaves the clinician's question open
        elif asked and _answers(asked[-1][0], utterance):
            yield from _exchange(asked, item)
            asked = []
        elif not is_chatter(utterance.text):
            yield from _remark(item, before)
            asked = asked if _same_speaker_as(asked, utterance) else []
        before = utterance


def is_chatter(text: str) -> bool:
    """Whether the whole sentence is a courtesy, an acknowledgement or talk about the visit itself."""
    plain = text.replace("\u2019", "'").strip()
    return CHATTER.match(plain) is not None or TALK.match(plain) is not None


def _same_speaker(a: Utterance, b: Utterance) -> bool:
    return a.speaker == b.speaker and a.role == b.role


def _same_speaker_as(asked: Sequence[Labelled], utterance: Utterance) -> bool:
    return bool(asked) and utterance.speaker is not None and _same_speaker(asked[-1][0], utterance)


def _answers(question: Utterance, reply: Utterance) -> bool:
    """Whether `reply` answers: somebody else speaks or, where nobody is named, it is short or says yes or no."""
    if question.speaker is not None or reply.speaker is not None:
        return question.speaker != reply.speaker
    said = answers.answer_of(reply.text)
    return said is not answers.Answer.MORE or len(reply.text.split()) <= NEAR


def _exchange(asked: Sequence[Labelled], item: Labelled) -> Iterator[Draft]:
    reply = item[0]
    words = sum(len(utterance.text.split()) for utterance, _, _ in asked)
    questions = list(asked) if words <= LAST_WORDS else [asked[-1]]
    answer = clean(read(reply.text, reply.span.start), answer=True) or read(reply.text, reply.span.start)
    spoken = tuple(token for utterance, _, _ in questions for token in _question(utterance))
    opening = is_chatter(asked[-1][0].text) or not spoken or OPENING.search(asked[-1][0].text)
    if opening or (answers.is_open(spoken) and answers.stands_alone(answer)):
        if not is_chatter(reply.text):
            yield from _remark(item, None)
        return
    kind, score = _exchange_kind(asked[-1], item)
    tokens = answers.join(spoken, answer)
    heard = (Span(questions[0][0].span.start, questions[-1][0].span.end), reply.span)
    alone = not any(token.span and token.span.start < reply.span.start for token in tokens)
    yield Draft(tokens, heard[1:] if alone else heard, reply.speaker, reply.role, kind, score, joined=not alone)


OPENING = re.compile(
    r"\b(?:what brings you|how can i help|what can i do|what's going on|what is going on|what seems to be|"
    r"tell me (?:a little )?(?:more )?(?:about )?(?:what|why|how)|how are you(?: doing| feeling)?(?: today)?\W*$|"
    r"how have you been|what happened|anything else (?:you|that))",
    re.IGNORECASE,
)


def _question(utterance: Utterance) -> Tokens:
    return clean(read(utterance.text, utterance.span.start))


def _exchange_kind(question: Labelled, answer: Labelled) -> tuple[SectionKind, float]:
    """The section of an exchange: the question's, unless only the answer says what it is about."""
    _, asked_kind, asked_score = question
    _, kind, score = answer
    if asked_kind is SectionKind.OTHER or (kind is not SectionKind.OTHER and score > asked_score):
        return kind, score
    return asked_kind, asked_score


def _remark(item: Labelled, before: Utterance | None) -> Iterator[Draft]:
    utterance, kind, score = item
    tokens = clean(read(utterance.text, utterance.span.start))
    if not tokens or (before is not None and _echo(tokens, before)):
        return
    heard = (utterance.span,)
    yield Draft(_third_person(tokens, utterance), heard, utterance.speaker, utterance.role, kind, score)


def _echo(tokens: Tokens, before: Utterance) -> bool:
    """Whether a few words only give back what somebody else just said."""
    said = set(re.findall(r"[\w']+", before.text.lower()))
    return len(tokens) <= FEW and all(token.bare in said for token in tokens)


def _third_person(tokens: Tokens, utterance: Utterance) -> Tokens:
    if utterance.role is Role.PATIENT:
        return person.patient(tokens) or (*frame(SPEAKERS[Role.PATIENT]), *quoted(tokens))
    if utterance.role is Role.CLINICIAN:
        short = without_lead_in(tokens)
        return person.clinician(short) or (*frame(SPEAKERS[Role.CLINICIAN]), *quoted(tokens))
    if utterance.role is Role.OTHER:
        return (*frame(SPEAKERS[Role.OTHER]), *quoted(tokens))
    return tokens


def quoted(tokens: Tokens) -> Tokens:
    """The words as said, within quotation marks."""
    kept = ended(tokens)
    first, last = kept[0], kept[-1]
    if len(kept) == 1:
        return (Token(f"\u201c{first.text.rstrip('.')}.\u201d", first.span),)
    end = last.text if last.text[-1] in ".?!" else last.text + "."
    return (Token("\u201c" + first.text, first.span), *kept[1:-1], Token(end + "\u201d", last.span))


def without_lead_in(tokens: Tokens) -> Tokens:
    """ "I'm going to start ..." -> "Start ...": only before a verb that names a clinician's action."""
    text = " ".join(token.text for token in tokens).replace("\u2019", "'")
    found = LEAD_IN.match(text)
    if found is None or found["verb"].lower() not in ACTIONS:
        return tokens
    return tokens[len(found[0].split()) :]
