"""The loop that drafts mutilated visits."""

from pathlib import Path
from random import Random

import pytest

from scribe.bench import faults
from scribe.bench.faults import drafting
from scribe.bench.references import Turn
from scribe.config import CodingSettings, Config
from scribe.sections import rewrite
from scribe.types import Role

TURNS = tuple(Turn(role, text) for role in Role for text in ("I have a cough.", "On my physical exam.", ""))


@pytest.fixture
def config(code_tables: Path) -> Config:
    return Config(coding=CodingSettings(systems=("icd10cm",), folder=str(code_tables)))


@pytest.mark.weights
@pytest.mark.usefixtures("contained")
def test_every_mutilated_visit_has_its_note(config: Config) -> None:
    found = drafting.run(faults.Options(config, trials=6))
    assert found.failures == ()
    assert found.trials == 6
    assert found.measured["turns"] > 6
    assert found.measured["passages_left_out"] == 0


@pytest.mark.weights
@pytest.mark.usefixtures("contained")
def test_a_passage_that_is_left_out_is_a_failure(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = rewrite.clean

    def broken(tokens: rewrite.Tokens, *, answer: bool = False) -> rewrite.Tokens:
        if any(token.bare == "metformin" for token in tokens):
            raise IndexError
        return clean(tokens, answer=answer)

    monkeypatch.setattr(rewrite, "clean", broken)
    found = drafting.run(faults.Options(config, trials=1))
    assert found.measured["passages_left_out"] > 0
    assert "sections: a passage could not be read: IndexError at test_drafting.py" in found.failures[0]
    assert "metformin" not in " ".join(found.failures)


@pytest.mark.weights
def test_visits_of_the_shared_sets_have_their_notes(shared_data: Path, config: Config) -> None:
    """The first of each set, and some mutilated; `scribe bench faults drafting --data ...` drafts all of them."""
    data = (shared_data / "aci-bench" / "test1.csv", shared_data / "primock57", shared_data / "osce")
    for place in data:
        (visit, *_) = drafting._visits([place])
        assert visit.turns
        found, left_out = drafting._faults(visit.transcript, faults.Options(config, trials=1))
        assert (found, left_out) == ([], 0)


@pytest.mark.parametrize("name", drafting.MUTATIONS)
def test_a_mutilation_is_the_same_for_the_same_seed(name: str) -> None:
    one, two = (drafting.MUTATIONS[name](TURNS, Random(3)) for _ in range(2))
    assert one == two
    assert drafting.Visit("v", one).transcript.words
