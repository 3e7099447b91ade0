"""What `import scribe` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import scribe


def test_public_names_are_sorted_and_can_all_be_imported() -> None:
    assert scribe.__all__ == sorted(scribe.__all__)
    for name in scribe.__all__:
        assert getattr(scribe, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = scribe.nonsense


@pytest.mark.parametrize("module", ["scribe", "scribe.pipeline"])
def test_importing_loads_no_engine(module: str) -> None:
    heavy = ("torch", "spacy", "faster_whisper", "whisper", "pyannote.audio", "ctranslate2", "sklearn")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_import_is_quick() -> None:
    """Next to nothing is loaded: the number of modules is the same on a busy machine, the time would not be."""

    def loaded(code: str) -> int:
        counting = f"{code}; import sys; print(len(sys.modules))"
        return int(subprocess.check_output([sys.executable, "-c", counting], text=True))

    assert loaded("import scribe") - loaded("pass") < 60
