"""Recordings of every format and every kind of bad file."""

from __future__ import annotations

import hashlib
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from scribe import audio
from scribe.config import AudioSettings
from scribe.errors import AudioError

SETTINGS = AudioSettings()
SECONDS = 3.0
TONE = 440.0

# suffix, encoder, sample rate, sample format
FORMATS = [
    ("wav", "pcm_s16le", 44_100, "s16"),
    ("flac", "flac", 48_000, "s16"),
    ("mp3", "libmp3lame", 44_100, "s16p"),
    ("m4a", "aac", 48_000, "fltp"),
    ("mp4", "aac", 44_100, "fltp"),
    ("ogg", "libopus", 48_000, "flt"),
    ("oga", "vorbis", 44_100, "fltp"),
    ("webm", "libopus", 48_000, "flt"),
]
CONTAINERS = {"m4a": "mp4", "oga": "ogg"}


def tone(rate: int, seconds: float = SECONDS) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * TONE * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def encode(path: Path, codec: str, rate: int, sample_format: str, samples: np.ndarray) -> Path:
    """Write `samples` (time,) as a stereo file."""
    with av.open(str(path), "w", format=CONTAINERS.get(path.suffix[1:], path.suffix[1:])) as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo", options={"strict": "experimental"})
        resampler = av.AudioResampler(format=sample_format, layout="stereo", rate=rate, frame_size=960)
        frame = av.AudioFrame.from_ndarray(np.vstack([samples, samples]), format="fltp", layout="stereo")
        frame.sample_rate = rate
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def pcm(path: Path, samples: np.ndarray, rate: int) -> Path:
    """Write `samples` (time, channel), int16, as WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def float_wav(path: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    data = samples.astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 1, rate, rate * 4, 4, 32)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    return path


def pitch(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(spectrum.argmax() * 16_000 / len(samples))


@pytest.mark.parametrize(("suffix", "codec", "rate", "sample_format"), FORMATS)
def test_every_format_gives_the_same_sound(
    tmp_path: Path, suffix: str, codec: str, rate: int, sample_format: str
) -> None:
    path = encode(tmp_path / f"tone.{suffix}", codec, rate, sample_format, tone(rate))
    found = audio.load(path, SETTINGS)
    assert (found.sample_rate, found.samples.dtype, found.samples.ndim) == (16_000, np.float32, 1)
    assert found.duration == pytest.approx(SECONDS, abs=0.1)
    middle = found.samples[8_000:40_000]
    assert pitch(middle) == pytest.approx(TONE, abs=1.0)
    assert np.sqrt(np.square(middle).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = encode(tmp_path / "tone.flac", "flac", 16_000, "s16", tone(16_000)).rename(tmp_path / "tone.txt")
    assert audio.load(path, SETTINGS).duration == pytest.approx(SECONDS)


def test_the_sound_track_of_a_video(tmp_path: Path) -> None:
    path = tmp_path / "visit.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        sound = container.add_stream("aac", rate=48_000, layout="mono")
        for _ in range(20):
            container.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
        container.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(tone(48_000)[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = 48_000
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    assert pitch(audio.load(path, SETTINGS).samples[8_000:40_000]) == pytest.approx(TONE, abs=1.0)


def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        container.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
        container.mux(picture.encode(None))
    with pytest.raises(AudioError, match="no sound track"):
        audio.load(path, SETTINGS)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 96_000])
def test_any_sample_rate(tmp_path: Path, rate: int) -> None:
    found = audio.load(pcm(tmp_path / "a.wav", tone(rate)[:, None] * 32_767, rate), SETTINGS)
    assert found.duration == pytest.approx(SECONDS, abs=0.01)
    assert pitch(found.samples) == pytest.approx(TONE, abs=1.0)


def test_sound_above_8_khz_is_filtered_out_and_not_folded_down(tmp_path: Path) -> None:
    high = np.sin(2 * np.pi * 15_000 * np.arange(96_000) / 96_000)[:, None] * 16_000
    samples = audio.load(pcm(tmp_path / "a.wav", high, 96_000), SETTINGS).samples
    assert np.abs(samples[1_000:-1_000]).max() < 0.01


def test_eight_channels_are_averaged(tmp_path: Path) -> None:
    levels = np.array([8_000, 0, 0, 16_000, 0, 0, 0, 0])
    samples = np.tile(levels, (16_000, 1))
    found = audio.load(pcm(tmp_path / "a.wav", samples, 16_000), SETTINGS)
    assert found.samples[8_000] == pytest.approx(levels.mean() / 2**15, abs=1e-4)


def test_more_than_64_channels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"70 channels|can be read"):
        audio.load(pcm(tmp_path / "a.wav", np.ones((1_600, 70)), 16_000), SETTINGS)


@pytest.mark.parametrize(("dtype", "width"), [("u1", 1), ("<i2", 2), ("<i4", 4)])
def test_full_scale_is_one_for_every_sample_width(tmp_path: Path, dtype: str, width: int) -> None:
    half = {1: 128 + 64, 2: 2**14, 4: 2**30}[width]
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(16_000)
        file.writeframes(np.full(16_000, half).astype(dtype).tobytes())
    assert audio.load(path, SETTINGS).samples[8_000] == pytest.approx(0.5, abs=0.001)


def test_samples_beyond_full_scale_are_clipped(tmp_path: Path) -> None:
    assert np.abs(audio.load(float_wav(tmp_path / "a.wav", tone(16_000) * 9), SETTINGS).samples).max() == 1.0


def test_samples_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    samples = tone(16_000)
    samples[20_000] = np.nan
    with pytest.raises(AudioError, match="not numbers"):
        audio.load(float_wav(tmp_path / "a.wav", samples), SETTINGS)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="there is no file"):
        audio.load(tmp_path / "visit.wav", SETTINGS)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="is a folder"):
        audio.load(tmp_path, SETTINGS)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "visit.wav"
    path.touch()
    with pytest.raises(AudioError, match="is empty"):
        audio.load(path, SETTINGS)


def test_a_recording_of_no_samples(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="holds no sound"):
        audio.load(pcm(tmp_path / "a.wav", np.empty((0, 1)), 16_000), SETTINGS)


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXTINF:10,\nsecret.wav\n",
        b"ffconcat version 1.0\nfile secret.wav\n",
        b'<?xml version="1.0"?><MPD></MPD>',
        b"%PDF-1.7 a letter",
        b"\xff\xfea\x00 \x00t\x00e\x00x\x00t\x00",
        b"\x00" * 4_000,
        bytes(range(256)) * 40,
    ],
)
def test_what_is_not_a_recording_is_refused_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    pcm(tmp_path / "secret.wav", np.ones((16_000, 1)), 16_000)
    path = tmp_path / "visit.wav"
    path.write_bytes(content)
    with pytest.raises(AudioError, match="not a recording scribe can read"):
        audio.load(path, SETTINGS)


@pytest.mark.parametrize(
    "head",
    [b"RIFF\x24\x00\x00\x00WAVE", b"fLaC", b"OggS", b"\x1a\x45\xdf\xa3", b"\x00\x00\x00\x18ftypisom", b"ID3\x04"],
)
def test_junk_behind_a_good_beginning_is_refused(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "visit.bin"
    path.write_bytes(head + hashlib.sha256(head).digest() * 300)
    with pytest.raises(AudioError):
        audio.load(path, SETTINGS)


@pytest.mark.parametrize(("suffix", "codec", "rate", "sample_format"), FORMATS)
def test_a_recording_that_is_cut_short_is_refused(
    tmp_path: Path, suffix: str, codec: str, rate: int, sample_format: str
) -> None:
    path = encode(tmp_path / f"tone.{suffix}", codec, rate, sample_format, tone(rate))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    with pytest.raises(AudioError, match=r"cut short, \d seconds|nothing of it can be read"):
        audio.load(path, SETTINGS)


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg", "webm"])
def test_what_there_is_of_it_can_be_asked_for(tmp_path: Path, suffix: str) -> None:
    _, codec, rate, sample_format = next(row for row in FORMATS if row[0] == suffix)
    path = encode(tmp_path / f"tone.{suffix}", codec, rate, sample_format, tone(rate))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    found = audio.load(path, AudioSettings(accept_damaged=True))
    assert 0.5 < found.duration < SECONDS - 0.5


def test_the_message_says_how_much_can_be_read(tmp_path: Path) -> None:
    path = pcm(tmp_path / "a.wav", tone(16_000, 20)[:, None] * 9_000, 16_000)
    path.write_bytes(path.read_bytes()[: 44 + 2 * 16_000 * 7])
    with pytest.raises(
        AudioError, match=r"cut short, 7 seconds of it can be read \(0:07 to 0:20 is missing\): copy it"
    ) as caught:
        audio.load(path, SETTINGS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_wav_file_written_as_a_stream_has_no_length_and_is_whole(tmp_path: Path, length: int) -> None:
    path = pcm(tmp_path / "a.wav", tone(16_000)[:, None] * 9_000, 16_000)
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", length)
    path.write_bytes(content)
    assert audio.load(path, SETTINGS).duration == pytest.approx(SECONDS)


def test_a_recording_with_a_broken_stretch_is_refused(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.flac", "flac", 16_000, "s16", tone(16_000, 20.0))
    content = bytearray(path.read_bytes())
    middle = slice(len(content) // 3, len(content) // 2)
    content[middle] = b"\x00" * (middle.stop - middle.start)
    path.write_bytes(content)
    with pytest.raises(AudioError, match=r"damaged|cut short"):
        audio.load(path, SETTINGS)


def test_longer_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = pcm(tmp_path / "a.wav", np.zeros((16_000 * 5, 1)), 16_000)
    with pytest.raises(AudioError, match=r"longer than 0\.001 hours"):
        audio.load(path, AudioSettings(max_hours=0.001))


def test_source_sha256_is_that_of_the_file(tmp_path: Path) -> None:
    path = pcm(tmp_path / "a.wav", np.zeros((100, 1)), 16_000)
    assert audio.source_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(AudioError, match="there is no file"):
        audio.source_sha256(tmp_path / "none.wav")
