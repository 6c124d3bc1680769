"""Characters that look like another one are named at their place, with the usual character."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.building import report_of

from handbook.commands.fixes import applicable_fixes, fix_sources

PLAN = """\
# ⺠の覚え書き
計画:
  名称: 架空市 まちの計画
  本文: |
    1 行め
    2 行め
階層:
  - {名称: 柱, path: pillars}
柱:
  - id: one
    名称: 川の広場
"""
NAME = "    名称: 川の広場"


def notices(root: Path) -> list[tuple[str, int, int, str]]:
    """Return file, line, column and hint of each notice."""
    report = report_of(root)
    assert report.errors == ()
    return [(m.span.file, m.span.line, m.span.column, m.hint) for m in report.notices if m.rule == "look-alike"]


@pytest.mark.parametrize(
    ("typed", "column", "hint"),
    [
        ("    名称: ⼭の広場", 9, "ふつうの「山」にします"),
        ("    名称: 市⺠の広場", 10, "ふつうの「民」にします"),
        ("    名称: ⻑い広場", 9, "ふつうの「長」にします"),
        ("    名称: 川\u00a0広場", 10, "半角の空白にします"),
        ("    名称: 川\u2003広場", 10, "半角の空白にします"),
    ],
)
def test_a_look_alike_in_a_name_has_the_usual_character_as_its_fix(
    plan_of: Callable[..., Path], typed: str, column: int, hint: str
) -> None:
    root = plan_of(PLAN.replace(NAME, typed))
    assert notices(root) == [("plan.yaml", 11, column, hint)]
    fixed = fix_sources(root, applicable_fixes(report_of(root), every=False))
    usual = hint[5] if "「" in hint else " "
    assert fixed.after["plan.yaml"].decode() == PLAN.replace(NAME, typed[: column - 1] + usual + typed[column:])


def test_texts_are_read_as_readers_see_them(plan_of: Callable[..., Path]) -> None:
    text = "市⺠と\u00a0山、森\tと川。\n\n`⺠`と\n\n~~~\n⺠\tx\n~~~\n\n-\t項目\n\n<!-- ⺠ -->\n"
    found = notices(plan_of(PLAN.replace("2 行め", "2\t行め⽣"), nodes__one=text))
    assert found == [
        ("content/nodes/one.md", 1, 2, "ふつうの「民」にします"),
        ("content/nodes/one.md", 1, 4, "半角の空白にします"),
        ("content/nodes/one.md", 1, 8, "半角の空白にします"),
        ("plan.yaml", 6, 9, "ふつうの「生」にします"),
    ]


@pytest.mark.parametrize(
    "name", ["髙﨑の𠮷野家", "葛\U000e0100城", "辻\U000e0101堂", "祇\ufe00園", "☕\ufe0fの日", "公園　広場", "神\ufa19"]
)
def test_variants_of_names_stay_as_typed(plan_of: Callable[..., Path], name: str) -> None:
    root = plan_of(PLAN.replace(NAME, f"    名称: {name}"))
    assert notices(root) == []
    assert report_of(root).errors == ()
