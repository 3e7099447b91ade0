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
from scribe.config import AsrSettings, Config
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Word

TEMPERATURES = (0.0, 0.2, 0.4)  # beyond that Whisper guesses
SEED = 0
TERM_TOKENS = 120  # of the terms that a second decoding is given
READING_TOKENS = 400  # of at most 448: a longer reading cannot be weighed


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
        limit = windows.limit(self._settings)
        return windows.decoded(audio, speech, self._decode, on_progress, limit=limit)

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> _Listening:
        """Take in `pieces` of the recording (seconds, in order, together at most 30 s)."""
        return _Listening(self._model, self._settings, windows.Block(tuple(pieces)).samples(audio))

    def _decode(self, samples: Any) -> list[Segment]:
        with _repeatable(threads.count(self._settings.threads)):
            result = self._model.transcribe(
                samples,
                language=self._settings.language,
                beam_size=self._settings.beam_size,
                best_of=self._settings.beam_size,
                temperature=TEMPERATURES,
                no_speech_threshold=None,  # it would drop half a minute at once; `guards` judges each segment
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


class _Listening:
    """`Listening` over one window of Whisper's, which is encoded once."""

    def __init__(self, model: Any, settings: AsrSettings, samples: Any) -> None:
        self._model, self._settings = model, settings
        self._tokenizer = whisper.tokenizer.get_tokenizer(
            model.is_multilingual, num_languages=model.num_languages, language=settings.language, task="transcribe"
        )
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), model.dims.n_mels, device=model.device)
        with self._running():
            self._encoded = model.embed_audio(mel[None])  # (1, frame, state)

    def decode(self, terms: Sequence[str]) -> str:
        """What was said, recognised with `terms` in mind; no word is timed."""
        hint = self._tokenizer.encode(" " + ", ".join(terms))[:TERM_TOKENS] if terms else None
        options = whisper.DecodingOptions(
            language=self._settings.language,
            beam_size=self._settings.beam_size,
            prompt=hint,
            without_timestamps=True,
            fp16=False,
        )
        with self._running():
            text: str = whisper.decode(self._model, self._encoded[0], options).text
        return text

    def weigh(self, readings: Sequence[str]) -> tuple[float, ...]:
        """The natural log of the probability of each reading of the whole stretch, given its sound."""
        with self._running():
            return tuple(map(self._weigh, readings))

    def languages(self) -> dict[str, float]:
        """The probability of each language (two-letter code) being spoken; empty where the model knows one only."""
        if not self._model.is_multilingual:
            return {}
        with self._running():
            _, (likely,) = whisper.detect_language(self._model, self._encoded, self._tokenizer)
        return {name: float(probability) for name, probability in likely.items()}

    def _weigh(self, reading: str) -> float:
        tokens = self._tokenizer.encode(reading)
        if not 0 < len(tokens) <= READING_TOKENS:
            return float("-inf")
        start = self._tokenizer.sot_sequence_including_notimestamps
        said = torch.tensor([[*start, *tokens]], device=self._model.device)  # (1, token)
        logits = self._model.logits(said[:, :-1], self._encoded)[0, len(start) - 1 :].float()  # (token, vocabulary)
        chosen = logits.log_softmax(dim=-1).gather(1, torch.tensor(tokens, device=logits.device)[:, None])
        return float(chosen.sum())

    @contextmanager
    def _running(self) -> Iterator[None]:
        with _repeatable(threads.count(self._settings.threads)), torch.inference_mode():
            yield


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
