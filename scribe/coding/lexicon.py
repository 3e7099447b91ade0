"""Our own words for codes: clinical shorthand, abbreviations and what patients say (`lexicon.yaml`)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from scribe.coding.index import Side, Term
from scribe.coding.terms import key_of

FILE = Path(__file__).with_name("lexicon.yaml")
TRUST = 1.0
OPTIONAL = re.compile(r"\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by code as they are written in the file, and the codes of one side."""

    phrases: tuple[tuple[str, str], ...]  # (phrase, code)
    sided: tuple[tuple[str, str, str], ...]  # (code, side, code of that side)

    def terms(self) -> Iterator[Term]:
        """The terms of the phrases, each phrase with and without what it has in brackets."""
        for phrase, code in self.phrases:
            plain = " ".join(OPTIONAL.sub("", phrase).split())
            for variant in spelled(phrase):
                yield Term(key_of(variant), code, f"lexicon:{plain}", TRUST)

    def sides(self) -> Iterator[Side]:
        """The codes of one side, where the tabular list's wording does not show the pair."""
        for code, side, target in self.sided:
            yield Side(code, side, target)


def load() -> Lexicon:
    """Read `lexicon.yaml`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tree = yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader either way
    return Lexicon(
        phrases=tuple((str(phrase), code) for code, phrases in tree["phrases"].items() for phrase in phrases),
        sided=tuple((code, side, target) for code, sides in tree["sides"].items() for side, target in sides.items()),
    )


def spelled(phrase: str) -> list[str]:
    """The ways to say a phrase: "(mild) asthma" is "mild asthma" and "asthma"."""
    parts = OPTIONAL.split(phrase)  # odd places are the optional ones
    choices = [(part, "") if at % 2 else (part,) for at, part in enumerate(parts)]
    return [" ".join("".join(choice).split()) for choice in itertools.product(*choices)]
