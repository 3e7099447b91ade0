"""Scores against tables worked out by hand, and against scikit-learn."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from scribe.bench import scores
from scribe.bench.scores import LabelCounts, SpeakerCounts, WordErrors
from scribe.types import Role

D, P, OTHER = Role.CLINICIAN, Role.PATIENT, Role.OTHER
WORDS = st.lists(st.sampled_from(["any", "chest", "pain", "no", "fever", "or", "cough"]), max_size=12)
CALM = settings(deadline=None, max_examples=50)  # the first example of each loads a library
LABELS = st.sampled_from(["HPI", "ROS", "PLAN", "EXAM"])


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        ("no chest pain", "no chest pain", WordErrors(0, 0, 0, 3)),
        ("no chest pain", "no chest rain", WordErrors(1, 0, 0, 3)),
        ("no chest pain", "no pain", WordErrors(0, 1, 0, 3)),
        ("no chest pain", "no no chest pain", WordErrors(0, 0, 1, 3)),
        ("no chest pain", "", WordErrors(0, 3, 0, 3)),
        ("", "thank you", WordErrors(0, 0, 2, 0)),
        ("", "", WordErrors(0, 0, 0, 0)),
    ],
)
def test_word_errors_by_hand(reference: str, hypothesis: str, expected: WordErrors) -> None:
    assert scores.word_errors(reference.split(), hypothesis.split()) == expected


def test_the_word_error_rate_of_several_texts_is_that_of_their_words_together() -> None:
    short = scores.word_errors(["pain"], ["rain"])  # 1 of 1
    long = scores.word_errors(["no"] * 9, ["no"] * 9)  # 0 of 9
    assert (short + long).rate == pytest.approx(0.1)  # the mean of the two rates would be 0.5


def test_the_rate_counts_words_made_up_and_can_exceed_one() -> None:
    assert WordErrors(substitutions=1, deletions=1, insertions=4, reference_words=3).rate == 2.0


def test_nothing_to_measure_on_is_no_score() -> None:
    assert WordErrors(insertions=2).rate is None
    assert SpeakerCounts().accuracy is None
    assert LabelCounts().f1 is None
    assert scores.label_scores([]).macro_f1 is None


@CALM
@given(WORDS)
def test_the_same_words_have_no_errors(words: list[str]) -> None:
    assert scores.word_errors(words, words) == WordErrors(reference_words=len(words))


@CALM
@given(WORDS, WORDS)
def test_edits_explain_the_difference_in_length(reference: list[str], hypothesis: list[str]) -> None:
    errors = scores.word_errors(reference, hypothesis)
    assert len(hypothesis) - len(reference) == errors.insertions - errors.deletions
    assert errors.substitutions + errors.deletions <= len(reference)


# --- speakers --------------------------------------------------------------------------------------------------------


def test_speaker_counts_by_hand() -> None:
    reference = [("any", D), ("chest", D), ("pain", D), ("no", P), ("just", P), ("cough", P)]
    hypothesis = [("any", D), ("chess", P), ("pain", D), ("no", D), ("cough", None)]  # "just" was missed
    counts = scores.speaker_counts(reference, hypothesis)
    assert counts == SpeakerCounts(compared=5, right=2, swapped=2, unassigned=1, exact_compared=4, exact_right=2)
    assert counts.accuracy == pytest.approx(2 / 5)
    assert counts.exact_accuracy == pytest.approx(2 / 4)


def test_words_made_up_are_not_compared() -> None:
    counts = scores.speaker_counts([("no", P)], [("no", P), ("thank", D), ("you", D)])
    assert (counts.compared, counts.right) == (1, 1)


def test_words_whose_true_speaker_is_unknown_are_left_out() -> None:
    counts = scores.speaker_counts([("hello", None), ("no", P)], [("hello", D), ("no", P)])
    assert (counts.compared, counts.right) == (1, 1)


def test_a_bystander_is_right_only_as_a_bystander() -> None:
    counts = scores.speaker_counts([("he", OTHER), ("fell", OTHER)], [("he", OTHER), ("fell", P)])
    assert (counts.right, counts.swapped) == (1, 1)


@CALM
@given(st.lists(st.tuples(st.sampled_from(["any", "chest", "pain"]), st.sampled_from([D, P])), min_size=1))
def test_a_perfect_hypothesis_and_its_mirror_image(said: list[tuple[str, Role]]) -> None:
    mirrored = [(word, P if role is D else D) for word, role in said]
    perfect, turned = scores.speaker_counts(said, said), scores.speaker_counts(said, mirrored)
    assert perfect.accuracy == 1.0
    assert perfect.order_right
    assert turned.accuracy == 0.0
    assert not turned.order_right


def test_order_is_not_right_when_nobody_has_a_role() -> None:
    assert not scores.speaker_counts([("no", P)], [("no", None)]).order_right


# --- labels ----------------------------------------------------------------------------------------------------------


def test_label_scores_by_hand() -> None:
    items = [
        (frozenset({"I10", "E119"}), frozenset({"I10"})),
        (frozenset({"I10"}), frozenset({"I10", "R05"})),
    ]
    result = scores.label_scores(items)
    assert result.by_label == {
        "E119": LabelCounts(0, 0, 1),
        "I10": LabelCounts(2, 0, 0),
        "R05": LabelCounts(0, 1, 0),
    }
    assert result.micro == LabelCounts(2, 1, 1)
    assert result.micro.precision == pytest.approx(2 / 3)
    assert result.micro.recall == pytest.approx(2 / 3)
    assert result.micro.f1 == pytest.approx(2 / 3)
    assert result.macro_f1 == pytest.approx(1 / 3)
    assert result.by_label["R05"].recall is None
    assert result.by_label["E119"].precision is None


@CALM
@given(st.lists(st.tuples(LABELS, LABELS), min_size=1))
def test_class_scores_agree_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    true, found = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    result = scores.class_scores(pairs)
    assert result.macro_f1 == pytest.approx(f1_score(true, found, average="macro", zero_division=0))
    assert result.micro.f1 == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    for label, counts in result.by_label.items():
        options = {"labels": [label], "average": "macro", "zero_division": 0}
        assert pytest.approx(counts.recall or 0.0) == recall_score(true, found, **options)
        assert pytest.approx(counts.precision or 0.0) == precision_score(true, found, **options)


@CALM
@given(st.lists(st.frozensets(LABELS, min_size=1), min_size=1))
def test_a_perfect_prediction_scores_one(sets: list[frozenset[str]]) -> None:
    result = scores.label_scores((labels, labels) for labels in sets)
    assert result.micro.precision == result.micro.recall == result.micro.f1 == result.macro_f1 == 1.0


@CALM
@given(st.data())
def test_the_order_of_items_does_not_matter(data: st.DataObject) -> None:
    items = data.draw(st.lists(st.tuples(st.frozensets(LABELS), st.frozensets(LABELS))))
    assert scores.label_scores(items) == scores.label_scores(data.draw(st.permutations(items)))


def test_the_category_is_the_first_three_characters() -> None:
    assert (scores.category("N448"), scores.category("I10")) == ("N44", "I10")
