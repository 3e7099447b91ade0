"""A clinician's question and its answer as one statement.

"Any fever?" "No." -> "Denies fever."    "Do you smoke?" "Yes, a pack a day." -> "Smokes: yes, a pack a day."
A list answered by more than a plain no keeps both: "Asked about fever, chills or cough: just a cough." What fits no
rule is quoted: 'Asked "does it come and go?": "It does at night."' A question alone states nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

from scribe.sections import person
from scribe.sections.tokens import Token, Tokens, ended, frame, word_set

HEDGES = (
    r"not really|not that i(?:'ve)? (?:know(?: of)?|noticed|can (?:think of|remember|recall)|am aware(?: of)?|remember|recall)|"
    r"not that i'm aware(?: of)?|i don't (?:think|believe) so|i don't think i (?:have|do|did)|not as far as i know|"
    r"not to my knowledge|not usually|not lately|not recently|not yet|not at the moment|not right now|not so far|not too much"
)
NO = (
    r"no|nope|nah|none(?: of (?:that|those|them|these))?|never|negative|not at all|nothing(?: like that| else)?|"
    r"no[,]? (?:sir|ma'am|doctor)|i (?:haven't|don't|didn't|am not|do not|have not|wasn't|can't)|i'm not|"
    r"(?:it|there|they) (?:doesn't|hasn't|isn't|didn't|don't|haven't|aren't)|uh-uh|neither"
)
YES = (
    r"yes|yeah|yep|yup|yea|ya|uh-?huh|mm-?hmm?|mhm|correct|that's (?:right|correct)|i (?:do|have|am|did|was|had|can)|"
    r"it (?:does|is|has|did|was)|there (?:is|are)|they (?:do|are|have)|exactly|definitely|absolutely|of course|sure|i think so"
)
COURTESY = r"okay|ok|thank you|thanks|doctor|doc|sir|ma'am|actually|honestly|well|sorry|just|that's it|that's all"
JOINER = r"[\s,.;!\u2026-]*"


def _whole(*parts: str) -> re.Pattern[str]:
    return re.compile(rf"^{JOINER}(?:(?:{'|'.join(parts)})\b{JOINER})+$")


PLAIN_NO, HEDGED_NO, PLAIN_YES = _whole(NO, COURTESY), _whole(HEDGES, NO, COURTESY), _whole(YES, COURTESY)
SAYS_NO, SAYS_YES = re.compile(rf"\b(?:{NO})\b"), re.compile(rf"\b(?:{YES})\b")

ADVERB = r"(?:(?:ever|also|currently|recently|still|usually|really|actually|been|noticed|noticing|just|otherwise)\s+)*"
ANY = r"(?:(?:any|some|a|an|a lot of|much|many)\s+)?(?:(?:other\s+)?(?:kinds?|sorts?|types?)\s+of\s+|new\s+onset\s+)?"
SYMPTOM = re.compile(
    r"^(?:(?:and|or|but|then|so)\s+)*(?:"
    rf"(?:how about|what about)\s+(?:any\s+)?|any\s+(?:(?:kinds?|sorts?|types?)\s+of\s+)?"
    rf"|(?:do|did|are|is|was|were|have)\s+(?:you|there)\s+{ADVERB}(?:have|had|having|get|getting|experienced?|experiencing|"
    rf"notice|noticed|noticing)\s+{ANY}"
    rf"|(?:is|are|was|were)\s+there\s+{ANY}"
    rf"|have\s+you\s+{ADVERB}(?:noticed|noticing)\s+{ANY}"
    r")",
    re.IGNORECASE,
)
FEELING = re.compile(
    rf"^(?:(?:and|or|so)\s+)*(?:do|did|are|have|were)\s+you\s+{ADVERB}(?:feel|felt|feeling)\s+", re.IGNORECASE
)
DOING = re.compile(
    r"^(?:(?:and|or|so)\s+)*(?:do|are)\s+you\s+(?P<adverb>(?:(?:currently|still|ever|regularly)\s+)?)"
    r"(?P<verb>smoke|drink|vape|use|take|exercise|work|drive|live|snore|wear|taking|using|smoking|drinking|working|living|"
    r"allergic|pregnant|married|sexually)\b",
    re.IGNORECASE,
)
GERUND = {
    "smoke": "smoking", "drink": "drinking", "vape": "vaping", "use": "using", "take": "taking", "wear": "wearing",
    "exercise": "exercising", "work": "working", "drive": "driving", "live": "living", "snore": "snoring",
    "allergic": "being allergic", "pregnant": "being pregnant", "married": "being married", "sexually": "being sexually",
}  # fmt: skip
THIRD = {
    "exercise": "exercises", "vape": "vapes", "use": "uses", "take": "takes", "taking": "takes", "using": "uses",
    "smoke": "smokes", "drink": "drinks", "smoking": "smokes", "drinking": "drinks", "work": "works", "drive": "drives",
    "live": "lives", "snore": "snores", "wear": "wears", "working": "works", "living": "lives",
}  # fmt: skip
LOOSE_ENDS = (
    ("at", "all"), ("or", "anything", "like", "that"), ("or", "anything"), ("anything", "like", "that"), ("or", "not"),
    ("or", "any", "of", "that"), ("of", "any", "kind"), ("or", "something", "like", "that"), ("with", "this"), ("or",),
    ("or", "no"), ("and", "anything", "like", "that"), ("that", "you've", "noticed"), ("with", "that"), ("either",),
    ("along", "with", "it"), ("with", "it"), ("stuff", "like", "that"), ("things", "like", "that"), ("that", "you", "know", "of"),
)  # fmt: skip
LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Onset", re.compile(r"^when (?:did|was) (?:this|it|that|the pain|these symptoms|your symptoms|the symptoms|all this|all of this)\b.*\b(?:start|begin|began|come on|first)", re.I)),  # noqa: E501
    ("Duration", re.compile(r"^(?:for )?how long (?:has|have|is|did) (?:this|it|that|you had (?:this|it|that|the pain)|the pain|they|the symptoms|this pain|you been having (?:this|it|the pain|these))\b", re.I)),  # noqa: E501
    ("Location", re.compile(r"^where (?:exactly )?(?:is|are|do you feel|does) (?:the pain|this pain|your pain|it|that|this)\b(?: hurt| located| exactly)*", re.I)),  # noqa: E501
    ("Severity on the scale asked", re.compile(r"\b(?:on a )?scale (?:of|from)\b|\b(?:zero|one|0|1) (?:to|being) (?:ten|10)\b", re.I)),
    ("Character", re.compile(r"\bhow would you describe (?:the|this|that|your) (?:pain|feeling)|^what (?:kind|type) of pain\b", re.I)),
    ("Better with", re.compile(r"^(?:what|does anything|is there anything).*\b(?:makes?|made|helps?) (?:it |the pain |this |that )?(?:feel )?better[?]?$", re.I)),  # noqa: E501
    ("Worse with", re.compile(r"^(?:what|does anything|is there anything).*\b(?:makes?|made) (?:it |the pain |this |that )?(?:feel )?worse[?]?$", re.I)),  # noqa: E501
    ("Age", re.compile(r"^how old are you\b", re.I)),
    ("Occupation", re.compile(r"^(?:what do you do for (?:work|a living)|what(?:'s| is) your (?:job|occupation)|what kind of work)\b", re.I)),
    ("Living situation", re.compile(r"^(?:who do you live with|(?:and )?who(?:'s| is) at home|do you live alone|how about your living situation)\b", re.I)),  # noqa: E501
)  # fmt: skip
OPEN = re.compile(
    r"^(?:(?:and|so|but|okay|then)\s+)*(?:what|when|where|who|why|how|which|tell me|can you|could you)\b", re.IGNORECASE
)
OWN_SENTENCE = re.compile(
    r"^(?:i|i'm|i've|it|it's|my|the|there|there's|they|he|she|we|that's|this|nothing|no)\b", re.IGNORECASE
)
NOT_ALONE = re.compile(r"\b(?:that|this|those|these|one|ones|do|did|does)[.,]?$", re.IGNORECASE)
FRAGMENT = 5  # words a question without a verb may have
NO_FRAGMENT = word_set(
    "is are was were do does did have has had can could will would what when where who why how which else really yeah "
    "okay ok right sorry pardon it that this he she they no yes"
)
ENOUGH = 4  # words from which an answer can stand without its question


class Answer(Enum):
    """What an answer to a yes-or-no question says."""

    NO = auto()
    HEDGED_NO = auto()
    YES = auto()
    MORE = auto()


def answer_of(text: str) -> Answer:
    """Whether the answer is nothing but a no, a hedged no, or a yes."""
    low = text.lower().replace("\u2019", "'")
    if PLAIN_NO.match(low) and SAYS_NO.search(low):
        return Answer.NO
    if HEDGED_NO.match(low):
        return Answer.HEDGED_NO if re.search(HEDGES, low) else Answer.NO if SAYS_NO.search(low) else Answer.MORE
    if PLAIN_YES.match(low) and SAYS_YES.search(low):
        return Answer.YES
    return Answer.MORE


def join(question: Tokens, answer: Tokens) -> Tokens:
    """One statement from a question and its answer (both cleaned), with nothing in it that neither said."""
    if label := _label(question):
        return (*frame(label + ":"), *_lowered(answer))
    said = answer_of(_text(answer))
    if said is Answer.MORE and stands_alone(answer):
        return _told(answer)
    for rule in (_symptom, _doing, _fragment):
        if made := rule(question, answer, said):
            return made
    return _quoted(question, answer)


def is_open(question: Tokens) -> bool:
    """Whether the question asks for more than yes or no."""
    return OPEN.match(_text(question)) is not None and _label(question) is None


def stands_alone(answer: Tokens) -> bool:
    """Whether the answer is a sentence that says by itself what it is about."""
    rest = _without_yes_or_no(answer)
    text = _text(rest)
    return len(rest) >= ENOUGH and OWN_SENTENCE.match(text) is not None and not NOT_ALONE.search(text)


def _told(answer: Tokens) -> Tokens:
    rest = _without_yes_or_no(answer)
    return person.patient(rest) or (*frame("Patient:"), *_within_quotes(answer))


def _without_yes_or_no(answer: Tokens) -> Tokens:
    at = 0
    while (
        at < len(answer) - 1 and answer[at].text[-1] in ",." and answer[at].bare in {"no", "yes", "yeah", "yep", "nope"}
    ):
        at += 1
    return answer[at:]


def _label(question: Tokens) -> str | None:
    text = _text(_without_joiners(question)).rstrip("?. ")
    return next((label for label, pattern in LABELS if pattern.search(text)), None)


def _without_joiners(tokens: Tokens) -> Tokens:
    at = 0
    while at < len(tokens) - 1 and tokens[at].bare in {"and", "so", "but", "then", "or"}:
        at += 1
    return tokens[at:]


def _symptom(question: Tokens, answer: Tokens, said: Answer) -> Tokens | None:
    text = _text(question)
    feeling = FEELING.match(text)
    found = feeling or SYMPTOM.match(text)
    if found is None:
        return None
    topic = _topic(question, found.end())
    if topic is None:
        return None
    lately = tuple(
        replace(token, text=token.bare) for token in _before(question, found.end()) if token.bare == "recently"
    )
    topic = (*(frame("feeling") if feeling else ()), *topic, *lately)
    return _about(topic, answer, said)


def _fragment(question: Tokens, answer: Tokens, said: Answer) -> Tokens | None:
    """ "Fever?" "No." -> "Fever: no." """
    topic = _without_joiners(question)
    if len(topic) > FRAGMENT or any(token.bare in NO_FRAGMENT for token in topic) or person.mentions(topic):
        return None
    return (*_before_colon(topic), *_lowered(_third_or_same(answer)))


def _about(topic: Tokens, answer: Tokens, said: Answer) -> Tokens | None:
    several = any(token.bare in {"or", "and"} or token.text.endswith(",") for token in topic)
    if said is Answer.NO:
        return (*frame("Denies"), *topic)
    if said is Answer.HEDGED_NO:
        return (*frame("Denies"), *topic, *_bracketed(answer))
    if said is Answer.YES and not several:
        return (*frame("Reports"), *topic)
    if several:
        return (*frame("Asked about"), *_before_colon(topic), *_lowered(_third_or_same(answer)))
    return (*_before_colon(topic), *_lowered(_third_or_same(answer)))


def _doing(question: Tokens, answer: Tokens, said: Answer) -> Tokens | None:
    found = DOING.match(_text(question))
    if found is None:
        return None
    verb = found["verb"].lower()
    rest = _topic(question, found.end(), may_be_empty=True)
    if rest is None:
        return None
    heard = _before(question, found.end())[-1]
    adverbs = tuple(
        replace(token, text=token.bare)
        for token in _before(question, found.end())[:-1]
        if token.bare in found["adverb"].lower().split()
    )
    gerund = (*adverbs, replace(heard, text=GERUND.get(verb, verb)), *rest)
    if said is Answer.NO:
        return (*frame("Denies"), *gerund)
    if said is Answer.HEDGED_NO:
        return (*frame("Denies"), *gerund, *_bracketed(answer))
    choice = any(token.bare == "or" for token in rest)
    if said is Answer.YES and not choice:
        return (*frame("Reports"), *gerund)
    if verb in THIRD and not choice:
        return (*_before_colon((*adverbs, replace(heard, text=THIRD[verb]), *rest)), *_lowered(_third_or_same(answer)))
    return (*frame("Asked about"), *_before_colon(gerund), *_lowered(_third_or_same(answer)))


def _topic(question: Tokens, start: int, *, may_be_empty: bool = False) -> Tokens | None:
    """What the question is about: its words from character `start`, without loose ends, about "the" body."""
    rest = list(question[len(_before(question, start)) :])
    changed = True
    while changed:
        changed = False
        for loose in LOOSE_ENDS:
            if len(rest) >= len(loose) and tuple(token.bare for token in rest[-len(loose) :]) == loose:
                rest, changed = rest[: -len(loose)], True
    kept = ended(replace(token, text=token.text.rstrip("?.")) for token in rest if token.bare != "any")
    turned = person.clinician(kept)
    if turned is None or person.mentions(turned) or any("?" in token.text for token in turned):
        return None
    return turned if turned or may_be_empty else None


def _before(question: Tokens, end: int) -> Tokens:
    """The tokens within the first `end` characters of the question's text."""
    at, count = 0, 0
    while count < len(question) and at < end:
        at += len(question[count].text) + 1
        count += 1
    return question[:count]


def _quoted(question: Tokens, answer: Tokens) -> Tokens:
    asked = _within_quotes(tuple(_without_joiners(question)), end="?")
    asked = (*asked[:-1], replace(asked[-1], text=asked[-1].text + ":"))
    return (*frame("Asked"), *asked, *_within_quotes(answer))


def _within_quotes(tokens: Tokens, end: str = "") -> Tokens:
    last = tokens[-1].text.rstrip("?.,;") + (end or ".")
    inner = (*tokens[:-1], replace(tokens[-1], text=f"{last}\u201d"))
    return (replace(inner[0], text=f"\u201c{inner[0].text}"), *inner[1:])


def _bracketed(tokens: Tokens) -> Tokens:
    low = _lowered(tokens)
    inner = (*low[:-1], replace(low[-1], text=low[-1].text.rstrip(".,;") + ")"))
    return (replace(inner[0], text=f"({inner[0].text}"), *inner[1:])


def _before_colon(tokens: Tokens) -> Tokens:
    return (*tokens[:-1], replace(tokens[-1], text=tokens[-1].text.rstrip(",;:.?") + ":"))


def _third_or_same(answer: Tokens) -> Tokens:
    return answer if not person.mentions(answer) else person.patient(answer) or answer


def _lowered(tokens: Sequence[Token]) -> Tokens:
    """The first word without its capital, unless it is "I" or an acronym."""
    first = tokens[0]
    keep = first.text[:2].isupper() or first.bare in {"i", "i'm", "i've", "i'd", "i'll"}
    return tuple(tokens) if keep else (replace(first, text=first.text[:1].lower() + first.text[1:]), *tokens[1:])


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)
