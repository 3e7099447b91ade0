from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from scribe.config import Config
from scribe.sections import compose, disfluency, grammar, plain_text
from scribe.sections.classifier import LinearClassifier
from scribe.sections.tokens import Tokens, read
from scribe.types import Mode, SectionKind, Statement


@pytest.fixture(scope="session")
def classifier() -> LinearClassifier:
    return LinearClassifier(Config())


EVERYTHING = Config.model_validate({"sections": {"brief": False}})


class OneKind:
    """A classifier that puts everything into one section, so that a test sees rewriting alone."""

    def __init__(self, kind: SectionKind) -> None:
        self.kind = kind

    def classify(self, utterances: Sequence[tuple[str | None, str]]) -> Sequence[tuple[SectionKind, float]]:
        return [(self.kind, 1.0) for _ in utterances]


@pytest.fixture(scope="session")
def one_kind() -> Callable[[SectionKind], OneKind]:
    """Classifiers that know one section."""
    return OneKind


@pytest.fixture
def visit() -> Callable[..., list[Statement]]:
    """The statements made of a labelled dialogue whose every utterance is of one kind."""

    def statements(text: str, kind: SectionKind = SectionKind.ROS) -> list[Statement]:
        made = compose.arrange(plain_text.read(text), Mode.VISIT, OneKind(kind), EVERYTHING)
        return [statement for section in made for statement in section.statements]

    return statements


@pytest.fixture(scope="session")
def tagger() -> grammar.Grammar:
    """The shipped tagger; tests that take it need weights."""
    return grammar.load(Config().models)


@pytest.fixture(scope="session")
def tagged(tagger: grammar.Grammar) -> Callable[[str], Tokens]:
    """A spoken sentence cleaned and tagged, as the rules of rewriting get it."""
    return lambda said: tagger.tagged([disfluency.clean(read(said, 0), answer=True)])[0]
