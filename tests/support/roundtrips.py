"""Random plans for the tests of export and import, and the parts of two plans that must be equal."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import ROOT
from hypothesis import strategies as st

from handbook import export, parse, render, site
from handbook.commands.import_ import checked_import
from handbook.diagnostics import SourceSpan
from handbook.importer import ImportResult
from handbook.model import DataFile, Markdown, Plan, Repository

HOSTILE = [
    "=1+1",
    "+81",
    "-12",
    "@SUM(A1)",
    "＝１",
    "'quoted'",
    "''",
    "a;b",
    "a\\;b\\",
    "_x0041_",
    "_x005F_",
    "_x000D_",
    "\u00a0a",
    "0120",
    "1-2",
    "TRUE",
    "1.10",
    "2026-04-01",
    "no",
    "null",
    "~",
    "a: b",
    "a #b",
    "名称：x",
    "- x",
    "? x",
    "|",
    "[a, b]",
    "{a: b}",
    "&a",
    "*a",
    '"',
    "<b>&amp;</b>",
    "]]>",
    "a,b、c，d",
    "%",
    "`x`",
    "#",
    "１２",
    "終わり:",
    "〜",
    "・中・黒",
    "𠮷野家",
    "実績値なし",
]
LINES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text("学びまち市民ＩＣＴNPO&<>\"'\\{}[]%#:：;・「」、，〜0123=-@ abc", min_size=1, max_size=12),
).filter(lambda words: words.strip("\u3000 ") == words and "[[" not in words)
TEXTS = st.one_of(
    LINES,
    st.builds(
        lambda lines, end: "\n".join(lines) + "\n" * end,
        st.lists(st.one_of(LINES, st.just(""), st.just("    code"), st.just("- item")), min_size=2, max_size=4).filter(
            lambda lines: bool(lines[0] and lines[-1]) and not any(line.lstrip().startswith("#") for line in lines)
        ),
        st.integers(0, 2),
    ),
)
NUMBERS = st.decimals(-(10**9), 10**9, places=2).map(lambda number: f"{number:f}") | st.sampled_from(
    ["0", "2.40", "-12", "1,850", "123456789012345678", "0.000001", "-0.5"]
)
YEARS = st.sampled_from(["令和元年度", "令和4年度", "2026", "平成30年度", "昭和60年度"])


@st.composite
def plans(draw: st.DrawFn) -> str:
    """Return a plan.yaml with every kind of fact, hostile texts, empty and former departments, repeated nodes and
    skipped levels."""
    depth = draw(st.integers(1, 4))

    def some(strategy: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | strategy)

    def by_year(each: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | st.dictionaries(YEARS, each, min_size=1, max_size=3))

    unique = st.lists(LINES, min_size=1, max_size=3, unique=True)
    sections = draw(st.lists(LINES, min_size=1, max_size=4, unique=True))
    now = sections[: max(1, len(sections) // 2)]
    listed: list[Any] = [
        {
            "名称": name,
            "旧名称": [{"名称": old, "まで": "令和4年度"} for old in sections[len(now) :]] if not place else None,
        }
        for place, name in enumerate(now)
    ]
    audiences = draw(unique)
    numbers = iter(range(1000))
    leaves: list[tuple[str, int]] = []

    def node(level: int) -> dict[str, Any]:
        own = f"n{next(numbers)}"
        indicator = {
            "名称": draw(LINES),
            "単位": some(LINES),
            "向き": some(st.sampled_from("↑↓→")),
            "基準値": some(st.fixed_dictionaries({"値": NUMBERS, "年度": st.just("昭和60年度")})),
            "目標値": by_year(NUMBERS),
            "実績値": by_year(NUMBERS | st.just("実績値なし")),
        }
        review = st.fixed_dictionaries({"評価": LINES, "課題": TEXTS, "今後の方向性": LINES})
        fields = {
            "id": own,
            "名称": draw(LINES),
            "本文": some(TEXTS),
            "対象": some(st.lists(st.sampled_from(audiences), min_size=1, unique=True)),
            "担当課": some(st.lists(st.sampled_from(sections), min_size=1, unique=True)),
            "期間": some(st.sampled_from(["令和4年度〜令和8年度", "2022-2026", "令和4年度"])),
            "区分": some(st.sampled_from(["新規", "終了"])),
            "予算": by_year(NUMBERS),
            "指標": [indicator] * draw(st.integers(0, 2)) or None,
            "評価": by_year(review),
            "リンク": some(st.just([{"名称": "a;b", "URL": "https://example.org/?a=1&b=2"}])),
            "注記": some(TEXTS),
            "以前のid": some(st.just([f"old-{own}", f"level-0/older-{own}"])),
        }
        below = draw(st.integers(level + 1, level + 2))
        if below < depth and draw(st.booleans()):
            fields[f"階層{below}"] = [node(below) for _ in range(draw(st.integers(1, 2)))]
        else:
            leaves.append((own, level))
        return fields

    top: list[dict[str, Any]] = [node(0) for _ in range(draw(st.integers(1, 2)))]
    outer = [own for own, level in leaves if level == 1]
    if outer and "階層1" not in top[-1] and depth > 1:
        top[-1]["階層1"] = [{"再掲": outer[0]}]
    plan = {
        "名称": draw(LINES),
        "主題": some(LINES),
        "本文": some(TEXTS),
        "期間": some(st.just("令和4年度〜令和8年度")),
    }
    plan |= {"ライセンス": some(LINES), "更新日": "2026-04-01"}
    rows = [{"名称": f"階層{n}", "path": f"level-{n}", "記号": some(st.sampled_from("○・◇"))} for n in range(depth)]
    whole = {"計画": plan, "階層": rows, "対象": audiences, "組織": listed, "異表記": some(st.just([["a;b", "c,d"]]))}
    return "\n".join(_yaml(whole | {"階層0": top}, ""))


def _yaml(value: Any, indent: str) -> list[str]:
    """Return the lines of YAML for a value, with every text in quotes. Does not use the writer under test."""
    if isinstance(value, dict):
        lines = []
        for key, item in value.items():
            if item in (None, [], {}):
                continue
            if isinstance(item, (dict, list)):
                lines += [f"{indent}{key}:", *_yaml(item, indent + "  ")]
            elif isinstance(item, str) and "\n" in item:
                end = len(item) - len(item.rstrip("\n"))
                sign = "-" if not end else "" if end == 1 else "+"
                sign = "2" + (sign or "+") if item.startswith(" ") else sign
                lines.append(f"{indent}{key}: |{sign}")
                lines += [f"{indent}  {line}" if line else "" for line in item.rstrip("\n").split("\n")] + [""] * (
                    end - 1
                )
            else:
                lines.append(f"{indent}{key}: {json.dumps(item, ensure_ascii=False)}")
        return lines
    lines = []
    for item in value:
        if isinstance(item, list):
            lines.append(f"{indent}- {json.dumps(item, ensure_ascii=False)}")
        else:
            inner = _yaml(item, indent + "  ") if isinstance(item, dict) else [json.dumps(item, ensure_ascii=False)]
            lines += [f"{indent}- {inner[0].lstrip(' ')}", *inner[1:]]
    return lines


def without_spans(value: Any) -> Any:
    """Return the content of a plan without its source spans, for a comparison with another plan."""
    if isinstance(value, Plan):
        other_files = ("free_pages", "terms", "published_paths", "images", "schema_file")
        names = [f.name for f in dataclasses.fields(value) if f.name not in other_files]
        return {name: without_spans(getattr(value, name)) for name in names}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, SourceSpan):
            return None
        if isinstance(value, Markdown):
            return value.text
        if isinstance(value, Repository):
            return value.home_url
        return (
            type(value).__name__,
            {f.name: without_spans(getattr(value, f.name)) for f in dataclasses.fields(value)},
        )
    if isinstance(value, tuple):
        return [without_spans(item) for item in value]
    if isinstance(value, dict):
        return {name: without_spans(item) for name, item in value.items()}
    return str(value) if type(value).__name__ == "Decimal" else value  # so that 2.40 is not 2.4


@functools.cache
def _data_renderer() -> Callable[..., bytes]:
    return render.data_renderer(parse.load_theme(ROOT))


def exported(plan: Plan) -> tuple[DataFile, ...]:
    """Return a plan's data files, with the StratML template of the product."""
    return export.export_files(site.build_site(plan), _data_renderer())


def write_data_files(plan: Plan, folder: Path) -> None:
    """Write a plan's data files."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for made in exported(plan):
        (folder / made.file.path).write_bytes(made.file.data)


def import_again(folder: Path, name: str) -> tuple[Plan, ImportResult]:
    """Import a plan from one of its data files and parse the resulting plan.yaml."""
    made = checked_import(folder / "data" / name)
    assert made.errors == ()
    home = folder / name.replace(".", "-")
    home.mkdir(exist_ok=True)
    (home / "plan.yaml").write_text(made.plan_yaml, encoding="utf-8", newline="\n")
    return parse.load_plan(home), made
