"""CTranslate2 weights as an openai-whisper checkpoint: the same numbers, the same answers."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribe import assets
from scribe.asr import convert
from scribe.config import Config
from scribe.errors import AssetError, OutputError
from scribe.types import Audio

STATE = 64
SMALL = {
    "encoder/conv1/weight": (STATE, 80, 3),
    "encoder/conv1/bias": (STATE,),
    "encoder/conv2/weight": (STATE, STATE, 3),
    "encoder/conv2/bias": (STATE,),
    "encoder/position_encodings/encodings": (1500, STATE),
    "decoder/position_encodings/encodings": (448, STATE),
    "decoder/embeddings/weight": (100, STATE),
    "encoder/layer_norm/gamma": (STATE,),
    "encoder/layer_norm/beta": (STATE,),
    "decoder/layer_norm/gamma": (STATE,),
    "decoder/layer_norm/beta": (STATE,),
}
for part in ("encoder", "decoder"):
    layer = f"{part}/layer_0"
    attentions = {"self_attention": (3, 1)} | ({"attention": (1, 2, 1)} if part == "decoder" else {})
    for attention, widths in attentions.items():
        for at, width in enumerate(widths):
            SMALL[f"{layer}/{attention}/linear_{at}/weight"] = (width * STATE, STATE)
            SMALL[f"{layer}/{attention}/linear_{at}/bias"] = (width * STATE,)
    for at, (rows, columns) in enumerate(((4, 1), (1, 4))):
        SMALL[f"{layer}/ffn/linear_{at}/weight"] = (rows * STATE, columns * STATE)
        SMALL[f"{layer}/ffn/linear_{at}/bias"] = (rows * STATE,)
    for norm in (*attentions, "ffn"):
        SMALL[f"{layer}/{norm}/layer_norm/gamma"] = SMALL[f"{layer}/{norm}/layer_norm/beta"] = (STATE,)


def write(path: Path, tensors: dict[str, np.ndarray], kinds: dict[str, int] | None = None, version: int = 6) -> Path:
    """A `model.bin` as CTranslate2 writes it."""

    def string(text: str) -> bytes:
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    ids = {"f4": 0, "i1": 1, "f2": 4}
    parts = [struct.pack("<I", version), string("WhisperSpec"), struct.pack("<II", 3, len(tensors))]
    for name, value in tensors.items():
        kind = (kinds or {}).get(name, ids.get(value.dtype.str[1:], 0))
        shape = struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)
        parts += [string(name), shape, struct.pack("<BI", kind, value.nbytes), value.tobytes()]
    path.write_bytes(b"".join(parts))
    return path


def small() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in SMALL.items()}


def test_a_small_model_loads_into_openai_whisper_tensor_by_tensor(tmp_path: Path) -> None:
    import whisper

    folder = tmp_path / "small"
    folder.mkdir()
    tensors = small()
    write(folder / "model.bin", tensors)
    model = whisper.load_model(str(convert.checkpoint(folder, "0" * 64)), device="cpu")
    assert (model.dims.n_text_layer, model.dims.n_audio_layer, model.dims.n_vocab) == (1, 1, 100)
    state = model.state_dict()
    fused = tensors["decoder/layer_0/self_attention/linear_0/weight"]
    for at, name in enumerate(("query", "key", "value")):
        np.testing.assert_array_equal(
            state[f"decoder.blocks.0.attn.{name}.weight"], fused[at * STATE : (at + 1) * STATE]
        )
    crossed = tensors["decoder/layer_0/attention/linear_1/bias"]
    np.testing.assert_array_equal(state["decoder.blocks.0.cross_attn.value.bias"], crossed[STATE:])


def test_the_checkpoint_is_made_once_for_the_same_weights(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    write(folder / "model.bin", small())
    first = convert.checkpoint(folder, "a" * 64)
    made = first.stat().st_mtime_ns
    assert convert.checkpoint(folder, "a" * 64).stat().st_mtime_ns == made
    assert convert.checkpoint(folder, "b" * 64) != first
    assert not list(tmp_path.glob("*.partial"))


def test_quantised_and_bfloat16_weights_come_back_as_floats(tmp_path: Path) -> None:
    scale = np.array([2.0, 4.0], np.float32)
    path = write(
        tmp_path / "model.bin",
        {
            "a/weight": np.array([[2, 4], [4, -8]], np.int8),
            "a/weight_scale": scale,
            "b": (np.array([1.0, -2.5], np.float32).view("<u4") >> 16).astype("<u2"),
        },
        kinds={"b": 5},
    )
    found = convert.read(path)
    np.testing.assert_array_equal(found["a/weight"], [[1.0, 2.0], [1.0, -2.0]])
    np.testing.assert_array_equal(found["b"], [1.0, -2.5])
    assert set(found) == {"a/weight", "b"}


@pytest.mark.parametrize("content", [b"", b"\x06\0\0\0\x05\0abcd\0", b"not a model" * 20])
def test_what_is_not_a_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(AssetError, match="not a CTranslate2 Whisper model"):
        convert.read(tmp_path / "model.bin")


def test_a_model_that_is_cut_short_or_of_another_version_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "model.bin", small())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AssetError):
        convert.read(path)
    with pytest.raises(AssetError):
        convert.read(write(path, small(), version=5))


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    folder = tmp_path / "small"
    folder.mkdir()
    write(folder / "model.bin", small())

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        convert.checkpoint(folder, "a" * 64)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_alignment_heads_come_from_the_settings_of_the_model(tmp_path: Path) -> None:
    assert convert.alignment_heads(tmp_path) == ()
    (tmp_path / "config.json").write_text('{"alignment_heads": [[3, 1], [5, 6]]}')
    assert convert.alignment_heads(tmp_path) == ((3, 1), (5, 6))
    (tmp_path / "config.json").write_text("[1, 2]")
    assert convert.alignment_heads(tmp_path) == ()


@pytest.mark.weights
def test_both_forms_of_whisper_base_give_the_same_logits(clip: Audio, tmp_path: Path) -> None:
    import ctranslate2
    import torch
    import whisper

    folder = assets.locate("whisper-base", Config().models)
    (tmp_path / "base").symlink_to(folder)
    converted = whisper.load_model(str(convert.checkpoint(tmp_path / "base", "0" * 64)), device="cpu")
    original = ctranslate2.models.Whisper(str(folder), compute_type="float32", intra_threads=2)
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(clip.samples))[None]
    prompt = [50258, 50259, 50359, 50363]  # start, English, transcribe, no times
    (answer,) = original.generate(
        ctranslate2.StorageView.from_array(mel.numpy()),
        [prompt],
        beam_size=1,
        max_length=30,
        return_logits_vocab=True,
        suppress_tokens=[],
        suppress_blank=False,
    )
    expected = np.array([np.array(step).reshape(-1) for step in answer.logits[0]])
    with torch.no_grad():
        tokens = torch.tensor([prompt + answer.sequences_ids[0]])
        found = converted.decoder(tokens, converted.encoder(mel)).numpy()[0, len(prompt) - 1 : -1]
    np.testing.assert_allclose(found[: len(expected)], expected[: len(found)], atol=0.01)
