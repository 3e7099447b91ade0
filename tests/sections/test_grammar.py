from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.config import Config
from scribe.sections import grammar
from scribe.sections.grammar import Grammar
from scribe.sections.tokens import read

pytestmark = pytest.mark.weights


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("I don't take metformin.", ["PRP", "VBP", "VB", "NN"]),
        ("He can't walk", ["PRP", "MD", "VB"]),
        ("cannot sleep", ["MD", "VB"]),
        ("My knee hurts.", ["PRP$", "NN", "VBZ"]),
        ("Take two tablets", ["VB", "CD", "NNS"]),
        ("take 20 mg", ["VB", "CD", "NN"]),
    ],
)
def test_words_are_tagged(tagger: Grammar, said: str, tags: list[str]) -> None:
    (tagged,) = tagger.tagged([read(said, 0)])
    assert [token.tag for token in tagged] == tags


@pytest.mark.parametrize(
    ("said", "clitic"),
    [("I'm walking", "VBP"), ("I\u2019m walking", "VBP"), ("don't", "RB"), ("cannot", "RB"), ("walks", "")],
)
def test_what_is_joined_to_a_word_has_a_tag_of_its_own(tagger: Grammar, said: str, clitic: str) -> None:
    (tagged,) = tagger.tagged([read(said, 0)])
    assert tagged[0].clitic == clitic


def test_the_capital_of_a_first_word_makes_no_name_of_it(tagger: Grammar) -> None:
    small, capital = tagger.tagged([read("smoking daily", 0), read("Smoking daily", 0)])
    assert [token.tag for token in small] == [token.tag for token in capital]


def test_empty_sentences_keep_their_place(tagger: Grammar) -> None:
    made = tagger.tagged([(), read("No.", 0), (), read("... ?!", 5)])
    assert [len(sentence) for sentence in made] == [0, 1, 0, len(read("... ?!", 5))]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="abI'\u2019n t.,-?\u2026\u20ac0 ", max_size=30))
def test_tagging_changes_no_word_and_no_place(tagger: Grammar, text: str) -> None:
    said = read(text, 3)
    (tagged,) = tagger.tagged([said])
    assert [(token.text, token.span) for token in tagged] == [(token.text, token.span) for token in said]
    assert tagger.tagged([said]) == [tagged]


def test_the_tagger_is_loaded_once_and_names_its_weights(tagger: Grammar) -> None:
    assert grammar.load(Config().models) is tagger
    assert tagger.provenance.engine == "spacy english"
    assert tagger.provenance.weights


def test_a_parse_says_what_each_word_is_and_what_it_belongs_to(tagger: Grammar) -> None:
    text = "Denies chest pain."
    (parse,) = tagger.parsed([text])
    assert [(node.text, node.label, parse[node.head].text) for node in parse] == [
        ("Denies", "ROOT", "Denies"),
        ("chest", "compound", "pain"),
        ("pain", "dobj", "Denies"),
        (".", "punct", "Denies"),
    ]
    assert [text[node.start : node.start + len(node.text)] for node in parse] == [node.text for node in parse]
    assert parse[0].tag == "VBZ"


def test_texts_without_words_have_empty_parses_in_their_place(tagger: Grammar) -> None:
    assert [len(parse) for parse in tagger.parsed(["", "Pain.", " \n "])] == [0, 2, 0]
    assert tagger.parsed([]) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_a_parse_holds_the_words_of_its_text(tagger: Grammar, text: str) -> None:
    (parse,) = tagger.parsed([text])
    assert all(text[node.start : node.start + len(node.text)] == node.text for node in parse)
    assert all(0 <= node.head < len(parse) for node in parse)
    assert "".join(node.text for node in parse) == "".join(text.split())


def test_tags_are_found_without_the_parser(tagger: Grammar, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    pipe = tagger._pipeline.pipe

    def recorded(docs: object, **options: object) -> object:
        asked.append(list(options.get("disable", [])))  # type: ignore[call-overload]
        return pipe(docs, **options)

    monkeypatch.setattr(tagger._pipeline, "pipe", recorded)
    tagger.tagged([read("No fever.", 0)])
    assert asked == [["parser"]]
