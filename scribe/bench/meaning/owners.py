"""Whose something is: whether a sentence tells of the patient, or of a relative, a friend or the clinician."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scribe.bench.meaning.heard import Heard, Sentence, content, found, listed, plain

SELF = frozenset("i i'm i've i'd i'll me my mine myself you you're you've you'd your we we're we've patient".split())
SUBJECTS = frozenset("i i'm i've i'd i'll you you're you've you'd we we're we've the-patient".split())
THIRD = frozenset("he she he's she's he'd she'd his her they they've they'd".split())
STARTS = frozenset(". ? ! ; , and but so because that when if then while whereas".split())
BEFORE_OBJECT = frozenset("with to for by from of about like and see at near than around told call ask".split())
OWNERS = frozenset("my your his her the our their a an maternal paternal both older younger little big oldest".split())
OPENERS = frozenset("yeah yes well no and um uh oh so".split())
AROUND = 8  # words before and behind people in general
SHORT = 8  # words of a sentence that may go on with the one before
NEAR = 3  # words between the start of a clause and whom it is about


def of_another(statement: str, heard: Heard) -> str | None:
    """Who it is that a statement without anybody in it was told of; None where it was the patient."""
    said = {word.removesuffix("'s") for word in plain(statement)}
    others = listed("others") | listed("person_said")
    if said & others or "\u201c" in statement:
        return None
    for sentence in heard.touched:
        words, marks = plain(sentence.text), sentence.was_heard
        for start, stop in found(words, "generic"):
            if set(words[start:stop]) & said:
                continue
            around = range(max(0, start - AROUND), min(len(words), stop + AROUND))
            clause = [words[at] for at in around if marks[at]]
            if _mostly(statement, clause) and not _elsewhere(statement, clause, heard, but=sentence):
                return " ".join(words[start:stop])
        for who, clause in (*_clauses(sentence, heard), *_belongings(words)):
            if who and _mostly(statement, clause) and not _elsewhere(statement, clause, heard):
                return who
    return None


def _belongings(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What is somebody's by name: "the death of your father"."""
    for at, word in enumerate(words[:-2]):
        if word == "of" and words[at + 1] in OWNERS and words[at + 2] in listed("others"):
            yield words[at + 2], list(words[max(0, at - NEAR) : at])


def _mostly(statement: str, clause: Sequence[str]) -> bool:
    said = content(plain(statement))
    return len(said & content([word for word in clause if word])) >= max(1, len(said) / 2)


def _elsewhere(statement: str, clause: Sequence[str], heard: Heard, but: Sentence | None = None) -> bool:
    """Whether the patient's own words say it as well."""
    shared = content(plain(statement)) & content([word for word in clause if word])
    return any(
        not who and shared <= content([word for word in words if word])
        for sentence in heard.touched
        if not sentence.asks and sentence is not but
        for who, words in _clauses(sentence, heard)
    )


def _clauses(sentence: Sentence, heard: Heard) -> Iterator[tuple[str, list[str]]]:
    """The clauses of a sentence, each with the other person whom it is about, empty for the patient."""
    who = _spoken_of(sentence, heard)
    clause: list[str] = []
    words, marks = plain(sentence.text), sentence.was_heard
    for at, word in enumerate(words):
        if clause and (word in ("i", "i'm", "i've", "i'll") or (word in STARTS and not _joins(words, at))):
            yield who, clause
            clause = []
        if word in STARTS:
            who = "" if word == "then" else who
            continue
        if not clause or len(clause) <= NEAR:
            who = _subject(words, at, len(clause), who, sentence)
        clause.append(word if marks[at] else "")
    if clause:
        yield who, clause


def _joins(words: Sequence[str], at: int) -> bool:
    """Whether an "and" joins two words, not two clauses."""
    following = words[at + 1 : at + 3]
    return words[at] == "and" and not any(word in SELF | THIRD | listed("others") | OWNERS for word in following)


def _subject(words: Sequence[str], at: int, place: int, who: str, sentence: Sentence) -> str:
    word = words[at].removesuffix("'s")
    before = words[at - 1] if at else ""
    if words[at] in SUBJECTS:
        return _self(words, at, sentence)
    is_other = word in listed("others") or any(
        start == at for start, _ in found(words[: at + 3], "other_phrases", max(0, at - 2))
    )
    if not is_other:
        return who
    behind = words[at + 1 : at + 3]
    if any(each in listed("reporting") for each in behind) or place > NEAR:
        return ""
    opening = words[at - place : at]
    if any(each in BEFORE_OBJECT for each in opening) or before in BEFORE_OBJECT:
        return who
    return word


def _self(words: Sequence[str], at: int, sentence: Sentence) -> str:
    """Whom "I" is: the clinician who tells of an own illness is not the patient."""
    own = sentence.who == "clinician" and {"own", "myself"} & set(words[at : at + 6])
    return "clinician" if own else ""


def _spoken_of(sentence: Sentence, heard: Heard) -> str:
    """Of whom the talk was before a sentence, where it goes on with "she" or answers what was asked of a relative."""
    words = [word for word in plain(sentence.text) if word[0].isalpha()]
    opening = [word for word in words[:5] if word not in OPENERS]
    before = heard.before(sentence)
    goes_on = sentence.who != "clinician" and len(words) <= SHORT and not SELF & set(words)
    if before and (goes_on or (opening and opening[0] in THIRD)):
        named = plain(before[-1].text)
        return "" if SELF & set(named) - {"my", "your"} else _last_named(named)
    if before or sentence.turn == 0:
        return ""
    asked = heard.turns[sentence.turn - 1]
    question = plain(asked[-1].text) if asked and asked[-1].who != sentence.who and "?" in asked[-1].text else []
    if SELF & set(words[:6]) - {"my"}:
        return ""
    if next(found(question, "answers_for_family"), None) is not None:
        return next((word for word in question if word in listed("others")), "family")
    if THIRD & set(question) and not SELF & set(question):  # "How old was he?"
        earlier = heard.turns[sentence.turn - 2] if sentence.turn > 1 else ()
        return _last_named([word for each in earlier for word in plain(each.text)])
    return ""


def _last_named(words: Sequence[str]) -> str:
    named = [word for word in words if word.removesuffix("'s") in listed("others")]
    return named[-1] if named else ""
