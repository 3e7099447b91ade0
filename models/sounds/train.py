# ruff: noqa: RUF001
"""Makes `tables.json.gz`: rules from spelling to sound, and the words that they get wrong.

    pip install wordfreq
    pip download --no-deps --dest DIR misaki==0.9.4
    python models/sounds/train.py --wheel DIR/misaki-0.9.4-py3-none-any.whl

Letters are aligned with phonemes by expectation maximisation (each letter stands for none, one or two), as Damper,
Marchand, Marsters and Bazin, "Aligning text and phonemes for speech technology applications using an EM-like
algorithm" (2005). A rule is a letter in its context and what it stands for there; the widest context that was seen
decides, and a rule that says what a narrower one says is left out. 3,000 words are held out to measure with.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import random
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from wordfreq import zipf_frequency

from scribe.asr.sounds import BEFORE, CONTEXTS, Rules, padded

HERE = Path(__file__).parent
WHEEL_SHA256 = "90e2eeb169786c014c429e5058d2ea6bcd02d651f2a24450ba6c9ffc0f8da15a"
MISAKI = {  # misaki's letters; what is missing here is stress and length
    **{same: same for same in "pbtdkfvszmnlwh"},
    **{"ɡ": "g", "θ": "T", "ð": "D", "ʃ": "S", "ʒ": "Z", "ʧ": "C", "ʤ": "J", "ŋ": "N", "ɹ": "r", "j": "y"},
    **{"ɾ": "t", "ʔ": "t", "ə": "V", "ᵊ": "V", "ʌ": "V", "ᵻ": "I", "ɪ": "I", "i": "i", "ɛ": "e", "æ": "A"},
    **{"ɑ": "a", "ɔ": "a", "A": "E", "I": "Y", "O": "o", "W": "W", "Y": "O", "u": "u", "ʊ": "U", "ɜ": "3"},
}
HELD_OUT = 3_000
ALIGNED_BY = 12_000  # words that the alignment is learned from
ROUNDS = 5
LEAST_SEEN = 2  # times, for contexts of three letters and more
EXCEPTION_ZIPF = 2.2  # words this common are kept where the rules get them wrong
UNSEEN = 9.0  # cost of a pair that was never aligned

Words = list[tuple[str, str]]  # spelling, phonemes


def read(wheel: Path) -> Words:
    """Spellings (a to z) and their phonemes; the checked entries win over the derived ones."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise ValueError(f"{wheel} is not the file this script was written for")
    found: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in ("us_silver.json", "us_gold.json"):
            for word, said in json.loads(archive.read(f"misaki/data/{name}")).items():
                said = said.get("DEFAULT") if isinstance(said, dict) else said
                if said and re.fullmatch("[a-z]{2,}", word.lower()):
                    phonemes = "".join(MISAKI.get(letter, "") for letter in said)
                    found[word.lower()] = phonemes.replace("3r", "3").replace("Vr", "3")
    return sorted(found.items())


class Alignment:
    """What each letter of a word stands for, by cost: the negative log of how often it stands for that."""

    def __init__(self, words: Words) -> None:
        self._cost = self._seeded(words)
        for _ in range(ROUNDS - 1):
            pairs = ((letter, piece) for word, said in words for letter, piece in self.pairs(word, said))
            self._cost = _costs(Counter(pairs))

    def pairs(self, word: str, said: str) -> list[tuple[str, str]]:
        """Letters with the phonemes they stand for, at the least cost; empty where there are too many phonemes."""
        best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]  # phonemes used -> cost, phonemes of this letter
        for letter in word:
            reached: dict[int, tuple[float, int]] = {}
            for used, (cost, _) in best[-1].items():
                for size in range(min(2, len(said) - used) + 1):
                    total = cost + self._cost.get((letter, said[used : used + size]), UNSEEN)
                    if total < reached.get(used + size, (math.inf, 0))[0]:
                        reached[used + size] = (total, size)
            best.append(reached)
        if len(said) not in best[-1]:
            return []
        found, used = [], len(said)
        for at in range(len(word), 0, -1):
            size = best[at][used][1]
            found.append((word[at - 1], said[used - size : used]))
            used -= size
        return found[::-1]

    @staticmethod
    def _seeded(words: Words) -> dict[tuple[str, str], float]:
        """A first guess: letters stand for phonemes at about the same place of the word."""
        counts: Counter[tuple[str, str]] = Counter()
        for word, said in words:
            for at, letter in enumerate(word):
                place = at * len(said) // len(word)
                for piece in (said[place : place + 1], said[max(place - 1, 0) : place], said[place + 1 : place + 2]):
                    counts[letter, piece] += 10
                counts[letter, ""] += 3
                counts[letter, said[place : place + 2]] += 1
        return _costs(counts)


def _costs(counts: Counter[tuple[str, str]]) -> dict[tuple[str, str], float]:
    of_letter: Counter[str] = Counter()
    for (letter, _), count in counts.items():
        of_letter[letter] += count
    return {pair: -math.log(count / of_letter[pair[0]]) for pair, count in counts.items()}


def learn(words: Words, alignment: Alignment) -> Rules:
    """The rules of all words, the narrowest contexts first, each only where it says something else."""
    seen: list[dict[str, Counter[str]]] = [defaultdict(Counter) for _ in CONTEXTS]
    for word, said in words:
        letters = padded(word)
        for at, (_, piece) in enumerate(alignment.pairs(word, said), BEFORE):
            for table, (left, right) in zip(seen, CONTEXTS, strict=True):
                table[letters[at - left : at + right + 1]][piece] += 1
    learned: list[dict[str, str]] = []
    for table, (left, right) in zip(seen, CONTEXTS, strict=True):
        kept = {}
        for context, pieces in table.items():
            piece, _ = pieces.most_common(1)[0]
            least = LEAST_SEEN if left + right > 2 else 1
            if sum(pieces.values()) >= least and piece != _narrower(learned, context, left):
                kept[context] = piece
        learned.append(kept)
    return Rules(tuple(learned))


def _narrower(learned: list[dict[str, str]], context: str, left: int) -> str | None:
    for table, (less_left, less_right) in reversed(list(zip(learned, CONTEXTS, strict=False))):
        found = table.get(context[left - less_left : left + less_right + 1])
        if found is not None:
            return found
    return None


def errors(rules: Rules, words: Words) -> tuple[float, float]:
    """Wrong phonemes per phoneme, and the share of words without any."""
    import jiwer

    said = [" ".join(phonemes) for _, phonemes in words]
    spelled = [" ".join(rules.phonemes(word)) for word, _ in words]
    right = sum(one == other for one, other in zip(said, spelled, strict=True))
    return float(jiwer.wer(said, spelled)), right / len(words)


def exceptions(rules: Rules, words: Words) -> Iterator[tuple[str, str]]:
    """Common words that the rules get wrong."""
    for word, said in words:
        if zipf_frequency(word, "en") >= EXCEPTION_ZIPF and rules.phonemes(word) != said:
            yield word, said


def write(rules: Rules, words: Iterable[tuple[str, str]]) -> None:
    """Write the tables; the same bytes each time."""
    tables = {"rules": [dict(sorted(table.items())) for table in rules.tables], "exceptions": dict(sorted(words))}
    text = json.dumps(tables, separators=(",", ":"))
    (HERE / "tables.json.gz").write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def main() -> None:
    """Learn, measure on what was held out, then learn from all and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True)
    words = read(parser.parse_args().wheel)
    shuffled = random.Random(1).sample(words, len(words))  # noqa: S311
    held_out, rest = shuffled[:HELD_OUT], shuffled[HELD_OUT:]
    alignment = Alignment(rest[:ALIGNED_BY])
    phonemes, whole = errors(learn(rest, alignment), held_out)
    print(f"{HELD_OUT} words held out: {phonemes:.3f} of the phonemes wrong, {whole:.3f} of the words right")  # noqa: T201
    rules = learn(words, alignment)
    kept = list(exceptions(rules, words))
    write(rules, kept)
    print(f"{sum(map(len, rules.tables))} rules, {len(kept)} exceptions")  # noqa: T201


if __name__ == "__main__":
    main()
