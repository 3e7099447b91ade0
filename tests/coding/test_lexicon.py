from __future__ import annotations

import re

from scribe.coding import lexicon
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.terms import key_of


def test_it_is_large() -> None:
    assert len(lexicon.load().phrases) >= 2000


def test_every_code_is_billable(icd10cm: Icd10cm) -> None:
    own = lexicon.load()
    codes = {code for _, code in own.phrases} | {code for row in own.sided for code in (row[0], row[2])}
    assert [code for code in sorted(codes) if not icd10cm.is_billable(code)] == []


def test_no_two_phrases_claim_the_same_words_for_different_codes() -> None:
    claimed: dict[str, str] = {}
    clashes = [
        (phrase, code, other)
        for phrase, code in lexicon.load().phrases
        for variant in lexicon.spelled(phrase)
        if (other := claimed.setdefault(key_of(variant), code)) != code
    ]
    assert clashes == []


def test_no_phrase_loses_a_word_that_tells_it_apart() -> None:
    """A phrase of two words whose key is one word must say the same with one."""
    joined = {"afib", "atrial flutter", "hayfever", "hepatitis a", "flu"}
    lost = [
        variant
        for phrase, _ in lexicon.load().phrases
        for variant in lexicon.spelled(phrase)
        if " " in variant and " " not in key_of(variant) and key_of(variant) not in joined
    ]
    assert lost == []


def test_every_phrase_is_found_in_a_sentence(icd10cm: Icd10cm) -> None:
    missed = []
    for phrase, code in lexicon.load().phrases:
        for variant in lexicon.spelled(phrase):
            found = {match.code for match in icd10cm.find(f"Assessment today: {variant}.")}
            if not any(item == code or item[:3] == code[:3] for item in found):
                missed.append((variant, code, found))
    assert missed == []


def test_words_in_brackets_may_be_left_out() -> None:
    assert lexicon.spelled("(type 2) diabetes with (foot) ulcer") == [
        "type 2 diabetes with foot ulcer",
        "type 2 diabetes with ulcer",
        "diabetes with foot ulcer",
        "diabetes with ulcer",
    ]


def test_no_code_is_listed_twice() -> None:
    """YAML would keep the second list only."""
    text = lexicon.FILE.read_text(encoding="utf-8").partition("\nsides:")[0]
    listed = re.findall(r"^  ([A-Z]\S+):", text, re.MULTILINE)
    assert sorted(listed) == sorted(set(listed))
