"""Damaged files: each is read whole, flagged with what is missing, or refused; none is silently shorter or another.

The first seconds of the shipped dictation are written in many formats; every trial damages one of the files in one way
and reads it as a recording. What is read is compared with what the whole file gives.
"""

from __future__ import annotations

import io
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from scribe import audio
from scribe.bench.faults import LoopResult, Options
from scribe.config import AudioSettings
from scribe.errors import AudioError
from scribe.types import Audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = Path(__file__).parents[3] / "samples" / "dictation.flac"
SECONDS = 16
STEP = 0.05  # seconds that are compared at once
UNHEARD = 0.3  # seconds in all that may differ and nobody is told: a flipped bit spoils a frame
NEAR = 1.5  # seconds between the first difference and the flag that tells of it
SHORTER = 0.5  # seconds
MOST_MEMORY = 2**30  # bytes of the decoding process
MOST_TIME = 60.0  # seconds by the clock; a read takes half of one


@dataclass(frozen=True, slots=True)
class Form:
    """How a base file is written, and whether a block of its samples could be another without a sign."""

    container: str
    codec: str
    rate: int
    samples: str
    options: Mapping[str, str]
    coder: Mapping[str, str]
    plain: bool = False
    layout: str = "mono"
    even: bool = False  # all frames have one length: whole frames may be lost, or stand twice, without a sign
    clockless: bool = False  # frames without a clock or a count: a cut shows, its length does not
    header: tuple[
        tuple[bytes, int, int], ...
    ] = ()  # (mark, bytes behind its start, width) of fields that tell a length


def _form(container: str, codec: str, rate: int, samples: str, **more: Any) -> Form:
    return Form(container, codec, rate, samples, more.pop("options", {}), more.pop("coder", {}), **more)


FORMS: Mapping[str, Form] = {
    "wav": _form("wav", "pcm_s16le", 16_000, "s16", plain=True, header=((b"data", 4, 4),)),
    "wav-float": _form("wav", "pcm_f32le", 16_000, "flt", plain=True, header=((b"data", 4, 4),)),
    "wav-mulaw": _form("wav", "pcm_mulaw", 8_000, "s16", plain=True, header=((b"data", 4, 4),)),
    "aiff": _form("aiff", "pcm_s16be", 16_000, "s16", plain=True, header=((b"SSND", 4, 4), (b"COMM", 10, 4))),
    "au": _form("au", "pcm_mulaw", 8_000, "s16", plain=True, header=((b".snd", 8, 4),)),
    "caf": _form("caf", "pcm_s16le", 16_000, "s16", plain=True, header=((b"data", 4, 8),)),
    "w64": _form("w64", "pcm_s16le", 16_000, "s16", plain=True, header=((b"data\xf3\xac\xd3\x11", 16, 8),)),
    "flac": _form("flac", "flac", 16_000, "s16", header=((b"fLaC", 22, 4),)),
    "mp3": _form(
        "mp3", "libmp3lame", 44_100, "s16p", options={"write_xing": "0"}, coder={"b": "64000"}, clockless=True
    ),
    "mp3-vbr": _form("mp3", "libmp3lame", 44_100, "s16p", coder={"q": "4"}, header=((b"Xing", 8, 4), (b"Info", 8, 4))),
    "m4a": _form("mp4", "aac", 48_000, "fltp", header=((b"mvhd", 20, 4), (b"mdhd", 20, 4), (b"stsz", 12, 4))),
    "m4a-faststart": _form("mp4", "aac", 48_000, "fltp", options={"movflags": "faststart"}),
    "mp4-fragments": _form(
        "mp4", "aac", 48_000, "fltp", options={"movflags": "frag_keyframe+empty_moov", "frag_duration": "1000000"}
    ),
    "opus": _form("ogg", "libopus", 48_000, "flt"),
    "vorbis": _form("ogg", "vorbis", 44_100, "fltp", coder={"strict": "experimental"}, layout="stereo"),
    "webm": _form("webm", "libopus", 48_000, "flt", header=((b"\x44\x89\x88", 3, 8),)),
    "webm-live": _form("webm", "libopus", 48_000, "flt", options={"live": "1"}),
    "aac": _form("adts", "aac", 48_000, "fltp", clockless=True),
    "amr": _form("amr", "libopencore_amrnb", 8_000, "s16", clockless=True, even=True),
}
Damage = Callable[[np.random.Generator, bytes, Form], bytes]


def run(options: Options) -> LoopResult:
    """Read damaged files; a failure is one that was read as if it were whole, or cost too much."""
    bases = base_files()
    # The memory of a child counts from the process that it was begun by, so a fresh, small one begins the decoders.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as reader:
        return _run(options, bases, reader)


def _run(options: Options, bases: Mapping[str, tuple[bytes, Audio]], reader: Executor) -> LoopResult:
    outcomes: Counter[str] = Counter()
    failures = []
    slowest = 0.0
    for trial in range(options.trials):
        options.on_progress("files", trial, options.trials)
        rng = np.random.default_rng([options.seed, trial])
        name = list(bases)[trial % len(bases)]
        content, whole = bases[name]
        ways = _ways(FORMS[name])
        way = ways[int(rng.integers(len(ways)))]
        damaged = DAMAGES[way][1](rng, content, FORMS[name])
        began = time.monotonic()
        outcome, fault = reader.submit(judged, damaged, whole, FORMS[name]).result()
        took = time.monotonic() - began
        slowest = max(slowest, took)
        outcomes[outcome] += 1
        if took > MOST_TIME:
            fault = f"took {took:.0f} seconds"
        if fault:
            failures.append(f"trial {trial}: {name}, {way}: {fault}")
    peak = reader.submit(_peak).result()
    if peak > MOST_MEMORY:
        failures.append(f"the decoding process took {peak / 2**20:.0f} MB")
    measured = {name: float(outcomes[name]) for name in ("whole", "flagged", "refused")}
    return LoopResult(
        options.trials, tuple(failures), measured | {"slowest_seconds": slowest, "peak_memory_mb": peak / 2**20}
    )


def _peak() -> int:
    """Bytes of the largest child of this process."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def _ways(form: Form) -> list[str]:
    """The ways to damage a file that it can show."""
    hidden = {"cut", "doubled", "swapped"} if form.even else set()
    return [way for way, (plain, _) in DAMAGES.items() if (plain or not form.plain) and way not in hidden]


def base_files() -> dict[str, tuple[bytes, Audio]]:
    """Each base file, and the sound that it gives. Raises ValueError where that is not whole."""
    made = {}
    for name, form in FORMS.items():
        content = _encoded(form)
        whole = audio.read(_file(content), name, AudioSettings())
        if whole.missing or whole.remarks or abs(whole.duration - SECONDS) > 0.1:
            raise ValueError(f"the base file {name} is not whole: {whole}")
        made[name] = content, whole
    return made


def judged(content: bytes, whole: Audio, form: Form) -> tuple[str, str]:
    """What became of a file (whole, flagged or refused), and what was wrong with that; empty where nothing was."""
    try:
        found = audio.read(_file(content), "the recording", AudioSettings())
    except AudioError:
        return "refused", ""
    outcome = "flagged" if found.missing else "whole"
    behind = sum(item.interval.end - max(item.interval.start, found.duration - 0.01) for item in found.missing[-1:])
    lacking = whole.duration - found.duration - max(behind, 0.0)
    differing = _differing(found.samples, whole.samples)
    if outcome == "whole":
        longer = found.duration - whole.duration
        if lacking > UNHEARD or longer > UNHEARD:
            return outcome, f"{found.duration:.2f} seconds of {whole.duration:.2f}, and nothing is said of it"
        if len(differing) * STEP > UNHEARD:
            return outcome, f"{len(differing) * STEP:.2f} seconds are others, from {differing[0]:.2f} on, unsaid"
        return outcome, ""
    if lacking > SHORTER and not form.clockless and not any("nobody can say" in item.reason for item in found.missing):
        return outcome, f"{lacking:.2f} seconds are missing of which nothing is said"
    if len(differing) * STEP > UNHEARD and not (form.plain and behind > 0):  # no sample says where some are gone
        first = differing[0]
        if not any(item.interval.start - NEAR <= first <= item.interval.end + NEAR for item in found.missing):
            return outcome, f"differs from {first:.2f} on, and the flags are elsewhere"
    return outcome, ""


def _differing(found: NDArray[np.float32], whole: NDArray[np.float32]) -> list[float]:
    """Seconds at which a step of the sound is another than it should be.

    A few hundredths of a second that are gone move what comes behind them; that is no difference.
    """
    step = int(STEP * 16_000)
    moved = len(whole) - len(found)
    count = (min(len(found), len(whole)) - abs(moved)) // step
    want = whole[: max(count, 0) * step].reshape(-1, step).astype(np.float64)
    loud = np.sqrt(np.square(want).mean(axis=1))
    shifts = {0, -moved} if abs(moved) <= UNHEARD * 16_000 else {0}
    apart = np.full(len(want), np.inf)
    for shift in shifts:
        have = np.roll(found, -shift)[: want.size].reshape(want.shape).astype(np.float64)
        apart = np.minimum(apart, np.sqrt(np.square(have - want).mean(axis=1)))
    return [float(at) * STEP for at in np.flatnonzero(apart > 0.01 + 0.5 * loud)]


def _file(content: bytes) -> io.BufferedReader:
    return io.BufferedReader(cast("Any", io.BytesIO(content)))


def _encoded(form: Form) -> bytes:
    import tempfile

    import av

    with av.open(str(SAMPLE)) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=form.rate)
        parts = [part.to_ndarray()[0] for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    sound = np.concatenate(parts)[: SECONDS * form.rate]
    with tempfile.TemporaryDirectory(prefix="scribe-") as folder:
        path = Path(folder) / "base"
        with av.open(str(path), "w", format=form.container, options=dict(form.options)) as container:
            added = container.add_stream(form.codec, rate=form.rate, layout=form.layout, options=dict(form.coder))
            stream = cast("av.AudioStream", added)
            at = 0
            resampler = av.AudioResampler(format=form.samples, layout=form.layout, rate=form.rate, frame_size=960)
            frame = av.AudioFrame.from_ndarray(sound[np.newaxis], format="fltp", layout="mono")
            frame.sample_rate = form.rate
            for piece in (*resampler.resample(frame), *resampler.resample(None)):
                piece.pts, piece.time_base = at, Fraction(1, form.rate)
                at += piece.samples
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
        return path.read_bytes()


# --- ways to damage a file
def _stretch(rng: np.random.Generator, content: bytes) -> tuple[int, int]:
    """A stretch of 3 to 60 hundredths of the file, behind its first hundredth."""
    length = int(len(content) * rng.uniform(0.03, 0.6))
    start = int(rng.integers(len(content) // 100, max(len(content) - length, len(content) // 100 + 1)))
    return start, min(start + length, len(content))


def _zeroed(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    start, end = _stretch(rng, content)
    return content[:start] + bytes(end - start) + content[end:]


def _overwritten(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    start, end = _stretch(rng, content)
    return content[:start] + rng.bytes(end - start) + content[end:]


def _cut(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    start, end = _stretch(rng, content)
    return content[:start] + content[end:]


def _truncated(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    return content[: int(len(content) * rng.uniform(0.02, 0.97))]


def _flipped(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    changed = bytearray(content)
    for at in rng.integers(len(content), size=int(rng.integers(1, 20))):
        changed[int(at)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _doubled(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    start, end = _stretch(rng, content)
    return content[:end] + content[start:]


def _swapped(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    """Two neighbouring stretches change places; of Ogg whole pages, of others blocks of bytes."""
    if content[:4] == b"OggS":
        pages = [b"OggS" + page for page in content.split(b"OggS")[1:]]
        at = int(rng.integers(2, max(len(pages) - 2, 3)))
        pages[at : at + 2] = reversed(pages[at : at + 2])
        return b"".join(pages)
    start, end = _stretch(rng, content)
    middle = (start + end) // 2
    return content[:start] + content[middle:end] + content[start:middle] + content[end:]


def _led_by_junk(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    length = int(rng.integers(1, 20_000))
    return (bytes(length) if rng.random() < 0.5 else rng.bytes(length)) + content


def _with_junk(rng: np.random.Generator, content: bytes, _: Form) -> bytes:
    at = int(rng.integers(len(content)))
    length = int(rng.integers(1, 50_000))
    return content[:at] + (bytes(length) if rng.random() < 0.5 else rng.bytes(length)) + content[at:]


def _lying(rng: np.random.Generator, content: bytes, form: Form) -> bytes:
    """A field that tells a length tells another; without such a field, some bits of the first hundred bytes flip."""
    fields = [(at, behind, width) for mark, behind, width in form.header if (at := content.find(mark)) >= 0]
    changed = bytearray(content)
    if not fields:
        for at in rng.integers(min(100, len(content)), size=int(rng.integers(1, 4))):
            changed[int(at)] ^= 1 << int(rng.integers(8))
        return bytes(changed)
    at, behind, width = fields[int(rng.integers(len(fields)))]
    odd = (0, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF, 0x7FFFFFFF, 12_345, int(rng.integers(2**31)))
    value = odd[int(rng.integers(len(odd)))]
    order = "little" if form.container in ("wav", "w64") else "big"
    changed[at + behind : at + behind + width] = value.to_bytes(width, cast("Any", order))
    return bytes(changed)


DAMAGES: Mapping[str, tuple[bool, Damage]] = {
    "zeroed": (True, _zeroed),
    "overwritten": (False, _overwritten),  # samples without a check sum: noise is a sound like any other
    "cut": (True, _cut),
    "truncated": (True, _truncated),
    "flipped bits": (True, _flipped),
    "doubled": (True, _doubled),
    "swapped": (False, _swapped),  # the same
    "junk before": (True, _led_by_junk),
    "junk within": (True, _with_junk),
    "lying header": (True, _lying),
}
"""Name -> whether plain samples can show it, and how it is done."""
