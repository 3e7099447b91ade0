"""Decoding again where the first answer fails its checks, without chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from scribe.asr import faster_whisper

START = 7
prompts: list[list[int]] = []


class Tokenizer:
    sot = START


@dataclass(frozen=True)
class Options:
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0


def attempts(monkeypatch: pytest.MonkeyPatch, answers: list[tuple[float, float]]) -> tuple[Any, list[Options]]:
    """Run the fallback over (log probability, compression ratio) answers; its result and the options it tried."""
    tried: list[Options] = []
    prompts.clear()

    def answer(self: Any, encoder_output: Any, prompt: Any, tokenizer: Any, options: Options) -> Any:
        logprob, ratio = answers[len(tried)]
        tried.append(options)
        prompts.append(prompt)
        return f"answer {len(tried)}", logprob, 0.0, ratio

    monkeypatch.setattr(faster_whisper.WhisperModel, "generate_with_fallback", answer)
    model = faster_whisper._Model.__new__(faster_whisper._Model)
    return model.generate_with_fallback(None, [1, 2, START, 8], Tokenizer(), Options()), tried


def test_a_good_first_answer_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, tried = attempts(monkeypatch, [(-0.3, 1.5)])
    assert kept == ("answer 1", -0.3, 0.0, 1.5)
    assert tried == [Options()]


def test_a_loop_is_decoded_again_against_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, tried = attempts(monkeypatch, [(-0.1, 9.0), (-0.4, 1.4)])
    assert kept[0] == "answer 2"
    assert kept[2] > 0  # marked as a fallback
    assert tried[1].repetition_penalty > 1.0
    assert prompts == [[1, 2, START, 8], [START, 8]]  # without the text before


def test_where_all_fail_the_likeliest_readable_answer_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, _ = attempts(monkeypatch, [(-0.1, 9.0), (-1.5, 1.4), (-1.2, 1.3)])
    assert kept[0] == "answer 3"
    assert kept[2] > 0
