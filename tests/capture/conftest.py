"""Sound to record, and keys to record it with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe import vault
from scribe.capture.recorder import Recorder
from scribe.types import Mode

RATE = 16_000


def noise(seconds: float, seed: int = 0) -> NDArray[np.int16]:
    """Samples that are never zero, shape (time,)."""
    return np.random.default_rng(seed).integers(1, 3000, round(seconds * RATE), dtype=np.int16)


@pytest.fixture(params=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> vault.Key | None:
    return vault.new_key() if request.param == "encrypted" else None


@pytest.fixture
def recorder(tmp_path: Path, key: vault.Key | None) -> Iterator[Recorder]:
    with Recorder.create(tmp_path / "recordings", key=key, mode=Mode.VISIT, source="test") as new:
        yield new
