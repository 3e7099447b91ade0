"""Damaged and odd recordings: all of the sound is read, or what is missing is named with its time, or it is refused."""

from __future__ import annotations

import io
import struct
import sys
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from scribe import audio
from scribe.audio import _channels, _frames, _ogg, _scans
from scribe.config import AudioSettings
from scribe.errors import AudioError
from scribe.types import Audio, Interval

SETTINGS = AudioSettings()
DAMAGED = AudioSettings(accept_damaged=True)
RATE = 16_000


def speech(seconds: float, rate: int = RATE) -> np.ndarray:
    """Sound of the kind that a room makes: a tone that rises by 10 Hz a second, with noise under it."""
    at = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(7).normal(0, 0.003, len(at))
    return (0.3 * np.sin(2 * np.pi * (300 * at + 5 * at**2)) + noise).astype(np.float32)


def pitch_at(sound: Audio, seconds: float) -> float:
    """Hertz half a second around a time; `speech` has 300 + 10 * seconds there."""
    at = int(seconds * RATE)
    part = sound.samples[at - 4_000 : at + 4_000] * np.hanning(8_000)
    return float(np.abs(np.fft.rfft(part)).argmax() * RATE / 8_000)


def encode(path: Path, codec: str, rate: int, form: str, seconds: float, **more: object) -> Path:
    """Write `speech` as a mono file in the container `more["container"]`, else that of the suffix."""
    options = {key: str(value) for key, value in more.items() if key not in ("container", "bit_rate", "skip")}
    with av.open(str(path), "w", format=str(more.get("container", path.suffix[1:])), options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        if "bit_rate" in more:
            stream.bit_rate = more["bit_rate"]
        resampler = av.AudioResampler(format=form, layout="mono", rate=rate, frame_size=960)
        frame = av.AudioFrame.from_ndarray(speech(seconds, rate)[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = rate
        at = 0
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            part.pts, part.time_base = at, Fraction(1, rate)
            at += part.samples
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """Write `samples` (time, channel) or (time,), -1.0 to 1.0, with 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(samples * 32_767).astype("<i2").tobytes())
    return path


def change(path: Path, share: float, length: float, content: bytes | None = None) -> None:
    """Put `content` (default: zeros) in place of a stretch of the file, given in shares of it."""
    data = path.read_bytes()
    start, end = int(len(data) * share), int(len(data) * (share + length))
    path.write_bytes(data[:start] + (bytes(end - start) if content is None else content) + data[end:])


def refusal(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        audio.load(path, SETTINGS)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def only(sound: Audio) -> Interval:
    (item,) = sound.missing
    return item.interval


FRAMED = [
    ("a.mp3", "libmp3lame", 44_100, "s16p", {"write_xing": 0}),
    ("a.mp3", "libmp3lame", 44_100, "s16p", {}),
    ("a.flac", "flac", RATE, "s16", {}),
    ("a.webm", "libopus", 48_000, "flt", {}),
    ("live.webm", "libopus", 48_000, "flt", {"live": 1}),
    ("a.ogg", "libopus", 48_000, "flt", {}),
    ("a.mp4", "aac", 48_000, "fltp", {}),
    ("a.aac", "aac", 48_000, "fltp", {"container": "adts"}),
    ("a.amr", "libopencore_amrnb", 8_000, "s16", {}),
]


@pytest.mark.parametrize(("name", "codec", "rate", "form", "more"), FRAMED)
def test_half_of_the_bytes_zeroed_is_refused(
    tmp_path: Path, name: str, codec: str, rate: int, form: str, more: dict[str, object]
) -> None:
    path = encode(tmp_path / name, codec, rate, form, 20, **more)
    assert not audio.load(path, SETTINGS).missing
    change(path, 0.3, 0.5)
    assert "copy it again" in refusal(path)


@pytest.mark.parametrize(("name", "codec", "rate", "form", "more"), FRAMED[:7])
def test_a_short_stretch_that_is_damaged_is_flagged_and_later_sound_keeps_its_time(
    tmp_path: Path, name: str, codec: str, rate: int, form: str, more: dict[str, object]
) -> None:
    path = encode(tmp_path / name, codec, rate, form, 120, **more)
    change(path, 0.5, 0.01)
    sound = audio.load(path, DAMAGED)
    assert sound.missing
    assert min(item.interval.start for item in sound.missing) == pytest.approx(60, abs=6)
    assert sum(item.interval.duration for item in sound.missing) < 6
    assert sound.duration == pytest.approx(120, abs=0.3)
    assert pitch_at(sound, 100) == pytest.approx(1_300, abs=8)


def test_five_damaged_seconds_of_an_hour_of_mp3_are_no_reason_to_refuse_it(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame", 44_100, "s16p", 160)
    change(path, 0.5, 5 / 160)
    sound = audio.load(path, SETTINGS)
    assert only(sound).start == pytest.approx(80, abs=0.3)
    assert only(sound).duration == pytest.approx(5, abs=0.3)
    assert "damaged" in sound.missing[0].reason


def test_a_quarter_cut_out_of_ogg_is_refused_with_its_time(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.ogg", "libopus", 48_000, "flt", 40)
    change(path, 0.25, 0.25, b"")
    assert "is damaged, 29 seconds of it can be read (0:10 to 0:21 is missing)" in refusal(path)


def test_a_cut_out_of_raw_frames_is_flagged_where_it_is(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame", 44_100, "s16p", 30, write_xing=0)
    change(path, 0.5, 0.2, b"")
    assert only(audio.load(path, SETTINGS)).start == pytest.approx(15, abs=0.3)


def test_mp3_behind_zeros_is_read_and_the_zeros_are_said(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame", 44_100, "s16p", 60)
    path.write_bytes(bytes(8_000) + path.read_bytes())
    sound = audio.load(path, SETTINGS)
    assert sound.duration == pytest.approx(60, abs=2)
    assert pitch_at(sound, sound.duration - 10) == pytest.approx(800, abs=12)


def test_pages_in_the_wrong_order_are_said(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.ogg", "libopus", 48_000, "flt", 20)
    pages = [b"OggS" + page for page in path.read_bytes().split(b"OggS")[1:]]
    pages[8], pages[9] = pages[9], pages[8]
    path.write_bytes(b"".join(pages))
    assert audio.load(path, DAMAGED).missing


def test_an_ogg_page_that_is_not_as_it_was_written_is_no_page(tmp_path: Path) -> None:
    data = encode(tmp_path / "a.ogg", "libopus", 48_000, "flt", 10).read_bytes()
    assert _ogg.ogg(_frames.Window(io.BytesIO(data), len(data))).pieces == []
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    found = _ogg.ogg(_frames.Window(io.BytesIO(changed), len(data)))
    assert len(found.pieces) == 2
    assert len(found.doubts) == 1


def test_a_gap_in_the_timestamps_of_webm_keeps_later_words_at_their_times(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.webm", "libopus", 48_000, "flt", 30)
    late = tmp_path / "late.webm"
    with av.open(str(path)) as source, av.open(str(late), "w", format="webm") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.pts is None or 10_000 <= packet.pts * packet.time_base * 1_000 < 20_000:
                continue
            packet.stream = stream
            target.mux(packet)
    sound = audio.load(late, SETTINGS)
    assert only(sound).start == pytest.approx(10, abs=0.1)
    assert only(sound).end == pytest.approx(20, abs=0.1)
    assert pitch_at(sound, 25) == pytest.approx(550, abs=5)


def test_opposite_phases_do_not_cancel_out(tmp_path: Path) -> None:
    left = speech(5)
    sound = audio.load(wav(tmp_path / "a.wav", np.stack([left, -left], axis=1)), SETTINGS)
    assert np.sqrt(np.square(sound.samples).mean()) == pytest.approx(np.sqrt(np.square(left).mean()), rel=0.01)
    assert sound.remarks == ("its channels have opposite phase: one was turned round",)


def test_two_channels_of_the_same_sound_and_one_channel_of_silence(tmp_path: Path) -> None:
    left = speech(5)
    both = audio.load(wav(tmp_path / "a.wav", np.stack([left, left], axis=1)), SETTINGS)
    assert np.abs(both.samples - left).max() < 1e-4
    one = audio.load(wav(tmp_path / "b.wav", np.stack([np.zeros_like(left), left], axis=1)), SETTINGS)
    assert np.abs(one.samples - left / 2).max() < 1e-4
    assert not (both.remarks + one.remarks)


def test_signs_stay_as_they_are_where_channels_have_nothing_in_common() -> None:
    mixer = _channels.Mixer()
    block = np.random.default_rng(1).normal(0, 0.1, (4, 32_000)).astype(np.float32)
    assert np.allclose(mixer.mix(block), block.mean(axis=0), atol=1e-6)
    assert not mixer.turned


def tracks(path: Path, *peaks: float) -> Path:
    """A film without pictures: tracks of `speech` of 5 seconds, each as loud as said."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("aac", rate=48_000, layout="mono") for _ in peaks]
        for stream, peak in zip(streams, peaks, strict=True):
            frame = av.AudioFrame.from_ndarray(peak * speech(5, 48_000)[np.newaxis], format="fltp", layout="mono")
            frame.sample_rate = 48_000
            container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return path


def test_a_silent_first_track_does_not_hide_the_second(tmp_path: Path) -> None:
    sound = audio.load(tracks(tmp_path / "a.mp4", 0.0, 1.0), SETTINGS)
    assert pitch_at(sound, 2) == pytest.approx(320, abs=4)
    assert sound.remarks == ("its track 1 is silent: the next one with sound was read",)
    assert not sound.missing


def test_a_track_with_sound_that_is_not_read_is_named(tmp_path: Path) -> None:
    sound = audio.load(tracks(tmp_path / "a.mp4", 1.0, 0.5), SETTINGS)
    assert [item.reason for item in sound.missing] == [
        "track 2 of the file has sound, too, and was not read: export it as a recording of its own"
    ]


@pytest.mark.parametrize("told", [0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFDB, 0xFFFFFFFF])
def test_a_wav_header_that_does_not_know_the_length(tmp_path: Path, told: int) -> None:
    path = wav(tmp_path / "a.wav", speech(4))
    change(path, 0, 0)
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", told)
    path.write_bytes(data)
    sound = audio.load(path, SETTINGS)
    assert sound.duration == 4
    assert sound.remarks == ("its header does not say how long it is; all sound was read",)


def test_a_wav_header_that_tells_of_too_little(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", speech(4))
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", 2 * RATE)
    path.write_bytes(data)
    sound = audio.load(path, SETTINGS)
    assert sound.duration == 4
    assert "more sound than its header tells of" in sound.missing[0].reason


def test_a_wav_header_that_tells_of_too_much(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", speech(4))
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", 2 * RATE * 60)
    path.write_bytes(data)
    assert "cut short, 4 seconds of it can be read (0:04 to 1:00 is missing)" in refusal(path)
    assert only(audio.load(path, DAMAGED)) == Interval(4.0, 60.0)


def test_chunks_behind_the_samples_are_no_sound(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", speech(4))
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", 2_000) + bytes(2_000))
    sound = audio.load(path, SETTINGS)
    assert (sound.duration, sound.missing, sound.remarks) == (4, (), ())


def test_a_wav_header_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", speech(4))
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack("<I", 8_000)  # half the sample rate: everything would be at twice its time
    path.write_bytes(data)
    assert "is damaged" in refusal(path)


def test_a_stretch_of_samples_that_was_erased_is_flagged(tmp_path: Path) -> None:
    samples = speech(20)
    samples[5 * RATE : 7 * RATE] = 0
    sound = audio.load(wav(tmp_path / "a.wav", samples), SETTINGS)
    assert only(sound).start == pytest.approx(5, abs=0.01)
    assert only(sound).end == pytest.approx(7, abs=0.01)
    assert "silent to the last bit" in sound.missing[0].reason


def test_a_recorder_that_mutes_every_pause_is_not_suspected(tmp_path: Path) -> None:
    samples = speech(30)
    for start in range(0, 30, 2):
        fade = np.concatenate(
            [np.linspace(1, 0, RATE // 10), np.zeros(RATE - RATE // 5), np.linspace(0, 1, RATE // 10)]
        )
        samples[start * RATE : (start + 1) * RATE] *= fade
    assert not audio.load(wav(tmp_path / "a.wav", samples), SETTINGS).missing
    assert not audio.load(wav(tmp_path / "b.wav", np.zeros(RATE * 3)), SETTINGS).missing


OTHERS = [
    ("a.aiff", "pcm_s16be", RATE, "s16", {}),
    ("a.caf", "pcm_s16le", RATE, "s16", {}),
    ("alac.caf", "alac", RATE, "s16p", {}),
    ("a.au", "pcm_mulaw", 8_000, "s16", {}),
    ("a.w64", "pcm_s16le", RATE, "s16", {}),
    ("a.wma", "wmav2", 44_100, "fltp", {"container": "asf", "bit_rate": 64_000}),
    ("a.amr", "libopencore_amrnb", 8_000, "s16", {}),
    ("a.aac", "aac", 48_000, "fltp", {"container": "adts"}),
    ("mulaw.wav", "pcm_mulaw", 8_000, "s16", {}),
    ("a.mov", "aac", 48_000, "fltp", {}),
]


@pytest.mark.parametrize(("name", "codec", "rate", "form", "more"), OTHERS)
def test_more_containers_are_read_whole(
    tmp_path: Path, name: str, codec: str, rate: int, form: str, more: dict[str, object]
) -> None:
    path = encode(tmp_path / name, codec, rate, form, 10, **more).rename(tmp_path / "visit")
    sound = audio.load(path, SETTINGS)
    assert (sound.missing, sound.remarks) == ((), ())
    assert sound.duration == pytest.approx(10, abs=0.15)
    assert pitch_at(sound, 5) == pytest.approx(350, abs=4)


def test_quicktime_without_a_file_type(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mov", "aac", 48_000, "fltp", 5)
    data = path.read_bytes()
    assert data[4:8] == b"ftyp"
    length = int.from_bytes(data[:4])
    path.write_bytes(struct.pack(">I", length) + b"wide" + data[8:])
    assert audio.load(path, SETTINGS).duration == pytest.approx(5, abs=0.1)


def test_gsm_is_known_by_its_frames(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    path = tmp_path / "a.gsm"
    path.write_bytes(b"".join(bytes([0xD0 | int(rng.integers(16))]) + rng.bytes(32) for _ in range(100)))
    assert audio.load(path, SETTINGS).duration == pytest.approx(2)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.ds2", b"\x03ds2" + bytes(2_000), "is a DS2 dictation (DSS Pro)"),
        ("a.g722", bytes(range(1, 256)) * 20, "raw G.722"),
    ],
)
def test_what_cannot_be_decoded_is_named_with_how_to_convert_it(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path)


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = wav(tmp_path / "a.wav", speech(2)).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert audio.load(Path("-"), SETTINGS).duration == 2


@pytest.mark.parametrize(
    ("content", "header"),
    [(b"\xff" * 3_000_000, _frames.mpeg), (bytes(range(256)) * 10_000, _frames.mpeg), (bytes(2**21), _frames.gsm)],
)
def test_a_walk_over_nothing_but_false_beginnings_ends(content: bytes, header: _frames.Header) -> None:
    lead = b"\xff" if header is _frames.mpeg else b""
    assert not _frames.walk(_frames.Window(io.BytesIO(content), len(content)), 0, header, lead=lead).frames


def test_a_file_of_nothing_but_voids_is_given_up_soon(tmp_path: Path) -> None:
    path = tmp_path / "visit.webm"
    header = b"\x1a\x45\xdf\xa3\x84\x42\x82\x81\x00"
    path.write_bytes(header + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + b"\xec\x80" * 2_000_000)
    with path.open("rb") as file:
        assert _scans.scan(file, path.stat().st_size, "matroska").hostile
    with pytest.raises(AudioError, match="damaged"):
        audio.load(path, SETTINGS)
