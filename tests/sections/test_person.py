"""First and second person to third, and the words on which that must not be tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import person
from scribe.sections.tokens import Tokens, read, text_of

pytestmark = pytest.mark.weights
Tagged = Callable[[str], Tokens]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I take my metformin", "takes their metformin"),
        ("I don't have pain", "doesn't have pain"),
        ("I'm taking aspirin", "is taking aspirin"),
        ("I've stopped it", "has stopped it"),
        ("I'll call", "will call"),
        ("I'd like to sleep", "would like to sleep"),
        ("I'd fallen", "had fallen"),
        ("I am sick", "is sick"),
        ("I was sick", "was sick"),
        ("I wasn't sick", "wasn't sick"),
        ("I ain't sick", "isn't sick"),
        ("I used to smoke", "used to smoke"),
        ("I do smoke", "does smoke"),
        ("I never smoke", "never smokes"),
        ("I always forget", "always forgets"),
        ("I miss doses", "misses doses"),
        ("I quit smoking", "quit smoking"),
        ("I cut my hand", "cut the hand"),
        ("I put ice on it", "put ice on it"),
        ("I hit my right hand", "hit the right hand"),
        ("I hurt my left knee", "hurt the left knee"),
        ("I let it", "let it"),
        ("I read", "read"),
        ("My left knee hurts", "left knee hurts"),
        ("they gave me aspirin", "they gave the patient aspirin"),
        ("it hurts when I'm walking", "it hurts when walking"),
        ("it hurts when I walk", "it hurts when walking"),
        ("before I eat", "before eating"),
        ("if I walk it hurts", "if the patient walks it hurts"),
        ("until I eat", "until the patient eats"),
        ("I go and I run", "goes and runs"),
        ("I have asthma and my son has it", "has asthma and son has it"),
        ("We went home", "they went home"),
    ],
)
def test_what_a_patient_says_of_herself(tagged: Tagged, said: str, told: str) -> None:
    turned = person.patient(tagged(said))
    assert turned is not None
    assert text_of(turned) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("you have pain", "has pain"),
        ("you don't have pain", "doesn't have pain"),
        ("you're taking aspirin", "is taking aspirin"),
        ("you've never smoked", "has never smoked"),
        ("you were here", "was here"),
        ("your left knee is swollen", "left knee is swollen"),
        ("your mother had cancer", "mother had cancer"),
        ("I gave you aspirin", "I gave the patient aspirin"),
        ("I want you to rest", "I want the patient to rest"),
        ("start you on aspirin", "start on aspirin"),
        ("if you have a fever", "if the patient has a fever"),
        ("I think you have gout", "I think the patient has gout"),
        ("I don't think you have gout", "I don't think the patient has gout"),
    ],
)
def test_what_a_clinician_says_to_the_patient(tagged: Tagged, said: str, told: str) -> None:
    turned = person.clinician(tagged(said))
    assert turned is not None
    assert text_of(turned) == told


@pytest.mark.parametrize(
    "said",
    [
        "you told me",
        "I need you to refill my Xanax",
        "I myself do it",
        "I",
        "my",
        "let's stop my aspirin",
        "I told my doctor I have pain and I think I need help and I want it and I know I do",
    ],
)
def test_what_is_not_safe_to_turn_stays_a_quotation(tagged: Tagged, said: str) -> None:
    assert person.patient(tagged(said)) is None


@pytest.mark.parametrize(
    ("verb", "third", "gerund"),
    [
        ("take", "takes", "taking"),
        ("get", "gets", "getting"),
        ("have", "has", "having"),
        ("do", "does", "doing"),
        ("go", "goes", "going"),
        ("be", "is", "being"),
        ("study", "studies", "studying"),
        ("play", "plays", "playing"),
        ("miss", "misses", "missing"),
        ("watch", "watches", "watching"),
        ("stop", "stops", "stopping"),
        ("run", "runs", "running"),
        ("eat", "eats", "eating"),
        ("see", "sees", "seeing"),
        ("die", "dies", "dying"),
        ("lie", "lies", "lying"),
        ("smoke", "smokes", "smoking"),
        ("cough", "coughs", "coughing"),
        ("begin", "begins", "beginning"),
        ("bleed", "bleeds", "bleeding"),
        ("happen", "happens", "happening"),
    ],
)
def test_forms_of_verbs(verb: str, third: str, gerund: str) -> None:
    assert (person.third(verb), person.gerund(verb)) == (third, gerund)


@pytest.mark.parametrize(
    ("said", "sex"),
    [
        (["This is a 58-year-old male."], "male"),
        (["You are a 58 year old, very nice woman."], "female"),
        (["sixty-year-old gentleman"], "male"),
        (["a 3 yr old girl"], "female"),
        (["Hello, ma'am."], "female"),
        (["Hello, Mr. Smith, come in."], "male"),
        (["I saw Mr. Smith yesterday."], ""),
        (["Your father was a 60-year-old male."], ""),
        (["Good morning, Mrs. Jones."], "female"),
        (["Hello, sir.", "And you, ma'am?"], ""),
        (["How is he?"], ""),
        (["A man came."], ""),
        (["You missed a dose."], ""),
        ([], ""),
    ],
)
def test_the_sex_is_taken_from_the_clinicians_words_alone(said: list[str], sex: str) -> None:
    assert person.sex_of(said) == sex


@pytest.mark.parametrize(
    ("sex", "told"),
    [
        ("male", "if he has pain in his boot"),
        ("female", "if she has pain in her boot"),
        ("", "if the patient has pain in their boot"),
    ],
)
def test_pronouns_stand_where_the_sex_is_known(tagged: Tagged, sex: str, told: str) -> None:
    turned = person.patient(tagged("if I have pain in my boot"))
    assert turned is not None
    assert text_of(person.pronouns(turned, sex)) == told


def test_who_is_spoken_of_and_to() -> None:
    assert person.mentions(read("my knee", 0))
    assert not person.mentions(read("the knee", 0))
    assert person.addresses(read("for you", 0))
    assert not person.addresses(read("for me", 0))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "I my me I'm don't not no never have take 20 mg left right knee and if when you it quit".split()
        ),
        min_size=1,
        max_size=10,
    )
)
def test_turning_keeps_every_number_side_and_no(tagged: Tagged, words: list[str]) -> None:
    tokens = tagged(" ".join(words))
    for turned in (person.patient(tokens), person.clinician(tokens)):
        if turned is None:
            continue
        assert {token.span for token in turned} <= {token.span for token in tokens}
        for kept in ("20", "mg", "left", "right", "no", "not", "never"):
            assert sum(token.bare == kept for token in turned) == sum(token.bare == kept for token in tokens)
        denied = [sum(token.bare.endswith("n't") for token in said) for said in (turned, tokens)]
        assert denied[0] == denied[1]
