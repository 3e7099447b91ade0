"""A CTranslate2 Whisper model as an openai-whisper checkpoint: the same numbers under other names.

CTranslate2 keeps every tensor of the original. It joins the projections that are computed together (query, key and
value of self-attention in `linear_0`; key and value of cross-attention in `linear_1`) and gives keys, which have no
bias, a bias of zeros. File format: `ctranslate2/specs/model_spec.py`, binary version 6; names: `whisper_spec.py`.
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from scribe.asr.weights import CTRANSLATE2_FILE
from scribe.errors import AssetError, OutputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensors = Mapping[str, "NDArray[Any]"]

BINARY_VERSION = 6
SPEC = "WhisperSpec"
HEAD_WIDTH = 64  # of every Whisper model
_BFLOAT16 = 5
_DTYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2", _BFLOAT16: "<u2"}  # type ids of CTranslate2's DataType
_DIRECT = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}


def checkpoint(folder: Path, sha256: str) -> Path:
    """The `.pt` file made from the CTranslate2 `folder`, beside it; made now if it is not there yet.

    `sha256` is that of the folder's `model.bin`: other weights get another file. Raises AssetError where the folder
    holds no Whisper model that can be converted, OutputError where the file cannot be written.
    """
    path = folder.parent / f"{folder.name}-{sha256[:12]}.pt"
    if path.is_file():
        return path
    tensors = read(folder / CTRANSLATE2_FILE)
    try:
        _save({"dims": dimensions(tensors), "model_state_dict": state_dict(tensors)}, path)
    except OSError as error:
        raise OutputError(
            f"cannot write the converted weights {path} ({error.strerror}): make room there or choose another "
            "models.folder"
        ) from error
    return path


def alignment_heads(folder: Path) -> tuple[tuple[int, int], ...]:
    """(layer, head) pairs of the decoder that follow the sound, as the folder's `config.json` gives them; or none."""
    try:
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return tuple((int(layer), int(head)) for layer, head in settings.get("alignment_heads") or ())
    except (OSError, ValueError, TypeError, AttributeError):
        return ()


def read(path: Path) -> dict[str, NDArray[Any]]:
    """All variables of a CTranslate2 `model.bin` by name; quantised weights come back as the floats they stand for.

    Raises AssetError where the file is not a Whisper model of binary version 6.
    """
    try:
        with path.open("rb") as file:
            variables = dict(_variables(file))
    except (OSError, struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise AssetError(f"{path} is not a CTranslate2 Whisper model that can be converted: fetch it again") from error
    return {
        name: value.astype(np.float32) / _per_row(variables[f"{name}_scale"], value.ndim)
        if f"{name}_scale" in variables
        else value
        for name, value in variables.items()
        if not name.endswith("_scale")
    }


def _per_row(scale: NDArray[Any], dimensions: int) -> NDArray[Any]:
    return scale.reshape(scale.shape + (1,) * (dimensions - scale.ndim))


def _variables(file: BinaryIO) -> Iterator[tuple[str, NDArray[Any]]]:
    if _number(file, "<I") != BINARY_VERSION or _string(file) != SPEC:
        raise ValueError("another version or another kind of model")
    _number(file, "<I")  # revision
    for _ in range(_number(file, "<I")):
        name = _string(file)
        shape = [_number(file, "<I") for _ in range(_number(file, "<B"))]
        kind = _number(file, "<B")
        data = file.read(_number(file, "<I"))
        value = np.frombuffer(data, _DTYPES[kind]).reshape(shape)
        yield name, (value.astype("<u4") << 16).view("<f4") if kind == _BFLOAT16 else value


def _number(file: BinaryIO, kind: str) -> int:
    return int(struct.unpack(kind, file.read(struct.calcsize(kind)))[0])


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "<H"))[:-1].decode()  # ends in a zero byte


def dimensions(tensors: Tensors) -> dict[str, int]:
    """The sizes of the model, by openai-whisper's names."""
    state, mels, _ = tensors["encoder/conv1/weight"].shape
    return {
        "n_mels": mels,
        "n_audio_ctx": len(tensors["encoder/position_encodings/encodings"]),
        "n_audio_state": state,
        "n_audio_head": state // HEAD_WIDTH,
        "n_audio_layer": _layers(tensors, "encoder"),
        "n_vocab": len(tensors["decoder/embeddings/weight"]),
        "n_text_ctx": len(tensors["decoder/position_encodings/encodings"]),
        "n_text_state": state,
        "n_text_head": state // HEAD_WIDTH,
        "n_text_layer": _layers(tensors, "decoder"),
    }


def _layers(tensors: Tensors, part: str) -> int:
    return len({name.split("/")[1] for name in tensors if name.startswith(f"{part}/layer_") and name.count("/") > 2})


def state_dict(tensors: Tensors) -> dict[str, NDArray[Any]]:
    """The tensors by openai-whisper's names."""
    found = {
        "encoder.positional_embedding": tensors["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": tensors["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": tensors["decoder/embeddings/weight"],
        **_direct(tensors, "encoder/conv1", "encoder.conv1"),
        **_direct(tensors, "encoder/conv2", "encoder.conv2"),
        **_direct(tensors, "encoder/layer_norm", "encoder.ln_post"),
        **_direct(tensors, "decoder/layer_norm", "decoder.ln"),
    }
    for part in ("encoder", "decoder"):
        for layer in range(_layers(tensors, part)):
            found |= _block(tensors, f"{part}/layer_{layer}", f"{part}.blocks.{layer}")
    return found


def _block(tensors: Tensors, source: str, target: str) -> dict[str, NDArray[Any]]:
    """One transformer layer."""
    found = {
        **_attention(tensors, f"{source}/self_attention", f"{target}.attn", {"linear_0": ("query", "key", "value")}, 1),
        **_direct(tensors, f"{source}/self_attention/layer_norm", f"{target}.attn_ln"),
        **_direct(tensors, f"{source}/ffn/layer_norm", f"{target}.mlp_ln"),
        **_direct(tensors, f"{source}/ffn/linear_0", f"{target}.mlp.0"),
        **_direct(tensors, f"{source}/ffn/linear_1", f"{target}.mlp.2"),
    }
    if f"{source}/attention/linear_0/weight" in tensors:
        joined = {"linear_0": ("query",), "linear_1": ("key", "value")}
        found |= _attention(tensors, f"{source}/attention", f"{target}.cross_attn", joined, 2)
        found |= _direct(tensors, f"{source}/attention/layer_norm", f"{target}.cross_attn_ln")
    return found


def _attention(
    tensors: Tensors, source: str, target: str, joined: Mapping[str, tuple[str, ...]], out: int
) -> dict[str, NDArray[Any]]:
    """Projections of one attention: each of `joined` is cut into its parts, `linear_<out>` is the output."""
    found = _direct(tensors, f"{source}/linear_{out}", f"{target}.out")
    for linear, parts in joined.items():
        for kind in ("weight", "bias"):
            pieces = np.split(tensors[f"{source}/{linear}/{kind}"], len(parts))
            found |= {f"{target}.{part}.{kind}": piece for part, piece in zip(parts, pieces, strict=True)}
    found.pop(f"{target}.key.bias", None)
    return found


def _direct(tensors: Tensors, source: str, target: str) -> dict[str, NDArray[Any]]:
    """Weight and bias of one layer under its new name."""
    return {
        f"{target}.{new}": tensors[f"{source}/{old}"] for old, new in _DIRECT.items() if f"{source}/{old}" in tensors
    }


def _save(content: dict[str, Any], path: Path) -> None:
    """Write a checkpoint whole or not at all."""
    import torch

    tensors = {name: torch.from_numpy(np.array(value)) for name, value in content["model_state_dict"].items()}
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(content | {"model_state_dict": tensors}, file)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
