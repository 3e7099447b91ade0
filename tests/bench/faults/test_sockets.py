"""`scribe bench faults sockets`, in short."""

import pytest

from scribe.bench.faults import Options, sockets
from scribe.config import Config


@pytest.mark.weights
@pytest.mark.usefixtures("loopback")
def test_each_recording_has_its_draft_and_words_end_with_the_session() -> None:
    result = sockets.run(Options(Config(), trials=3))
    slow = [failure for failure in result.failures if "s after it" not in failure]  # how soon: on a quiet machine
    assert slow == []
    assert result.measured["rss_last_mb"] > 0
