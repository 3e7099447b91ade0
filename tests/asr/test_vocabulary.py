"""The vocabulary: what is in it, what it knows about words, and what the user adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe import assets
from scribe.asr import user_words, vocabulary
from scribe.asr.vocabulary import Vocabulary, load
from scribe.clinical import lexicon
from scribe.clinical.lexicon import Term, TermKind, key_of
from scribe.config import AsrSettings, Config
from scribe.errors import AssetError, ConfigError, InputError


def config(**asr: str) -> Config:
    return Config(asr=AsrSettings(**asr))


@pytest.fixture
def general(tmp_path: Path) -> Vocabulary:
    path = tmp_path / "none.tsv"
    user_words.write(path, [])
    return load(config(words=str(path)))


def found(vocabulary: Vocabulary, text: str) -> Term:
    term = vocabulary.get(text)
    assert term is not None, text
    return term


# --- content
DRUGS = [
    "lisinopril", "metformin", "apixaban", "Coumadin", "Lasix", "Lopressor", "Zofran", "Dilaudid", "Toradol",
    "Versed", "Ancef", "Zosyn", "Levaquin", "Vicodin", "Darvocet", "Celebrex", "Plavix", "Ozempic", "Eliquis",
    "Synthroid", "Prevnar", "Omnipaque", "propofol", "rocuronium", "carboplatin", "pembrolizumab",
    "adalimumab", "cholecalciferol", "paracetamol", "salbutamol",
]  # fmt: skip


@pytest.mark.parametrize("name", DRUGS)
def test_drugs_that_clinicians_name(general: Vocabulary, name: str) -> None:
    assert found(general, name).kind is TermKind.DRUG


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("auscultation", TermKind.FINDING),
        ("clear to auscultation bilaterally", TermKind.FINDING),
        ("normocephalic", TermKind.FINDING),
        ("unstable angina", TermKind.DISEASE),
        ("atrial fibrillation", TermKind.DISEASE),
        ("cholecystectomy", TermKind.PROCEDURE),
        ("supraspinatus", TermKind.ANATOMY),
        ("troponin", TermKind.TEST),
        ("Crohn", TermKind.EPONYM),
        ("Port-A-Cath", TermKind.DEVICE),
    ],
)
def test_words_of_the_trade(general: Vocabulary, text: str, kind: TermKind) -> None:
    assert found(general, text).kind is kind


def test_enough_and_drugs_first(general: Vocabulary) -> None:
    assert 10_000 <= len(general.terms) <= 25_000
    assert len(general.drugs) > 4_000


def test_a_brand_names_its_drug_and_what_exists_of_it(general: Vocabulary) -> None:
    lasix = found(general, "LASIX")
    assert (lasix.text, lasix.brand, lasix.generic) == ("Lasix", True, "furosemide")
    assert {"20 mg", "40 mg"} <= set(lasix.strengths)
    assert "tablet" in lasix.forms
    assert found(general, "prednisolone").strengths[2] == "15 mg/5 mL"
    assert found(general, "Vicodin").strengths[0] == "5-325 mg"


def test_every_days_drugs_are_common_and_rare_ones_are_not(general: Vocabulary) -> None:
    assert found(general, "lisinopril").common == 1
    assert found(general, "moexipril").common < 0.3
    assert all(0 <= term.common <= 1 for term in general.terms)


def test_look_alikes_point_at_each_other(general: Vocabulary) -> None:
    assert "hydroxyzine" in found(general, "hydralazine").confusable
    assert "Celexa" in found(general, "Celebrex").confusable
    pairs = 0
    for term in general.terms:
        for other in term.confusable:
            assert term.text in found(general, other).confusable
            pairs += 1
    assert pairs >= 2 * 150


def test_terms_are_unique_and_clean(general: Vocabulary) -> None:
    keys = [key_of(term.text) for term in general.terms]
    assert len(set(keys)) == len(keys)
    for term in general.terms:
        assert term.text == term.text.strip()
        assert term.text.isprintable()
        assert not term.generic or found(general, term.generic).kind is TermKind.DRUG


# --- words
def test_a_term_is_found_in_any_case_hyphenation_and_number(general: Vocabulary) -> None:
    assert found(general, "toprol-xl").text == "Toprol XL"
    assert found(general, "Colonoscopies,").text in {"colonoscopy", "colonoscopies"}
    assert found(general, "Crohn\u2019s").text == "Crohn"
    assert general.get("listenoperel") is None
    assert general.get("") is None


def test_everyday_english_is_common_though_it_is_medical(general: Vocabulary) -> None:
    for word in ("discharge", "colon", "Labor", "the", "patient's"):
        assert general.is_common(word), word
    for word in ("auscultation", "lisinopril", "osculation", "listenoperel", "", "..."):
        assert not general.is_common(word), word


def test_words_are_known_from_english_or_from_a_term(general: Vocabulary) -> None:
    for word in ("table", "auscultation", "Zosyn", "well-nourished", "laparoscopies", "patient's"):
        assert general.is_word(word), word
    for word in ("listenoperel", "adorvastatin", "apixabin", "", "--"):
        assert not general.is_word(word), word


def test_frequency_is_on_the_zipf_scale(general: Vocabulary) -> None:
    assert general.frequency("the") > 7
    assert 1 < general.frequency("auscultation") < 3
    assert general.frequency("listenoperel") == 0
    assert general.frequency("well-nourished") == min(general.frequency("well"), general.frequency("nourished"))


# --- settings
def test_a_specialty_is_preferred(tmp_path: Path) -> None:
    cardiology = load(config(specialty=" Cardiology "))
    preferred = {term.text for term in cardiology.preferred}
    assert {"Entresto", "ejection fraction", "TAVR"} <= preferred
    assert cardiology.terms[: len(preferred)] == cardiology.preferred


def test_every_specialty_has_terms() -> None:
    names = vocabulary.specialties(Config().models)
    assert len(names) == 20
    for name in names:
        count = sum(name in term.specialties for term in lexicon.read(Config().models))
        assert 40 <= count <= 160, name


@pytest.mark.parametrize(
    ("name", "pack"),
    [("Pediatrics", "paediatrics"), ("OB/GYN", "obstetrics-gynaecology"), ("infectious disease", "infectious-disease")],
)
def test_a_specialty_has_other_names(name: str, pack: str) -> None:
    assert load(config(specialty=name)).specialty == pack


def test_an_unknown_specialty_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"'cardiolgy': asr\.specialty is one of cardiology, dermatology"):
        load(config(specialty="cardiolgy"))


def test_the_users_words_come_first_and_keep_what_is_known(tmp_path: Path) -> None:
    file = tmp_path / "ours.csv"
    file.write_text("text,kind,sounds_like\nOkonkwo,name,oh conk wo\nLASIX,,lay six\n")
    ours = load(config(words=str(file)))
    okonkwo, lasix = ours.terms[:2]
    assert (okonkwo.text, okonkwo.kind, okonkwo.user, okonkwo.common) == ("Okonkwo", TermKind.NAME, True, 1.0)
    assert okonkwo.sounds_like == ("oh conk wo",)
    assert (lasix.text, lasix.kind, lasix.generic, lasix.user) == ("LASIX", TermKind.DRUG, "furosemide", True)
    assert sum(key_of(term.text) == "lasix" for term in ours.terms) == 1
    assert ours.is_word("Okonkwo")


def test_a_changed_list_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "words.tsv"
    user_words.write(file, [user_words.checked("Okonkwo")])
    first = load(config(words=str(file)))
    assert load(config(words=str(file))) is first
    user_words.write(file, [user_words.checked("Zortiva")])
    assert load(config(words=str(file))).get("Zortiva")


def test_a_bad_list_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no list of words"):
        load(config(words=str(tmp_path / "none.txt")))


def test_a_damaged_lexicon_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / lexicon.FILE).write_bytes(b"\x1f\x8b damaged")
    monkeypatch.setattr(assets, "locate", lambda name, settings: tmp_path)
    with pytest.raises(AssetError, match="install scribe again"):
        lexicon.read(Config().models)
