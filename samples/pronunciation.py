"""From words to the phonemes of a voice, in three ways: as people differ, so do these.

`american` and `british` are misaki's rules (as hibari carries them), `espeak` those of eSpeak NG.
"""

# ruff: noqa: RUF001  (phonemes look like other letters)
from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import espeak_english
from hibari.g2p import G2P
from voices import phonemes_of

TABLE = Path(__file__).with_name("pronunciations.tsv")  # word, phonemes as misaki writes American English
Pronounce = Callable[[str], str]  # a sentence to phonemes
ACRONYMS = frozenset(("AIDS", "NSAID", "CABG", "GERD", "CAT", "PET", "CLEAR", "PERRL"))

TO_BRITISH = (("ɑɹ", "ɑː"), ("ɔɹ", "ɔː"), ("ɜɹ", "ɜː"), ("ɛɹ", "ɛː"), ("ɑ", "ɒ"), ("ɒː", "ɑː"), ("O", "Q"), ("æ", "a"))
TO_IPA = (  # misaki's American phonemes as eSpeak NG writes them
    *(("A", "eɪ"), ("I", "aɪ"), ("O", "oʊ"), ("W", "aʊ"), ("Y", "ɔɪ"), ("ʤ", "dʒ"), ("ʧ", "tʃ"), ("ᵊ", "ə")),
    *(("T", "ɾ"), ("ɜɹ", "ɜː"), ("əɹ", "ɚ"), ("i", "iː"), ("u", "uː"), ("ɑ", "ɑː"), ("ɔ", "ɔː")),
)
TO_MISAKI = (  # eSpeak NG's phonemes as misaki writes American English (misaki/espeak.py, Apache-2.0)
    *(("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("oʊ", "O"), ("dʒ", "ʤ"), ("tʃ", "ʧ")),
    *(("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ɪə", "iə"), ("ː", ""), ("r", "ɹ"), ("x", "k"), ("ɐ", "ə")),
    *(("ɾ", "T"), ("o", "O"), ("e", "A"), ("ʔ", "t"), ("ɬ", "l"), ("̩", ""), ("̃", "")),
)


def pronunciations() -> dict[str, str]:
    """The words that spelling misleads every voice about, in lower case."""
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {word: phonemes for word, phonemes, *_ in rows}


def american() -> Pronounce:
    """Misaki, American English."""
    engine, table = G2P(), pronunciations()
    return lambda sentence: phonemes_of(engine, letters(sentence), table)


def british() -> Pronounce:
    """Misaki, British English."""
    engine = G2P(british=True)
    table = {word: changed(phonemes, TO_BRITISH) for word, phonemes in pronunciations().items()}
    return lambda sentence: phonemes_of(engine, letters(sentence), table)


def espeak() -> Pronounce:
    """As eSpeak NG does, American English, in its own phonemes; sentence marks stay."""
    table = {word: changed(phonemes, TO_IPA) for word, phonemes in pronunciations().items()}
    split = re.compile(rf"([.,:;?]+(?=\s|$)|\b(?:{'|'.join(map(re.escape, table))})\b)", re.IGNORECASE)

    def pronounce(sentence: str) -> str:
        said = []
        for piece in filter(str.strip, split.split(letters(sentence))):
            mark = re.fullmatch(r"[.,:;?]+", piece)
            said.append(piece if mark else " " + (table.get(piece.lower()) or espeak_english.phonemes(piece).strip()))
        return "".join(said).strip()

    return pronounce


def espeak_for_kokoro() -> Pronounce:
    """As eSpeak NG does, written as misaki would."""
    pronounce = espeak()
    return lambda sentence: changed(pronounce(sentence), TO_MISAKI)


def changed(phonemes: str, changes: tuple[tuple[str, str], ...]) -> str:
    """`phonemes` with each change made everywhere, in order."""
    for old, new in changes:
        phonemes = phonemes.replace(old, new)
    return phonemes


def letters(sentence: str) -> str:
    """Abbreviations in letters ("COPD" would be read as a word), but for those that are said as words."""
    return re.sub(r"\b[A-Z]{2,5}\b", lambda found: found[0] if found[0] in ACRONYMS else " ".join(found[0]), sentence)
