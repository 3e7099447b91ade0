"""Numbers on the page that nobody said: phrases with numbers, in the pieces of the real recogniser.

Each phrase is made with the numbers it has, cut as faster-whisper cuts it, and written as a visit and as a dictation,
through the joining of pieces and, as an older transcript, without it. The page may hold only these numbers, in this
order; a phrase that came in figures has to keep all of them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from scribe.asr import windows
from scribe.asr.faster_whisper import Cutter
from scribe.bench.faults import LoopResult, Options
from scribe.dictation import write
from scribe.types import Mode, Segment, Transcript, Word

PACE = 0.2  # seconds of an entry
PAGE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|(?<![A-Za-z])\.\d+")
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
LABS = "PTT PT INR potassium sodium creatinine hemoglobin troponin lactate magnesium calcium TSH BNP albumin".split()
DRUGS = "lorazepam metoprolol warfarin furosemide levothyroxine mirtazapine digoxin prednisone fentanyl".split()
UNITS = "mg mcg units mL mEq g mg/kg mg/dL mmHg cm mm weeks days hours".split()
SPOKEN_UNITS = "milligrams micrograms units milliliters grams centimeters days weeks".split()
MONTHS = "January February March April May June July August September October November December".split()
BEFORE = ("", "", "The", "She has a", "We gave", "Her", "His last", "Start", "Give", "Repeat the", "On admission,")
AFTER = ("", ".", ".", ",", " today.", " this morning.", " and follow.", "; recheck.", " daily.")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was said, and the figures that may be written for it; `figures`: it came in figures, and all must stay."""

    text: str
    numbers: tuple[str, ...]
    figures: bool = True


def run(options: Options) -> LoopResult:
    """One trial is one phrase on two pages."""
    random = Random(options.seed)  # noqa: S311 (not for secrets)
    cutter = Cutter(options.config)
    failures: list[str] = []
    began, flagged = time.perf_counter(), 0
    for trial in range(options.trials):
        phrase = made(random)
        entries = cutter.cut(phrase.text)
        for mode in (Mode.VISIT, Mode.DICTATION):
            page = write.write(transcript(entries, random), mode, options.config)
            text = "".join(item.word.text for item in page.written)
            flagged += any(flag.reason.startswith("the number") for flag in page.flags)
            if wrong := fault(phrase, text):
                failures.append(f"trial {trial}, {mode.value}: {wrong}")
        options.on_progress("faults", trial + 1, options.trials)
    seconds = time.perf_counter() - began
    return LoopResult(options.trials, tuple(failures), {"seconds": round(seconds, 1), "pages_flagged": flagged})


def fault(phrase: Phrase, page: str) -> str:
    """What is wrong with a page; empty where nothing is."""
    written = [plain(found) for found in PAGE.findall(page)]
    remaining = iter(phrase.numbers)
    if not all(number in remaining for number in written):
        return f"numbers {written} on the page, {list(phrase.numbers)} heard"
    if phrase.figures and len(written) < len(phrase.numbers):
        return f"numbers {written} on the page of {list(phrase.numbers)} heard"
    return ""


def plain(figure: str) -> str:
    """A figure by its value: "7.10" and "7.1" are one."""
    value = f"{Decimal(figure.replace(',', '')):f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def transcript(entries: Sequence[str], random: Random) -> Transcript:
    """The entries as recognised words; sometimes two segments, sometimes stored before pieces were joined."""
    words = [
        Word(round(at * PACE, 2), round((at + 1) * PACE, 2), text, random.uniform(0.3, 1.0), "A")
        for at, text in enumerate(entries)
    ]
    cut = random.randrange(len(words)) if random.random() < 0.3 else 0
    segments = tuple(Segment(tuple(part)) for part in (words[:cut], words[cut:]) if part)
    if random.random() < 0.7:
        segments = tuple(windows.whole_words(segments))
    return Transcript(segments, duration=PACE * len(words))


def made(random: Random) -> Phrase:
    """A phrase of any kind, in the middle of something."""
    phrase = random.choice(KINDS)(random)
    before, after = random.choice(BEFORE), random.choice(AFTER)
    text = f"{before} {phrase.text}".strip() + after
    if random.random() < 0.3:
        other = random.choice(KINDS)(random)
        numbers = (*phrase.numbers, *other.numbers)
        return Phrase(f"{text.rstrip('.,;')}, {other.text}.", numbers, phrase.figures and other.figures)
    return Phrase(text, phrase.numbers, phrase.figures)


def _in_figures(text: str) -> Phrase:
    return Phrase(text, tuple(plain(found) for found in PAGE.findall(text)))


def _decimal(random: Random) -> str:
    return f"{random.randrange(0, random.choice((2, 10, 60, 400)))}.{random.choice('0123456789')}" + random.choice(
        ("", "", "0", "5", "25")
    )


def _number(random: Random) -> str:
    whole = random.randrange(1, random.choice((10, 100, 1000, 20_000)))
    return random.choice((_decimal(random), str(whole), f"{whole:,}"))


def _lab(random: Random) -> Phrase:
    between = random.choice((" ", " ", "-", " of ", " is ", " was ", ": ", " at "))
    return _in_figures(f"{random.choice(LABS)}{between}{_number(random)}")


def _dose(random: Random) -> Phrase:
    space = random.choice((" ", " ", ""))
    return _in_figures(f"{random.choice(DRUGS)} {_number(random)}{space}{random.choice(UNITS)}")


def _range(random: Random) -> Phrase:
    low, high = sorted((Decimal(_decimal(random)), Decimal(_decimal(random)) + 1))
    name, joiner = random.choice((*LABS, *DRUGS, "INR goal")), random.choice(("-", "-", " to ", " - ", "\u2013"))
    return _in_figures(f"{name} {low}{joiner}{high}{random.choice(('', ' mg', ' units', '%'))}")


def _vital(random: Random) -> Phrase:
    pressure = f"{random.randrange(80, 220)}/{random.randrange(40, 120)}"
    temperature = f"{random.randrange(95, 106)}.{random.randrange(10)}"
    return _in_figures(
        random.choice(
            (
                f"blood pressure {pressure}",
                f"BP {pressure}, pulse {random.randrange(40, 180)}",
                f"temperature {temperature}{random.choice(('', ' F', '°F', ' degrees'))}",
                f"O2 sat {random.randrange(80, 100)}%",
                f"weight {_decimal(random)} kg",
                f"A1c {random.randrange(4, 15)}.{random.randrange(10)}{random.choice(('', '%', ' %'))}",
            )
        )
    )


def _when(random: Random) -> Phrase:
    clock = f"{random.randrange(1, 13)}:{random.randrange(60):02d}"
    month, day, year = random.randrange(1, 13), random.randrange(1, 29), random.randrange(1940, 2027)
    return _in_figures(
        random.choice(
            (
                f"at {clock} {random.choice(('AM', 'PM', 'a.m.', 'p.m.', ''))}".strip(),
                f"on {month}/{day}/{year}",
                f"on {MONTHS[month - 1]} {day}, {year}",
                f"since {year}",
                f"a {random.randrange(20, 99)}-year-old",
                f"every {random.randrange(2, 24)} hours",
                f"x{random.randrange(2, 9)} days",
            )
        )
    )


def _ratio(random: Random) -> Phrase:
    one, other = random.randrange(1, 9), random.randrange(2, 10)
    return _in_figures(
        random.choice(
            (
                f"strength {one}/{other}",
                f"insulin {random.choice(('70/30', '75/25'))}",
                "Norco 5/325",
                f"titer 1:{random.choice((10, 80, 160, 640))}",
                f"L{one}-L{one + 1}",
                f"grade {one} out of {other + 4}",
                f"{one}.{other} x {other}.{one} cm",
                f"{random.randrange(100, 999)}-{random.randrange(100, 999)}-{random.randrange(1000, 9999)}",
            )
        )
    )


def _spoken(random: Random) -> Phrase:
    """A number in words: what it says, and no other number, may be written in figures."""
    value, unit = random.randrange(13, 2000), random.choice(SPOKEN_UNITS)
    whole, part = random.randrange(1, 110), random.randrange(1, 10)
    hundred = random.randrange(12, 40)
    return random.choice(
        (
            Phrase(f"{random.choice(DRUGS)} {said(value)} {unit}", (str(value),), figures=False),
            Phrase(f"{random.choice(LABS)} {said(whole)} point {said(part)}", (f"{whole}.{part}",), figures=False),
            Phrase(f"temperature a hundred and {said(part)} point {said(part)}", (f"10{part}.{part}",), figures=False),
            Phrase(f"{said(hundred)} hundred units", (str(hundred * 100),), figures=False),
            Phrase(f"oh point {said(part)} {said(part)}", (f"0.{part}{part}",), figures=False),
            Phrase(f"{said(part)} and a half tablets", (str(part), "1", "2", f"{part}.5"), figures=False),
            Phrase("insulin seventy thirty", ("70", "30"), figures=False),
            Phrase(f"{said(whole)} over {said(value)}", (str(whole), str(value)), figures=False),
            Phrase(f"{said(part)} to {said(part + 4)} {unit}", (str(part), str(part + 4)), figures=False),
        )
    )


def said(value: int) -> str:
    """A number in words."""
    if value < 20:
        return SMALL[value]
    if value < 100:
        return TENS[value // 10] + (f" {SMALL[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{SMALL[value // 100]} hundred" + (f" {said(value % 100)}" if value % 100 else "")
    return f"{said(value // 1000)} thousand" + (f" {said(value % 1000)}" if value % 1000 else "")


KINDS: tuple[Callable[[Random], Phrase], ...] = (_lab, _dose, _range, _vital, _when, _ratio, _spoken, _spoken)
