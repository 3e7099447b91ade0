"""A few trials of the loop `purge`, and that its search finds what it looks for."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest

from scribe.bench.faults import Options, purge
from scribe.bench.faults._traces import Canary, in_files
from scribe.config import Config
from tests.store.conftest import Server, postgres  # noqa: F401 (a fixture)

CANARY = Canary("quillzanbar", np.random.default_rng(1).integers(-9000, 9000, 400).astype("<i2"), ("wrapped-key",))
NOISE = CANARY.noise[55:250]
FORMS = {
    "sound as int16": NOISE.tobytes(),
    "sound as float32": (NOISE / np.float32(32768)).tobytes(),
    "word as text": b"It is Quillzanbar.",
    "word as base64": b64encode(b"12345 Quillzanbar rests"),
    "wrapped key": b"wrapped-key",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("before", range(3))
def test_every_form_is_found_clear_and_packed(form: str, before: int) -> None:
    data = FORMS[form]
    if form == "word as base64":
        data = b64encode(b"x" * before + b"Quillzanbar rests")
    packed = zlib.compress(json.dumps("text " * 200).encode() + data)
    assert CANARY.forms_in(bytes(before) + data + b"after") == {form}
    assert CANARY.forms_in(b"x" * before + packed) == {f"{form}, packed"}


def test_what_a_page_cuts_off_does_not_hide_what_came_before() -> None:
    noise = np.random.default_rng(2).bytes(3000).hex().encode()
    packed = zlib.compress(b"Quillzanbar" + noise)
    assert CANARY.forms_in(packed[:2000] + b"\xff" * 3000) == {"word as text, packed"}


def test_a_trace_is_told_by_file_and_form_never_by_the_word(tmp_path: Path) -> None:
    (tmp_path / "of-e1").mkdir()
    (tmp_path / "server.log").write_bytes(b"it was Quillzanbar")
    found = in_files(tmp_path, CANARY, ("e1",))
    assert len(found) == 2
    assert "server.log holds the word as text" in found
    assert not any("quill" in trace.lower() for trace in found)


@pytest.mark.usefixtures("loopback")
def test_nothing_is_left_on_sqlite() -> None:
    result = purge.run(Options(Config(), trials=1, seed=0))
    assert result.failures == ()
    assert result.measured["traces_before"] >= 10


@pytest.mark.usefixtures("loopback")
def test_nothing_is_left_on_postgresql_with_a_key(postgres: Server) -> None:  # noqa: F811 (a fixture)
    url = f"postgresql://postgres@/postgres?host={postgres.folder}"
    assert purge.run(Options(Config(), trials=1, seed=1, database=url)).failures == ()
