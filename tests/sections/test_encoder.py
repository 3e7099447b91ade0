from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from scribe import assets
from scribe.errors import AssetError
from scribe.sections import encoder
from scribe.sections.encoder import Encoder


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return Encoder(assets.shipped("models", "sections", "encoder.npz"))


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_what_means_the_same_lies_close(shipped: Encoder) -> None:
    asked = shipped.embed("Do you take any medications?")
    assert alike(asked, shipped.embed("Are you on any medicines?")) > 0.8
    assert alike(asked, shipped.embed("My sister lives in Ohio.")) < 0.3


def test_numbers_of_the_original_network(shipped: Encoder) -> None:
    """Cosines that the unrounded weights give under PyTorch: 0.793 and -0.064."""
    heart = shipped.embed("The patient has a heart murmur.")
    assert alike(heart, shipped.embed("A systolic murmur is heard over the heart.")) == pytest.approx(0.793, abs=0.02)
    assert alike(heart, shipped.embed("Parking is validated.")) == pytest.approx(-0.064, abs=0.02)


def test_the_same_text_gives_the_same_numbers(shipped: Encoder) -> None:
    text = "Naproxen 500 mg twice a day, caf\u00e9 au lait spots."
    assert np.array_equal(shipped.embed(text), shipped.embed(text))
    assert np.array_equal(shipped.embed("CAFE"), shipped.embed("caf\u00e9"))


@pytest.mark.parametrize("text", ["", " ", "\u4f60\u597d", "x" * 5000, "\x00\ud800", "pain " * 3000])
def test_odd_texts_are_embedded(shipped: Encoder, text: str) -> None:
    found = shipped.embed(text)
    assert found.shape == (384,)
    assert np.isfinite(found).all()


def test_the_approximation_of_the_error_function() -> None:
    x = np.linspace(-6, 6, 401, dtype=np.float32)
    exact = [value * 0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x.tolist()]
    assert np.allclose(encoder._gelu(x), exact, atol=1e-5)


def test_damaged_weights_are_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "encoder.npz").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(AssetError, match="encoder"):
        Encoder(tmp_path / "encoder.npz")
    with pytest.raises(AssetError):
        Encoder(tmp_path / "missing.npz")
