"""The guide keeps up with the program: every threshold and setting has its row, every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from offhook.contracts.turn import TurnPolicy
from offhook.ops.settings import SECRETS, Settings

_ROOT = Path(__file__).parents[2]
_GUIDE = _ROOT / "docs" / "guide"


def test_every_threshold_of_turns_is_told_with_its_default() -> None:
    text = (_GUIDE / "turns.md").read_text(encoding="utf-8")
    for field in msgspec.structs.fields(TurnPolicy):
        default = {None: "none", True: "true", False: "false"}.get(field.default, str(field.default))
        assert f"| `{field.name}` | {default} |" in text, f"docs/guide/turns.md lacks {field.name} ({default})"


def test_every_setting_is_told() -> None:
    text = (_GUIDE / "settings.md").read_text(encoding="utf-8")
    names = {name.upper() for name in Settings.model_fields} | set(SECRETS)
    for name in sorted(names):
        assert f"`{name}`" in text, f"docs/guide/settings.md lacks {name}"
    for name in SECRETS:
        assert f"`{name}` *" in text, f"docs/guide/settings.md does not mark {name} as a secret"


@pytest.mark.parametrize("page", sorted((_ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.relative_to(_ROOT)} links to {target}"
