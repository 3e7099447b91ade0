"""The loop of damaged files, in its short form."""

from scribe.bench.faults import Options, files
from scribe.config import Config


def test_no_damaged_file_is_read_as_if_it_were_whole() -> None:
    result = files.run(Options(Config(), trials=len(files.FORMS)))
    assert not result.failures
    assert sum(result.measured[name] for name in ("whole", "flagged", "refused")) == result.trials
    assert result.measured["flagged"]
    assert result.measured["refused"]
