"""The spoken marks: what is said, what is written, and the words beside which the same word is only a word.

Phrases follow the command lists of medical dictation products (period or full stop, open or left parenthesis, new or
next line) so that people who dictate need not learn anything.

A phrase is a command unless the words around it say otherwise: "a period of time", "the sigmoid colon" and "colon
cancer" stay words. `ARTICLES` before a phrase always make it a word. The other words do so unless the speaker paused
there, or the recogniser heard the end of a phrase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Place(StrEnum):
    """Where a mark stands between its neighbours."""

    CLOSE = "close"  # against the word before: "fever,"
    OPEN = "open"  # against the word after: "(mild"
    JOIN = "join"  # against both: "and/or"
    BREAK = "break"  # in place of the space between them


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("a an the of each every my your our their its whose another")
DETERMINERS = _words("this that these those his her no any some same whole entire")
TIME_UNITS = _words("second minute hour day week month year")
NUMBERS = _words("two three four five six seven eight nine ten twelve fourteen fifteen twenty thirty sixty ninety")
JOINERS = _words("and or with without from in into to no not by for")


@dataclass(frozen=True, slots=True)
class Command:
    """One mark and the phrases that ask for it, in lower case; hyphens in what was heard count as spaces."""

    mark: str
    place: Place
    phrases: tuple[str, ...]
    misheard: tuple[str, ...] = ()  # as recognisers write it; believed only among marks that were heard well
    not_after: frozenset[str] = frozenset()  # after these words the phrase is only words
    not_after_led: Mapping[str, frozenset[str]] = field(default_factory=dict)  # so, too, if led by one of these words
    not_before: frozenset[str] = frozenset()
    misheard_only_after: frozenset[str] = frozenset()  # if any
    misheard_not_after: frozenset[str] = frozenset()
    needs_pauses: bool = False  # too common as a word: a pause or a heard mark must stand on both sides


STRETCHES = _words("during over in within throughout after before on through missed had has got gets started skipped")
KINDS_OF_PERIOD = _words(
    "recovery observation incubation waiting postoperative preoperative perioperative operative perinatal postpartum "
    "neonatal newborn latent latency refractory grace trial short long brief prolonged extended current fertile "
    "interval transition holding washout first second third last next"
)
COLON_PARTS = _words(
    "sigmoid ascending descending transverse spastic distal proximal redundant irritable lazy left right total "
    "in through along into entire large whole mega tortuous normal remaining visualized"
)
COLON_THINGS = _words(
    "cancer cancers carcinoma polyp polyps polypectomy resection surgery screening adenoma adenomas adenocarcinoma "
    "mass wall mucosa biopsy biopsies prep preparation cleanse tumor tumour disease perforation obstruction lesion "
    "lesions interposition issues problems is was appears appeared"
)
HEADING_ENDS = _words(
    "complaint illness history examination exam medications allergies systems signs results data assessment plan "
    "impression findings diagnosis diagnoses procedure recommendations studies labs course indication technique"
)
LINE_WORDS = _words("of for placement infection placed was is drug therapy treatment agent")

COMMANDS: tuple[Command, ...] = (
    Command(
        ".",
        Place.CLOSE,
        ("period", "full stop"),
        not_after=_words("menstrual menopausal"),
        not_after_led={
            **dict.fromkeys(KINDS_OF_PERIOD, ARTICLES | DETERMINERS),  # "the recovery period"
            **dict.fromkeys(DETERMINERS | {"time"}, STRETCHES),  # "during this period", not "to treat this, period"
        },
        not_before=_words("of cramp cramps products bleeding"),
    ),
    Command(
        ",",
        Place.CLOSE,
        ("comma",),
        misheard=("karma", "kama", "calma", "cama", "coma"),
        not_before=_words("bacillus bacilli shaped"),
        misheard_not_after=_words(
            "diabetic hepatic myxedema induced hyperosmolar hypoglycemic uremic glasgow deep prolonged"
        ),
    ),
    Command(
        ":",
        Place.CLOSE,
        ("colon",),
        misheard=("column", "cologne"),
        not_after=DETERMINERS | COLON_PARTS,
        not_before=COLON_THINGS,
        misheard_only_after=HEADING_ENDS,
    ),
    Command(";", Place.CLOSE, ("semicolon", "semi colon")),
    Command("?", Place.CLOSE, ("question mark",), not_after=_words("big")),
    Command("!", Place.CLOSE, ("exclamation mark", "exclamation point")),
    Command(
        "(",
        Place.OPEN,
        (
            *("open parenthesis", "open parentheses", "open paren", "open bracket"),
            *("left parenthesis", "left paren", "begin parenthesis"),
        ),
    ),
    Command(
        ")",
        Place.CLOSE,
        (
            *("close parenthesis", "close parentheses", "close paren", "close bracket", "closed parenthesis"),
            *("right parenthesis", "right paren", "end parenthesis"),
        ),
    ),
    Command('"', Place.OPEN, ("open quote", "open quotes", "begin quote")),
    Command('"', Place.CLOSE, ("close quote", "close quotes", "closed quote", "end quote", "unquote")),
    Command("-", Place.JOIN, ("hyphen",)),
    Command(" -", Place.CLOSE, ("dash",), not_before=_words("diet"), needs_pauses=True),
    Command("/", Place.JOIN, ("slash", "forward slash"), not_before=_words("wound wounds injury and burn")),
    Command("\n", Place.BREAK, ("new line", "newline", "next line"), not_after=DETERMINERS, not_before=LINE_WORDS),
    Command("\n\n", Place.BREAK, ("new paragraph", "next paragraph"), not_after=DETERMINERS),
)
