"""Makes spoken dictations of written reports, to measure with `scribe bench words`.

    python samples/make_dictations.py TEXTS --packages FOLDER --out OUT

TEXTS holds NAME.txt, one report each; FOLDER the packages of `PACKAGES` (README.md tells how to get them). OUT gets
NAME.flac (mono, 16 kHz), NAME.txt with the words that are said, and index.tsv with voice, noise and length of each.
Texts take turns through voices and noises in the order of their names, so the result is the same each time.
"""

# ruff: noqa: T201  (the script reports what it made)
from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pronunciation
from hibari import Hibari
from pronunciation import Pronounce
from room import in_room
from spoken import sentences, spoken, with_spoken_marks
from voices import (
    ENGLISH_STYLES,
    KOKORO,
    PIPER,
    PIPER_RATE,
    SYNTHESIS_RATE,
    Sound,
    Speak,
    hibari_voice,
    kokoro_voices,
    normalised,
    piper_voice,
    read_packages,
    trimmed,
    write_flac,
)

PACKAGES = {**KOKORO, **ENGLISH_STYLES, **PIPER}
NOISES = {"quiet": None, "20dB": 20.0, "10dB": 10.0}  # name: decibels between speech and noise
PACE = (0.92, 1.06)  # of the voice's own pace, uniform
SENTENCE_PAUSE = (0.25, 0.60)  # seconds, uniform
LINE_PAUSE = (0.6, 1.2)  # seconds, uniform
EDGE = 0.5  # seconds of room before the first word and after the last


@dataclass(frozen=True)
class Voice:
    """A speaker: how the words are pronounced, and what sound that makes."""

    pronounce: Pronounce
    speak: Speak
    rate: int = SYNTHESIS_RATE


STYLES = {  # voice: Kokoro's style and way of pronouncing
    "bella": ("af_bella", "american"),
    "michael": ("am_michael", "espeak_for_kokoro"),
    "emma": ("bf_emma", "british"),
    "george": ("bm_george", "british"),
    "sarah": ("af_sarah", "espeak_for_kokoro"),
    "fenrir": ("am_fenrir", "american"),
    "puck": ("am_puck", "espeak_for_kokoro"),
    "isabella": ("bf_isabella", "british"),
    "fable": ("bm_fable", "british"),
}
VOICES = ("heart", "joe", *STYLES)


class Cast:
    """The voices by name, each set up when it is first asked for."""

    def __init__(self, packages: Path) -> None:
        self.files = read_packages(packages, PACKAGES)
        self.kokoro = cache(lambda: kokoro_voices(self.files))
        self.voice = cache(self._voice)

    def _voice(self, name: str) -> Voice:
        if name == "heart":
            return Voice(pronunciation.american(), hibari_voice(Hibari()))
        if name == "joe":
            return Voice(pronunciation.espeak(), piper_voice(self.files), PIPER_RATE)
        style, way = STYLES[name]
        return Voice(getattr(pronunciation, way)(), self.kokoro()(style))


def words_said(report: str, marks: bool) -> list[list[str]]:
    """The sentences of each line of a report as they are said, with `marks` spoken or not."""
    lines = [spoken(line) for line in report.splitlines() if line.strip()]
    return [sentences(with_spoken_marks(line) if marks else line) for line in lines]


def performed(lines: Sequence[Sequence[str]], voice: Voice, rng: np.random.Generator) -> Sound:
    """All sentences with pauses between them, at the voice's rate."""

    def silence(seconds: float) -> Sound:
        return np.zeros(int(seconds * voice.rate), np.float32)

    pieces = [silence(EDGE)]
    pace = rng.uniform(*PACE)
    for line in lines:
        for number, sentence in enumerate(line):
            sound = voice.speak(voice.pronounce(sentence), pace, int(rng.integers(2**31)))
            pause = LINE_PAUSE if number == len(line) - 1 else SENTENCE_PAUSE
            pieces += [normalised(trimmed(sound, rate=voice.rate)), silence(rng.uniform(*pause))]
    return np.concatenate([*pieces, silence(EDGE)])


def make(text: Path, out: Path, voice: Voice, snr: float | None, *, marks: bool) -> float:
    """Write the recording of one report and what is said in it; returns its length in seconds."""
    rng = np.random.default_rng(int(hashlib.sha256(text.stem.encode()).hexdigest()[:16], 16))
    lines = words_said(text.read_text(encoding="utf-8"), marks)
    sound = in_room(performed(lines, voice, rng), voice.rate, snr, rng)
    (out / f"{text.stem}.txt").write_text("".join(f"{' '.join(line)}\n" for line in lines), encoding="utf-8")
    return write_flac(out / f"{text.stem}.flac", sound, voice.rate)


def main() -> None:
    """Make a recording of every text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, help="folder with NAME.txt")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the packages")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--voices", default=",".join(VOICES), help="which voices (default: %(default)s)")
    parser.add_argument("--noises", default=",".join(NOISES), help="which noises (default: %(default)s)")
    parser.add_argument("--marks-every", type=int, default=0, metavar="N", help="say the punctuation in every Nth text")
    options = parser.parse_args()
    cast = Cast(options.packages)
    options.out.mkdir(parents=True, exist_ok=True)
    voices, noises = options.voices.split(","), options.noises.split(",")
    rows = ["clip\tvoice\tnoise\tspoken marks\tseconds"]
    for number, text in enumerate(sorted(options.texts.glob("*.txt"))):
        voice, noise = (
            voices[number % len(voices)],
            noises[(number // len(voices) + number % len(voices)) % len(noises)],
        )
        marks = bool(options.marks_every) and number % options.marks_every == options.marks_every - 1
        seconds = make(text, options.out, cast.voice(voice), NOISES[noise], marks=marks)
        rows.append(f"{text.stem}\t{voice}\t{noise}\t{'yes' if marks else 'no'}\t{seconds:.1f}")
        print(rows[-1], flush=True)
    (options.out / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
