"""Speech without what speaking adds: fillers, stutters, false starts, asides, and what the speaker took back.

"It started, um, it started Monday, no, Tuesday" -> "it started Tuesday". Only words are dropped; none is changed
but for case. What was taken back goes only where both sides are of one kind (two days, two doses, two sides): "no"
between anything else is a denial and stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from scribe.clinical.number_words import BELOW_HUNDRED
from scribe.sections import phrases
from scribe.sections.tokens import EDGE, Token, Tokens, ended, find, neighbours, stopless

FILLERS, OPENERS, ASSENT, MAY_REPEAT = map(phrases.words, ("fillers", "openers", "assent", "may_repeat"))
OPENING_PHRASES, TAGS = phrases.phrases("opening_phrases"), phrases.phrases("tags")
STUTTER = re.compile(r"^(\w{1,3})-(?=\1)", re.IGNORECASE)
SUBJECTS, STUMBLED = phrases.words("subjects"), phrases.words("stumbled")
CUT_OFF = re.compile(r"^[A-Za-z]{1,4}-,?$")
ASIDES = re.compile(rf"(?:{phrases.pattern('asides')})(?= |$)")
CORRECTION = re.compile(rf"(?:{phrases.pattern('corrections')})(?= |$)")
KINDS = {name: re.compile(rf"(?:{pattern})$") for name, pattern in phrases.patterns("correctable").items()}
BY_NO_ALONE = frozenset({"day", "month", "part of a day", "number", "length of time"})
LEADS = phrases.words("correction_leads")
UNPAUSED = phrases.words("never_last")
BEFORE_NO_ASIDE = phrases.words("before_no_aside")
AFTER_LIKE = frozenset({"CD", "DT", "JJ", "RB", "IN", "PDT", "JJR", "VBG", "NN"})
BEFORE_LIKE = phrases.words("before_empty_like")
POINTING = frozenset({"this", "that", "these", "those", "all", "some", "both", "any", "no"})
LINKING = frozenset("feel feels felt is am was have has had get gets got just".split())
LEFT_OVER, TAKES_SO = phrases.words("left_over"), phrases.words("takes_clause")
DANGLING = frozenset({"CC", "DT", "TO", "PRP$", "WDT"})
COUNTING = phrases.words("counting") | BELOW_HUNDRED.keys()
SHORT = 3  # words that are left as they are: "I used to."
ARTICLES = frozenset({"a", "an", "the", "my"})
PREPOSITIONS = frozenset({"in", "on", "at", "for", "about", "to", "around", "since", "of"})
SMALL = ARTICLES | PREPOSITIONS
MEANINGFUL, STARTERS = phrases.words("meaningful_openers"), phrases.words("starters") | SUBJECTS
REACH = 3  # words on each side of a correction in which its two versions are looked for
LONGEST_REPEAT = 5  # words


def clean(tokens: Tokens, *, answer: bool = False) -> Tokens:
    """The sentence without fillers, stutters, words that only open a turn, and the tag that asks for assent.

    An `answer` keeps its yes. May be empty where the sentence was nothing but fillers.
    """
    kept = [_cased(token) for token in tokens if not _is_filler(token)]
    kept = _without_asides(_corrected([_whole(token) for token in kept]))
    kept = _unstuttered([_unpaused(token, after) for token, after in zip_longest(kept, kept[1:])])
    kept = _without_openers(kept, OPENERS - {"right"} if answer else OPENERS | ASSENT)
    tagged = True
    while tagged:
        tagged = False
        for tag in TAGS:
            if len(kept) > len(tag) + 1 and tuple(token.bare for token in kept[-len(tag) :]) == tag:
                kept, tagged = kept[: -len(tag)], True
    return ended(_with_pauses(kept))


def trimmed(tokens: Tokens) -> Tokens:
    """The sentence (tagged) without what was left unfinished at its end: "and feels", "to the"."""
    kept = [token for at, token in enumerate(tokens) if not _is_filler_like(tokens, at)]
    while len(kept) > (1 if kept[-1:] and kept[-1].tag == "CC" else SHORT) and kept[-1].text[-1] not in "?!":
        left_over = kept[-1].bare in LEFT_OVER and kept[-2].bare not in TAKES_SO | {"aware", "heard"}
        if (kept[-1].tag in DANGLING and kept[-1].bare not in POINTING) or left_over:
            kept = kept[:-1]
        elif len(kept) > 3 and kept[-3].tag == "CC" and kept[-2].tag == "PRP" and kept[-1].bare in LINKING:
            kept = kept[:-3]
        elif kept[-2].tag == "CC" and (kept[-1].bare in LINKING or kept[-1].tag in {"PRP", "WP"}):
            kept = kept[:-2]
        else:
            break
    return ended(kept)


def without_assent(tokens: Tokens) -> Tokens:
    """The sentence without the words that open it, a yes among them."""
    return tuple(_without_openers(list(tokens), OPENERS | ASSENT))


def _with_pauses(kept: list[Token]) -> list[Token]:
    """What was dropped between two numbers stays visible as a pause, lest they read as one: "a hundred and, uh, 80"."""
    made = list(kept)
    for at, (before, token) in enumerate(neighbours(kept)):
        dropped = before.span is not None and token.span is not None and token.span.start > before.span.end + 1
        if dropped and token.bare[:1].isdigit() and (before.bare in COUNTING or before.bare[:1].isdigit()):
            made[at] = replace(before, text=before.text.rstrip(",") + "\u2026")
    return made


def _is_filler(token: Token) -> bool:
    spoken = token.bare in FILLERS and not (token.bare == "er" and token.text.isupper())  # ER is a place
    return spoken or CUT_OFF.match(token.text) is not None or not token.bare


def _cased(token: Token) -> Token:
    bare = token.bare
    if bare == "i" or bare.startswith("i'"):
        at = token.text.lower().index("i")
        return replace(token, text=f"{token.text[:at]}I{token.text[at + 1 :]}")
    return token


def _is_filler_like(tokens: Tokens, at: int) -> bool:
    """Whether "like" says nothing: "for like four days", "it was like really bad"; "feels like a knife" stays."""
    if tokens[at].bare != "like" or not 0 < at < len(tokens) - 1:
        return False
    return tokens[at - 1].bare in BEFORE_LIKE and tokens[at + 1].tag in AFTER_LIKE


def _unpaused(token: Token, after: Token | None) -> Token:
    """No comma after a word that cannot end a phrase ("lack of, uh, energy"), unless numbers would run together."""
    number = after is not None and after.bare[:1].isdigit()
    return replace(token, text=token.text.rstrip(",")) if token.bare in UNPAUSED and not number else token


def _without_asides(tokens: list[Token]) -> list[Token]:
    """Without "you know", "I mean" and the like; not where they are the sentence ("do you know ...")."""
    kept = tokens
    at = 0
    while (found := find(ASIDES, kept[at:])) is not None:
        start, stop = at + found[0], at + found[1]
        before = kept[start - 1].bare if start else ""
        alone = start == 0 and (
            stop == len(kept) or not (kept[stop - 1].text[-1] in ",." or kept[stop].bare in SUBJECTS)
        )
        if before in BEFORE_NO_ASIDE or alone:
            at = stop
            continue
        if start and kept[stop - 1].text[-1] in ".?!":
            kept[start - 1] = replace(kept[start - 1], text=kept[start - 1].text.rstrip(EDGE) + kept[stop - 1].text[-1])
        kept = kept[:start] + kept[stop:]
        at = start
    return kept


def takes_back(before: Tokens, after: Tokens) -> bool:
    """Whether a sentence takes back the end of the one before: "... on Sunday." "No, Saturday night."."""
    found = find(CORRECTION, after, start=True)
    if found is None or not before or before[-1].text[-1] == "?" or after[found[1] - 1].text[-1].isalpha():
        return False
    told = [*stopless(before), *after]
    start = len(told) - len(after)
    return _taken_back(told, start, start + found[1]) is not None


def _corrected(tokens: list[Token]) -> list[Token]:
    """Without what the speaker took back: "Monday, no, Tuesday" -> "Tuesday"."""
    at = 0
    while (found := find(CORRECTION, tokens[at:])) is not None:
        start, stop = at + found[0], at + found[1]
        first = _taken_back(tokens, start, stop)
        if first is None:
            at = stop
        else:
            tokens = tokens[:first] + tokens[stop:]
            at = first
    return tokens


def _taken_back(tokens: Sequence[Token], start: int, stop: int) -> int | None:
    """Where the first version begins, if the words before and after the correction are two versions of one thing.

    Where the number's unit is said twice, both are taken: "20 milligrams, no, 40 milligrams".
    """
    if not start or tokens[start - 1].text[-1] in ".?!":
        return None
    before = [token.bare for token in tokens[max(0, start - REACH) : start]]
    after = [token.bare for token in tokens[stop : stop + REACH]]
    denies = stop == start + 1 and tokens[start].bare == "no" and tokens[start].text[-1].isalpha()
    for name, kind in KINDS.items():
        old = [at for at, word in enumerate(before) if kind.match(word)]
        new = [at for at, word in enumerate(after) if kind.match(word)]
        if not old or not new or before[old[-1]] == after[new[0]]:
            continue
        if denies and (name not in BY_NO_ALONE or start - len(before) + old[-1] != start - 1):
            continue  # "left knee pain, no right knee pain" denies something
        tail, lead = before[old[-1] + 1 :], after[: new[0]]
        if (tail and tail != after[new[0] + 1 : new[0] + 1 + len(tail)]) or any(word not in LEADS for word in lead):
            continue
        first = old[-1]
        drops = SMALL if any(word in PREPOSITIONS for word in lead) else ARTICLES
        while first and (kind.match(before[first - 1]) or (lead and before[first - 1] in drops)):
            first -= 1
        return start - len(before) + first
    return None


def _whole(token: Token) -> Token:
    """`y-you` -> you, for the small words on which people stumble; `t-test` stays."""
    rest = STUTTER.sub("", token.text)
    return replace(token, text=rest) if rest.strip(EDGE).lower() in STUMBLED else token


def _unstuttered(tokens: list[Token]) -> list[Token]:
    """Drop what is said twice in a row, up to five words ("in my in my chest"), and a subject that is begun anew."""
    kept = [a for a, b in neighbours(tokens) if not _same(a, b) and not _begun_anew(a, b)] + tokens[-1:]
    for size in range(LONGEST_REPEAT, 1, -1):
        at = 0
        while at + 2 * size <= len(kept):
            if all(_same(kept[i], kept[i + size], anywhere=True) for i in range(at, at + size)):
                del kept[at : at + size]
            else:
                at += 1
    return kept


def _begun_anew(a: Token, b: Token) -> bool:
    return a.bare in SUBJECTS and b.bare in SUBJECTS and (a.text[-1] in ",-" or a.bare.split("'")[0] == b.bare)


def _same(a: Token, b: Token, *, anywhere: bool = False) -> bool:
    """Whether `b` says `a` again; some words mean more when doubled ("no no", "very very") unless more is repeated."""
    if b.bare.startswith(a.bare + "'") and a.bare.isalpha() and a.text[-1].isalpha():
        return not anywhere  # "it it's"
    if a.bare != b.bare or not a.bare.replace("'", "").isalpha() or a.text[-1] in ".?!":
        return False
    return anywhere or a.bare not in MAY_REPEAT


def _without_openers(tokens: list[Token], openers: frozenset[str]) -> list[Token]:
    while len(tokens) > 1:
        first, second = tokens[0], tokens[1]
        if len(tokens) > 2 and (first.bare, second.bare) in OPENING_PHRASES and _opens(second, tokens[2]):
            tokens = tokens[2:]
        elif first.bare in openers and (first.bare not in MEANINGFUL or _opens(first, second)):
            tokens = tokens[1:]
        else:
            break
    return tokens


def _opens(word: Token, after: Token) -> bool:
    """Whether a word only opens the sentence: "right, so ..." and "well, I", but not "right knee"."""
    return not word.text[-1].isalpha() or after.bare in STARTERS
