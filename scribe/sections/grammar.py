"""Parts of speech and dependencies, by spaCy's small English pipeline: the one file that knows spaCy.

Rewriting needs to know what is a verb and in which form, so that "I take" becomes "Takes" for any verb and a clause is
found where nobody punctuated. A wrong tag can spoil grammar; it can add no word and drop no fact. Whether a sentence
can stand in a note is read from its parse (`validity`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from scribe import assets
from scribe.config import ModelsSettings
from scribe.errors import EngineError
from scribe.sections.parse import Node, Parse
from scribe.sections.tokens import EDGE, Token, Tokens
from scribe.types import Provenance

ASSET = "english"
CLITIC = re.compile(r"(?i)(?<=\w)(n['\u2019]t|['\u2019](?:s|m|re|ve|ll|d))$")
JOINED = {"gonna": ("gon", "na"), "wanna": ("wan", "na"), "cannot": ("can", "not"), "gotta": ("got", "ta")}
UNUSED = ("ner", "lemmatizer", "senter", "attribute_ruler")
PARSER = "parser"
BATCH = 64
FIRST = re.compile(r"\W*([^\W\d_]+)")


class Grammar:
    """Tags words and parses sentences. Holds weights only."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    @property
    def provenance(self) -> Provenance:
        """The pipeline's weights and spaCy's version."""
        return Provenance(f"spacy {ASSET}", assets.weights(ASSET), versions=(("spacy", version("spacy")),))

    def tagged(self, sentences: Sequence[Tokens]) -> list[Tokens]:
        """The sentences, each token with its Penn Treebank tag; "I'm" has the pronoun's."""
        from spacy.tokens import Doc

        split = [[_parts(token, first=not at) for at, token in enumerate(sentence)] for sentence in sentences]
        filled = [at for at, parts in enumerate(split) if parts]
        docs = (Doc(self._pipeline.vocab, words=[word for part in split[at] for word in part]) for at in filled)
        made = list(sentences)
        for at, doc in zip(filled, self._pipeline.pipe(docs, batch_size=BATCH, disable=[PARSER]), strict=True):
            tags = iter([word.tag_ for word in doc])
            made[at] = tuple(
                _with_tags(token, [next(tags) for _ in parts], parts)
                for token, parts in zip(sentences[at], split[at], strict=True)
            )
        return made

    def parsed(self, texts: Sequence[str]) -> list[Parse]:
        """The dependency parse of each text; an empty one for a text without a word. Costs about twice the tags."""
        docs = self._pipeline.pipe([_small(text) for text in texts], batch_size=BATCH)
        return [_parse(text, doc) for text, doc in zip(texts, docs, strict=True)]


def load(settings: ModelsSettings) -> Grammar:
    """The tagger and the parser, kept once they are loaded.

    Raises AssetError where their files are missing, EngineError without spaCy.
    """
    return _load(str(assets.locate(ASSET, settings)))


@lru_cache(maxsize=1)
def _load(folder: str) -> Grammar:
    try:
        import spacy
    except ModuleNotFoundError as error:
        raise EngineError("notes need the package 'spacy': pip install it") from error
    return Grammar(spacy.load(folder, exclude=list(UNUSED)))


def _small(text: str) -> str:
    """The text as long as it was, without the capital of its first word, which would make a name of it."""
    first = FIRST.match(text)
    if first is None or not first[1][1:].islower():
        return text
    return text[: first.start(1)] + text[first.start(1)].lower() + text[first.start(1) + 1 :]


def _parse(text: str, doc: Any) -> Parse:
    """The words of a document, without the white space that spaCy counts as words."""
    words = [word for word in doc if not word.is_space]
    places = {word.i: at for at, word in enumerate(words)}
    return tuple(
        Node(text[word.idx : word.idx + len(word)], word.tag_, word.dep_, places.get(word.head.i, at), word.idx)
        for at, word in enumerate(words)
    )


def _parts(token: Token, *, first: bool) -> list[str]:
    """The words that the tagger was trained on: `don't,` is do, n't and a comma.

    The `first` word of a sentence is tagged without its capital, which would make a name of it.
    """
    text = token.text.replace("\u2019", "'")
    core = text.strip(EDGE)
    if not core:
        return [text]
    lead, tail = text[: text.index(core)], text[text.index(core) + len(core) :]
    clitic = CLITIC.search(core)
    words = list(JOINED.get(core.lower(), ()))
    if not words:
        words = [core[: clitic.start()], clitic[0]] if clitic else [core]
    if first and words[0][1:].islower():
        words[0] = words[0].lower()
    if words[0].lower() == "i":
        words[0] = "I"
    return [*lead, *words, *tail[:1]]


def _with_tags(token: Token, tags: list[str], parts: list[str]) -> Token:
    """The token with the tag of its first word that is no punctuation, and of what is joined to that word."""
    words = [at for at, part in enumerate(parts) if part.strip(EDGE)]
    if not words:
        return replace(token, tag=tags[0])
    clitic = tags[words[1]] if len(words) > 1 else ""
    return replace(token, tag=tags[words[0]], clitic=clitic)
