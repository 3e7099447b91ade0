"""The side of a problem, from all that the note says of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import CodeFlag, Note

ROWS = [
    ("hpi: Left knee pain. | assessment: Knee osteoarthritis.", "M17.12", None),
    ("hpi: Right and left knee pain. | assessment: Knee osteoarthritis.", "M17.9", CodeFlag.SIDE_MISSING),
    ("hpi: Left knee pain. | assessment: Right knee osteoarthritis.", "M17.10", CodeFlag.SIDE_CONFLICT),
    ("hpi: Both knees hurt. | assessment: Right knee osteoarthritis.", "M17.11", None),
    ("hpi: Had a left knee replacement in 2015. | assessment: Right knee osteoarthritis.", "M17.11", None),
    ("pmh: Left knee osteoarthritis. | assessment: Right knee osteoarthritis.", "M17.11", None),
    ("hpi: She was told of a left otitis media. | assessment: Otitis media, right.", "H66.90", CodeFlag.SIDE_CONFLICT),
    ("assessment: Right middle finger pain.", "M79.644", None),
    ("assessment: Right wrist Colles fracture.", "S52.531A", None),
    ("assessment: Shoulder pain.", "M25.519", CodeFlag.SIDE_MISSING),
]


@pytest.mark.parametrize(("text", "code", "flag"), ROWS, ids=[row[0] for row in ROWS])
def test_side(text: str, code: str, flag: CodeFlag | None, read_note: Callable[[str], Note], icd10cm: Icd10cm) -> None:
    found = {item.coding.code: item.flags for item in suggest(read_note(text), [icd10cm], Config()).suggestions}
    assert code in found
    assert {CodeFlag.SIDE_MISSING, CodeFlag.SIDE_CONFLICT} & set(found[code]) <= (
        {flag, CodeFlag.SIDE_MISSING} if flag else set()
    )
    assert flag is None or flag in found[code]
