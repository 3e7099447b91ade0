"""Speech recognition with openai-whisper, the reference implementation, on PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError  # of torch.load, on a broken file
from typing import Any

import torch
import whisper  # type: ignore[import-untyped]

from scribe.asr import convert, threads, weights, windows
from scribe.config import Config
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Word

TEMPERATURES = (0.0, 0.2, 0.4)  # beyond that Whisper guesses
SEED = 0


class OpenAIWhisper:
    """`AsrEngine` over openai-whisper. Reads a `.pt` file, or a CTranslate2 folder which it converts once.

    Raises AssetError where the weights are missing, EngineError where they cannot be used, OutputError where the
    converted weights cannot be kept.
    """

    def __init__(self, config: Config) -> None:
        self._settings = config.asr
        found = weights.find(config)
        path = found.path if found.is_checkpoint else convert.checkpoint(found.path, found.sha256)
        self._device = _device(config.asr.device)
        self._model = _load(path, self._device)
        _read_tokenizer(self._model)
        if not found.is_checkpoint:
            _align_by(self._model, convert.alignment_heads(found.path))
        language = config.asr.language
        known = whisper.tokenizer.LANGUAGES if self._model.is_multilingual else ("en",)
        if language not in known:
            raise EngineError(f"the model {config.asr.model!r} does not know the language {language!r}")
        self._provenance = found.provenance("openai-whisper", ("openai-whisper", "torch"))

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""
        return self._provenance

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        """Words with times and probabilities, in order of time; only what lies within `speech` (seconds)."""
        limit = windows.LONG_BLOCK_SECONDS if self._settings.condition_on_previous_text else windows.BLOCK_SECONDS
        return windows.decoded(audio, speech, self._decode, on_progress, limit=limit)

    def _decode(self, samples: Any, before: str) -> list[Segment]:
        with _repeatable(threads.count(self._settings.threads)):
            result = self._model.transcribe(
                samples,
                language=self._settings.language,
                beam_size=self._settings.beam_size,
                best_of=self._settings.beam_size,
                temperature=TEMPERATURES,
                no_speech_threshold=None,  # it would drop half a minute at once; `guards` judges each segment
                initial_prompt=windows.prompt(before) if self._settings.hesitations else None,
                condition_on_previous_text=self._settings.condition_on_previous_text,
                word_timestamps=True,
                fp16=self._device == "cuda",
            )
        return [
            Segment(
                tuple(
                    Word(float(word["start"]), float(word["end"]), word["word"], float(word["probability"]))
                    for word in segment["words"]
                ),
                float(segment["avg_logprob"]),
                float(segment["no_speech_prob"]),
                fallback=segment["temperature"] > 0,
            )
            for segment in result["segments"]
            if segment["words"]
        ]


def _device(setting: str) -> str:
    if setting == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if setting == "cuda" and not torch.cuda.is_available():
        raise EngineError("asr.device is cuda, but PyTorch finds no GPU: set asr.device to cpu")
    return setting


def _load(path: Path, device: str) -> Any:
    """The model in a checkpoint. whisper fetches what it knows by name, so it is given a file and nothing else."""
    try:
        return whisper.load_model(str(path.resolve()), device=device)
    except (RuntimeError, OSError, KeyError, TypeError, ValueError, EOFError, UnpicklingError) as error:
        raise EngineError(f"openai-whisper cannot load {path}: remove it, so that it is made anew") from error


def _read_tokenizer(model: Any) -> None:
    """Have whisper read its tokenizer now (it keeps it), because it leaves the file open and Python complains."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        whisper.tokenizer.get_tokenizer(model.is_multilingual, num_languages=model.num_languages)


def _align_by(model: Any, heads: Sequence[tuple[int, int]]) -> None:
    """Take word times from these (layer, head) pairs; without any, from whisper's default, the later half of layers."""
    if heads:
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        mask[tuple(zip(*heads, strict=True))] = True
        model.register_buffer("alignment_heads", mask.to_sparse().to(model.device), persistent=False)


@contextmanager
def _repeatable(count: int) -> Iterator[None]:
    """Run with `count` threads and a fixed seed, and leave PyTorch as it was."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(SEED)
            yield
    finally:
        torch.set_num_threads(before)
