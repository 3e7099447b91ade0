"""Hostile recordings: each is refused with one clear line, in bounded time and memory, and harms nothing."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scribe import audio
from scribe.audio import reading
from scribe.config import AudioSettings
from scribe.errors import AudioError

SETTINGS = AudioSettings()
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


def wav(path: Path, *, rate: int = 16_000, channels: int = 1, frames: int = 1_600, bits: int = 16) -> Path:
    """A WAV file of silence whose header says these things."""
    size = frames * channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size) + bytes(size)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    return path


def refused(path: Path, given_settings: AudioSettings = SETTINGS) -> str:
    with pytest.raises(AudioError) as caught:
        audio.load(path, given_settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("rate", [1, 10, 3_999, 400_000, 2**31 - 1])
def test_a_sample_rate_that_no_recorder_uses(tmp_path: Path, rate: int) -> None:
    message = refused(wav(tmp_path / "visit.wav", rate=rate, frames=64))
    assert f"has {rate} samples a second: export it again" in message or "nothing of it" in message


def test_the_channels_of_a_studio(tmp_path: Path) -> None:
    assert audio.load(wav(tmp_path / "a.wav", channels=64), SETTINGS).duration == pytest.approx(0.1)
    assert "can be read" in refused(wav(tmp_path / "b.wav", channels=65))


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten hours of silence in a small file: a chain of the same five minutes, over and over."""
    folder = tmp_path_factory.mktemp("bomb")
    part = folder / "part.ogg"
    with av.open(str(part), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        stream.bit_rate = 6_000
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48_000
        for second in range(300):
            frame.pts = second * 48_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    whole = folder / "visit.ogg"
    whole.write_bytes(part.read_bytes() * 120)
    return whole


def test_ten_hours_of_silence_in_a_small_file_end_at_the_limit(silence: Path) -> None:
    assert silence.stat().st_size < 14 * 2**20
    assert "is longer than 0.25 hours" in refused(silence, AudioSettings(max_hours=0.25))


@LINUX
def test_memory_stays_flat_while_it_is_decoded(silence: Path) -> None:
    """Two limits, one four times the other: the process needs no more for the longer one."""

    def peak(hours: float) -> int:
        code = (
            "import resource\nfrom pathlib import Path\n"
            "from scribe import audio\nfrom scribe.config import AudioSettings\nfrom scribe.errors import AudioError\n"
            f"try: audio.load(Path({str(silence)!r}), AudioSettings(max_hours={hours}))\n"
            "except AudioError: print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        return int(subprocess.check_output([sys.executable, "-c", code], cwd=Path(audio.__file__).parents[2]))

    assert peak(0.3) < peak(0.05) + 4_000  # KiB; the samples alone would be 56,000 more


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"subfile,,start,0,end,0,,:/etc/passwd",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
        b"[playlist]\nFile1=/etc/passwd\n",
        b"",
        b"R",
        b"RIFF",
    ],
)
def test_lists_of_other_files_and_next_to_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "visit.wav"
    path.write_bytes(content)
    assert "not a recording" in (message := refused(path)) or "is empty" in message


def test_a_list_of_files_within_a_recording_opens_none(tmp_path: Path) -> None:
    """A good beginning, then a data reference to another file, as MP4 allows."""
    secret = wav(tmp_path / "secret.wav", frames=16_000)
    url = b"\x00\x00\x00\x00" + str(secret).encode() + b"\x00"
    entry = struct.pack(">I", len(url) + 8) + b"url " + url
    dref = struct.pack(">I", len(entry) + 16) + b"dref" + bytes(4) + struct.pack(">I", 1) + entry
    path = tmp_path / "visit.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42" + dref)
    refused(path)


def test_a_header_that_asks_for_all_memory(tmp_path: Path) -> None:
    path = wav(tmp_path / "visit.wav")
    content = bytearray(path.read_bytes())
    content[16:20] = struct.pack("<I", 2**31 - 8)  # a format chunk of 2 GiB
    path.write_bytes(content)
    refused(path)


def test_a_process_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "slow.py"
    script.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr(reading, "_SCRIPT", script)
    monkeypatch.setattr(reading, "_PATIENCE", 0.001)
    assert "more time or memory than a recording needs" in refused(wav(tmp_path / "a.wav"))


@pytest.mark.parametrize(
    "death",
    [
        "os.abort()",
        "os._exit(0)",
        "os.write(1, b's\\xff\\xff')",
        "raise SystemExit(3)",
        "say(b's', b'', 2**32 - 1)",
        "while True: say(b's', bytes(2**18), 2**18)",
        "say(b'r', b'\\xff' * 12, 12)",
        "say(b'e', b'{', 1)",
        "say(b'e', b'[' * 100_000, 100_000)",
        "say(b'e', b'[]', 2)",
        'say(b\'e\', b\'{"refused": "because\\\\n", "value": 1}\', 37)',
    ],
)
def test_a_process_that_dies_of_a_file_takes_nobody_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, death: str
) -> None:
    script = tmp_path / "dies.py"
    say = "def say(kind, content, length): os.write(1, struct.pack('<cI', kind, length)) and os.write(1, content)"
    script.write_text(f"import os, struct\n{say}\n{death}\n")
    monkeypatch.setattr(reading, "_SCRIPT", script)
    assert "could not be decoded" in refused(wav(tmp_path / "a.wav"), AudioSettings(max_hours=0.1))


@LINUX
def test_the_process_sees_no_variable_and_no_file_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "spy.py"
    told = tmp_path / "told"
    script.write_text(
        "import json, os\n"
        "def target(fd):\n"
        "    try: return os.readlink(f'/proc/self/fd/{fd}')\n"
        "    except OSError: return ''\n"
        "files = [target(fd) for fd in os.listdir('/proc/self/fd') if int(fd) > 2]\n"
        f"json.dump([dict(os.environ), [f for f in files if f]], open({str(told)!r}, 'w'))\n"
    )
    monkeypatch.setenv("SCRIBE_KEY", "secret")
    monkeypatch.setattr(reading, "_SCRIPT", script)
    with (tmp_path / "other").open("wb") as other:
        os.set_inheritable(other.fileno(), True)
        refused(wav(tmp_path / "a.wav"))
    environ, files = json.loads(told.read_text())
    assert "SCRIBE_KEY" not in environ
    assert not files


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    audio.load(wav(tmp_path / "a.wav"), SETTINGS)
    refused(wav(tmp_path / "b.wav", rate=1))
    assert not list((tmp_path / "tmp").iterdir())


HEADS = [b"RIFF\xff\xff\xff\x7fWAVE", b"fLaC", b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x18ftypisom", b"ID3\x04\0"]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_noise_behind_any_good_beginning_is_sound_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, body: bytes
) -> None:
    path = tmp_path_factory.mktemp("noise") / "visit"
    path.write_bytes(head + body)
    try:
        samples = audio.load(path, SETTINGS).samples
    except AudioError:
        return
    assert len(samples)


def test_a_recording_that_is_no_file_is_read_where_it_is() -> None:
    """As one that is decrypted piece by piece: nothing of it is written to disk."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(np.full(800_000, 8_192, "<i2").tobytes())
    found = audio.read(io.BufferedReader(content), "the recording", SETTINGS)  # type: ignore[arg-type]
    assert found.samples.shape == (800_000,)
    assert (found.samples == 0.25).all()


def test_a_usual_recording_comes_through_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    samples = np.random.default_rng(1).integers(-20_000, 20_000, 16_000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    assert np.array_equal(audio.load(path, SETTINGS).samples, samples.astype(np.float32) / 2**15)
