"""Speech recognition with faster-whisper: Whisper on CTranslate2, in 8-bit integers on a CPU by default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from math import log
from typing import Any

import numpy as np
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from faster_whisper.audio import pad_or_trim  # type: ignore[import-untyped]
from faster_whisper.tokenizer import Tokenizer  # type: ignore[import-untyped]
from faster_whisper.transcribe import merge_punctuations  # type: ignore[import-untyped]
from tokenizers import Tokenizer as Vocabulary

from scribe.asr import threads, weights, windows
from scribe.config import AsrSettings, Config
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Word

READING_TOKENS = 400  # of at most 448: a longer reading cannot be weighed
TERM_TOKENS = 120  # of the terms that a second decoding is given
MAX_TOKENS = 224  # that a second decoding may write, as in Whisper itself
MAX_FRAMES = 3000  # of 10 ms, that the encoder reads: half a minute
SPARE_FRAMES = 500  # of silence that a short reading keeps behind the speech
OPENING, CLOSING = (
    "\"'\u201c\u00bf([{-",
    "\"'.\u3002,\uff0c!\uff01?\uff1f:\uff1a\u201d)]}\u3001",
)  # marks that word times merge
NEVER = 1e-9  # probability, where the model says 0

# What is tried in turn where a window reads as a loop or has low probability. Whisper's own answer is to draw words at
# random at rising temperature; these are not random, so the same recording always gives the same text.
ATTEMPTS: tuple[dict[str, Any], ...] = (
    {},
    {"repetition_penalty": 1.1},
    {"repetition_penalty": 1.2, "no_repeat_ngram_size": 5},
)
COMPRESSION_LIMIT = 2.4  # Whisper's own thresholds
LOGPROB_LIMIT = -1.0


class FasterWhisper:
    """`AsrEngine` over faster-whisper. Holds the weights and nothing else; never opens a connection.

    Raises AssetError where the weights are missing, EngineError where they are not for this engine or language.
    """

    def __init__(self, config: Config) -> None:
        self._settings = config.asr
        found = weights.find(config)
        if found.is_checkpoint:
            raise EngineError("faster-whisper cannot read a .pt file: set asr.engine to openai-whisper")
        try:
            self._model = _Model(
                str(found.path),
                device=config.asr.device,
                compute_type=config.asr.compute_type,
                cpu_threads=threads.count(config.asr.threads),
                local_files_only=True,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(
                f"faster-whisper cannot load {found.path}: check asr.compute_type and asr.device"
            ) from error
        if config.asr.language not in self._model.supported_languages:
            raise EngineError(f"the model {config.asr.model!r} does not know the language {config.asr.language!r}")
        self._short = self._model.reading_short()
        self._provenance = found.provenance("faster-whisper", ("faster-whisper", "ctranslate2"))

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""
        return self._provenance

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        """Words with times and probabilities, in order of time; only what lies within `speech` (seconds)."""
        limit = windows.limit(self._settings)
        return windows.decoded(audio, speech, partial(self._decode, self._model), on_progress, limit=limit)

    def read(self, audio: Audio, pieces: Sequence[Interval]) -> tuple[Segment, ...]:
        """Words of `pieces` (seconds, in order, together at most 30 s) with times and probabilities."""
        return tuple(windows.decoded(audio, pieces, partial(self._decode, self._short), no_progress))

    def draft(self, audio: Audio, pieces: Sequence[Interval]) -> str:
        """The text of `pieces`, as fast as it can be had."""
        settings = self._settings.model_copy(update={"beam_size": 1})
        return _Listening(self._short, settings, windows.Block(tuple(pieces)).samples(audio)).decode(())

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> _Listening:
        """Take in `pieces` of the recording (seconds, in order, together at most 30 s)."""
        return _Listening(self._model, self._settings, windows.Block(tuple(pieces)).samples(audio))

    def _decode(self, model: _Model, samples: Any) -> Iterator[Segment]:
        segments, _ = model.transcribe(
            samples,
            language=self._settings.language,
            beam_size=self._settings.beam_size,
            temperature=[0.0],
            compression_ratio_threshold=COMPRESSION_LIMIT,
            log_prob_threshold=LOGPROB_LIMIT,
            no_speech_threshold=None,  # it would drop half a minute at once; `guards` judges each segment
            condition_on_previous_text=self._settings.condition_on_previous_text,
            word_timestamps=True,
        )
        for segment in segments:
            words = tuple(
                Word(float(word.start), float(word.end), word.word, float(word.probability)) for word in segment.words
            )
            if words:
                yield Segment(words, segment.avg_logprob, segment.no_speech_prob, segment.temperature > 0)


class Cutter:
    """Cuts a text into the entries that faster-whisper gives times to, by the tokens of the weights that are fetched.

    Raises AssetError where they are missing.
    """

    def __init__(self, config: Config) -> None:
        vocabulary = Vocabulary.from_file(str(weights.find(config).path / "tokenizer.json"))
        self._tokenizer = Tokenizer(vocabulary, True, task="transcribe", language=config.asr.language)

    def cut(self, text: str) -> list[str]:
        """The entries of a text; joined, they are the text with a space before it."""
        tokens = self._tokenizer.encode(f" {text.strip()}")
        words, parts = self._tokenizer.split_to_word_tokens([*tokens, self._tokenizer.eot])
        entries = [{"word": word, "tokens": part} for word, part in zip(words[:-1], parts[:-1], strict=True)]
        merge_punctuations(entries, OPENING, CLOSING)
        return [entry["word"] for entry in entries if entry["word"]]


class _Listening:
    """`Listening` over one window of Whisper's, which is encoded once."""

    def __init__(self, model: Any, settings: AsrSettings, samples: Any) -> None:
        self._model, self._settings = model, settings
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=settings.language
        )
        features = model.feature_extractor(samples)  # (mel band, frame)
        self._frames = min(features.shape[-1], model.feature_extractor.nb_max_frames)
        self._encoded = model.encode(pad_or_trim(features[:, : self._frames]))

    def decode(self, terms: Sequence[str]) -> str:
        """What was said, recognised with `terms` in mind; no word is timed."""
        prompt = self._model.get_prompt(self._tokenizer, [], without_timestamps=True)
        if terms:
            hint = self._tokenizer.encode(" " + ", ".join(terms))[:TERM_TOKENS]
            prompt = [self._tokenizer.sot_prev, *hint, *prompt]
        found = self._model.model.generate(
            self._encoded, [prompt], beam_size=self._settings.beam_size, max_length=len(prompt) + MAX_TOKENS
        )[0]
        text: str = self._tokenizer.decode(found.sequences_ids[0])
        return text

    def weigh(self, readings: Sequence[str]) -> tuple[float, ...]:
        """The natural log of the probability of each reading of the whole stretch, given its sound."""
        return tuple(map(self._weigh, readings))

    def languages(self) -> dict[str, float]:
        """The probability of each language (two-letter code) being spoken; empty where the model knows one only."""
        if not self._model.model.is_multilingual:
            return {}
        found = self._model.model.detect_language(self._encoded)[0]
        return {token.strip("<|>"): float(probability) for token, probability in found}

    def _weigh(self, reading: str) -> float:
        tokens = self._tokenizer.encode(reading)
        if not 0 < len(tokens) <= READING_TOKENS:
            return float("-inf")
        start = list(self._tokenizer.sot_sequence)
        found = self._model.model.align(self._encoded, start, [tokens], self._frames)[0]
        return sum(log(max(probability, NEVER)) for probability in found.text_token_probs)


class _Model(WhisperModel):  # type: ignore[misc]
    """faster-whisper's model with a fallback that is not random."""

    spare = MAX_FRAMES

    def reading_short(self) -> _Model:
        """A model over the same weights that does not read the silence with which Whisper fills up half a minute.

        The encoder then costs as much as the stretch is long, not always the same. Read so, windows of 8 s of a real
        interview gave the words that whole blocks give as often as filled up ones did (8 % differ in both).
        """
        short = copy(self)
        short.spare = SPARE_FRAMES
        return short

    def encode(self, features: Any) -> Any:
        """The encoder's output for (mel band, frame), with at most `spare` frames of the silence at the end."""
        heard = int(np.flatnonzero(features.any(axis=0))[-1]) + 1 if features.any() else 1
        return super().encode(features[:, : heard + self.spare])

    def generate_with_fallback(self, encoder_output: Any, prompt: Any, tokenizer: Any, options: Any) -> Any:
        """(result, average log probability, number of the attempt that was kept, compression ratio)."""
        tried = []
        for number, attempt in enumerate(ATTEMPTS):
            if number:
                prompt = prompt[prompt.index(tokenizer.sot) :]  # the text before may be what led astray
            result, logprob, _, ratio = super().generate_with_fallback(
                encoder_output, prompt, tokenizer, replace(options, **attempt)
            )
            tried.append((result, logprob, float(number), ratio))
            if ratio <= COMPRESSION_LIMIT and logprob >= LOGPROB_LIMIT:
                return tried[-1]
        readable = [attempt for attempt in tried if attempt[3] <= COMPRESSION_LIMIT]
        best = max(readable or tried, key=lambda attempt: attempt[1])
        return (*best[:2], float(len(ATTEMPTS)), best[3])
