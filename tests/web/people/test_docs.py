"""docs/security.md says what the table of permissions says."""

from __future__ import annotations

from pathlib import Path

from scribe.store.actor import StaffRole
from scribe.web.permissions import ANYONE, PERMISSIONS

PAGE = Path(__file__).parents[3] / "docs" / "security.md"


def table() -> str:
    head = f"| | {' | '.join(StaffRole)} |\n|---|{'---|' * len(StaffRole)}\n"
    rows = (
        f"| `{name}` | {' | '.join('yes' if role in roles else '' for role in StaffRole)} |"
        for name, roles in PERMISSIONS.items()
        if name not in (ANYONE, "self")
    )
    return head + "\n".join(rows) + "\n"


def test_the_roles_in_the_documentation_are_those_of_the_code() -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- roles -->\n")
    assert rest.partition("<!-- end -->")[0].strip() == table().strip(), f"put this there:\n{table()}"
