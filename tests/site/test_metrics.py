"""Numbers, years, indicator status, totals, and the pages of departments, years, progress and coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Built, built
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.building import build_in_memory, report_of
from support.html_page import page, target
from support.random_examples import examples

from handbook import fiscal_year
from handbook.diagnostics import SourceSpan
from handbook.field_types import fields_by_name
from handbook.model import (
    CoveragePage,
    DepartmentPage,
    Indicator,
    NodePage,
    ProgressPage,
    Record,
    Site,
    Status,
    Totals,
    TreeNode,
    Value,
    YearPage,
    YearValue,
)
from handbook.parse.numbers import parse_number, validate_number
from handbook.patterns import NO_VALUE_WORD
from handbook.record_fields import INDICATOR_FIELDS
from handbook.site import indicator_status

VALUE = fields_by_name(fields_by_name(INDICATOR_FIELDS)["基準値"].subfields)["値"]

PLAN = """
計画: {名称: 小さな計画, 期間: 令和6年度〜令和8年度, 更新日: %(updated)s}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 事業, path: projects}
組織:
  - 環境課
  - 名称: みどり公園課
    id: parks
    旧名称: [{名称: 公園課, まで: 令和6年度}]
柱:
  - id: top
    名称: 水辺の柱
    事業:
      - id: pond
        名称: 池づくり
        担当課: [公園課]
        関係課: [環境課]
        期間: %(period)s
        区分: 新規
        予算: {令和6年度: 1200, 2025: 0, 令和8年度: "1,350"}
        指標:
          - 名称: 池の数
            単位: か所
            向き: ↑
            基準値: {値: 2, 年度: 令和5年度}
            目標値: {令和7年度: 4, 令和8年度: 6}
            実績値: {令和6年度: 3%(actual)s}
  - id: other
    名称: みどりの柱
    事業:
      - 再掲: pond
"""


def plan_text(updated: str = "2026-06-01", period: str = "令和6年度〜令和8年度", actual: str = "") -> str:
    return PLAN % {"updated": updated, "period": period, "actual": actual}


def line_of(text: str) -> int:
    """Return the number of the first line of PLAN that contains a text."""
    return next(number for number, line in enumerate(PLAN.split("\n"), 1) if text in line)


# --- numbers ---


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
    places=st.integers(0, 3),
    commas=st.booleans(),
    plus=st.booleans(),
)
def test_number_round_trip(value: Decimal, places: int, commas: bool, plus: bool) -> None:
    exact = value.quantize(Decimal(1).scaleb(-places))
    exact = exact or abs(exact)
    typed = ("+" if plus and exact >= 0 else "") + (f"{exact:,f}" if commas else f"{exact:f}")
    assert validate_number(typed, VALUE) is None
    parsed = parse_number(typed)
    assert parsed == exact
    assert parsed.as_tuple() == exact.as_tuple()
    assert YearValue(2026, parsed).formatted == f"{exact:,f}"
    assert parse_number(YearValue(2026, parsed).formatted) == exact


@given(st.text("0123456789,.+-eE%人約△ １２", max_size=12))
def test_valid_number_is_read_exactly(text: str) -> None:
    """Each text that is accepted is the standard spelling of its value, with all thousands commas or none."""
    if validate_number(text, VALUE) is None:
        sign, digits = text[: text[0] in "+-"], text.lstrip("+-")
        exact = Decimal(digits.replace(",", ""))
        assert digits in (f"{exact:f}", f"{exact:,f}")
        assert abs(parse_number(text)) == exact
        assert (parse_number(text) < 0) == (sign == "-" and exact > 0)


@pytest.mark.parametrize("text", ["", "1,85", "1,8500", ",100", "1.", ".5", "010", "1e3", "１", "--1", "1 000", "75%"])
def test_other_spellings_are_rejected(text: str) -> None:
    assert validate_number(text, VALUE)


@pytest.mark.parametrize("typed", ["1.10", "0", "-3", "+5", "0.05", "1,234,567.890", "999999999999999999"])
def test_usual_spellings_are_accepted(typed: str) -> None:
    assert validate_number(typed, VALUE) is None


# --- years ---


@given(st.integers(1926, 2199))
def test_year_round_trip(year: int) -> None:
    assert fiscal_year.parse_year(fiscal_year.format_era_year(year)) == year
    assert fiscal_year.parse_year(str(year)) == year
    assert fiscal_year.format_year_both(year) == f"{fiscal_year.format_era_year(year)}（{year}）"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和4年度〜令和8年度", "令和4年度（2022）〜令和8年度（2026）"),
        ("2018-2020", "平成30年度（2018）〜令和2年度（2020）"),
        ("平成31年度", "令和元年度（2019）"),
        ("昭和63年度", "昭和63年度（1988）"),
        ("令和４年度から令和８年度まで", "令和4年度（2022）〜令和8年度（2026）"),
    ],
)
def test_period_is_formatted_in_both_calendars(text: str, expected: str) -> None:
    assert str(fiscal_year.parse_period(text)) == expected


def test_financial_year_starts_in_april() -> None:
    assert (fiscal_year.fiscal_year_of("2026-03-31"), fiscal_year.fiscal_year_of("2026-04-01")) == (2025, 2026)


# --- status of indicators ---


def indicator(direction: str, baseline: str, targets: dict[int, str], actuals: dict[int, str]) -> Indicator:
    def year_values(texts: dict[int, str]) -> tuple[YearValue, ...]:
        return tuple(YearValue(year, None if text == NO_VALUE_WORD else Decimal(text)) for year, text in texts.items())

    values: dict[str, Value] = {"名称": "指標", "向き": direction}
    values |= {"目標値": year_values(targets), "実績値": year_values(actuals)}
    if baseline:
        values["基準値"] = Record(values={"値": Decimal(baseline), "年度": 2021})
    return Indicator(values=values, span=SourceSpan("plan.yaml", 1, 1))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (indicator("↑", "2", {2026: "6"}, {2024: "6"}), "達成"),
        (indicator("↓", "9", {2026: "6"}, {2024: "5.9"}), "達成"),
        (indicator("↑", "2", {2026: "6"}, {2024: "3"}), "進行中"),
        (indicator("↑", "2", {2024: "4", 2026: "6"}, {2024: "3"}), "遅れ"),
        (indicator("↑", "2", {2025: "4", 2026: "6"}, {2024: "3"}), "進行中"),
        (indicator("↓", "9", {2026: "6"}, {2024: "10"}), "遅れ"),
        (indicator("↑", "2", {2026: "6"}, {2023: "7", 2024: "1"}), "遅れ"),
        (indicator("↑", "2", {2026: "6"}, {2023: "7", 2024: NO_VALUE_WORD}), "達成"),
        (indicator("→", "5", {2026: "5"}, {2024: "5.0"}), "達成"),
        (indicator("→", "5", {2026: "5"}, {2024: "4"}), "未評価"),
        (indicator("", "2", {2026: "6"}, {2024: "9"}), "未評価"),
        (indicator("↑", "2", {2026: "6"}, {2024: NO_VALUE_WORD}), "未評価"),
        (indicator("↑", "2", {}, {2024: "9"}), "未評価"),
        (indicator("↑", "", {2026: "0"}, {2024: "-1"}), "進行中"),
    ],
)
def test_indicator_status(item: Indicator, expected: str) -> None:
    assert indicator_status.indicator_status(item) == expected


def test_node_status() -> None:
    achieved, in_progress = indicator("↑", "2", {2026: "6"}, {2024: "6"}), indicator("↑", "2", {2026: "6"}, {2024: "3"})
    behind, unmeasured = indicator("↑", "2", {2026: "6"}, {2024: "1"}), indicator("↑", "2", {2026: "6"}, {})

    def status(*indicators: Indicator) -> str | None:
        return indicator_status.node_status(map(indicator_status.indicator_status, indicators))

    assert status(achieved, behind, unmeasured) == "遅れ"
    assert status(achieved, achieved) == "達成"
    assert status(achieved, unmeasured) == "進行中"
    assert status(in_progress) == "進行中"
    assert status(unmeasured) == "未評価"
    assert status() is None


# --- totals, compared with an independent count ---


@dataclass
class RandomRecord:
    """One node with records in a random plan."""

    id: str
    category: str
    owners: list[str]
    first: int
    last: int
    budget: dict[int, int]
    branch: int
    repeated_in: list[int] = field(default_factory=list)


@st.composite
def random_records(draw: st.DrawFn) -> tuple[int, list[RandomRecord]]:
    """Draw the number of branches and the records in them."""
    branches = draw(st.integers(2, 4))
    records = []
    for index in range(draw(st.integers(1, 8))):
        first = draw(st.integers(2022, 2026))
        branch = draw(st.integers(0, branches - 1))
        others = [other for other in range(branches) if other != branch]
        records.append(
            RandomRecord(
                f"p{index}",
                draw(st.sampled_from(["", "新規", "拡充", "継続", "終了"])),
                draw(st.lists(st.sampled_from(["新課", "旧課", "環境課"]), unique=True, max_size=2)),
                first,
                draw(st.integers(first, 2027)),
                draw(st.dictionaries(st.integers(2022, 2027), st.integers(-50, 5000), max_size=3)),
                branch,
                draw(st.lists(st.sampled_from(others), unique=True, max_size=2)),
            )
        )
    return branches, records


def plan_with(branches: int, records: list[RandomRecord]) -> str:
    lines = ["計画: {名称: 数える計画, 更新日: 2026-06-01}", "階層:", "  - {名称: 柱, path: pillars}"]
    lines += ["  - {名称: 事業, path: projects}", "組織:", "  - 環境課"]
    lines += ["  - {名称: 新課, 旧名称: [{名称: 旧課, まで: 令和9年度}]}", "柱:"]
    for branch in range(branches):
        lines += [f"  - id: top{branch}", f"    名称: 柱{branch}"]
        own, repeats = [r for r in records if r.branch == branch], [r for r in records if branch in r.repeated_in]
        lines += ["    事業:"] if own or repeats else []
        for r in own:
            lines += [f"      - id: {r.id}", f"        名称: 事業{r.id}", f"        期間: {r.first}-{r.last}"]
            lines += [f"        区分: {r.category}"] if r.category else []
            lines += [f"        担当課: [{', '.join(r.owners)}]"] if r.owners else []
            budget = ", ".join(f"{year}: {amount}" for year, amount in r.budget.items())
            lines += [f"        予算: {{{budget}}}"] if budget else []
        lines += [f"      - 再掲: {r.id}" for r in repeats]
    return "\n".join(lines) + "\n"


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=random_records())
def test_totals_and_pages_of_random_records(
    drawn: tuple[int, list[RandomRecord]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    branches, records = drawn
    folder = tmp_path_factory.mktemp("records")
    (folder / "plan.yaml").write_text(plan_with(branches, records), encoding="utf-8")
    site, _ = build_in_memory(folder)
    (progress,) = [item for item in site.pages if isinstance(item, ProgressPage)]
    assert progress.totals.node_count == len(records)
    assert progress.totals.repeat_count == sum(len(r.repeated_in) for r in records)
    assert dict(progress.totals.category_counts) == Counter(r.category for r in records if r.category)
    for (node, totals), branch in zip(progress.branches, range(branches), strict=True):
        own = [r for r in records if r.branch == branch]
        assert (node.id, totals.node_count) == (f"top{branch}", len(own))
        assert dict(totals.category_counts) == Counter(r.category for r in own if r.category)
    departments = {item.label: item for item in site.pages if isinstance(item, DepartmentPage)}
    order = [node.id for node in site.tree_nodes if not node.is_repeat]
    for name, names in {"環境課": {"環境課"}, "新課": {"新課", "旧課"}}.items():
        owned = {r.id for r in records if names & {*r.owners}}
        rows = departments[name].owned_rows
        assert [row.node.id for row in rows] == [node_id for node_id in order if node_id in owned]
    for year in (item for item in site.pages if isinstance(item, YearPage)):
        assert {row.node.id for row in year.planned_rows} == {r.id for r in records if r.first <= year.year <= r.last}
        amounts = [r.budget[year.year] for r in records if year.year in r.budget]
        assert year.budget_total == (f"{sum(amounts):,}" if amounts else "")


def recount(site: Site, nodes: tuple[TreeNode, ...]) -> dict[str, object]:
    """Return the totals of some nodes and of all nodes below them, counted independently."""
    below = [node for top in nodes for node in top.walk()]
    own = [node for node in below if not node.is_repeat]
    node_pages = {item.node.id: item for item in site.pages if isinstance(item, NodePage)}
    records = [node for node in own if node.level is site.plan.levels[-1]]
    indicators = {node.id: node_pages[node.id].indicators for node in own}
    statuses = [indicator_status.node_status(row.status for row in indicators[node.id]) for node in records]
    return {
        "number": len(records),
        "repeats": sum(node.is_repeat and node.level is site.plan.levels[-1] for node in below),
        "categories": Counter(text for node in records for text in node.node.fact_values("区分")),
        "statuses": Counter(str(status) for status in statuses if status),
        "indicators": Counter(str(row.status) for node in own for row in indicators[node.id] if row.status),
    }


def as_counts(totals: Totals) -> dict[str, object]:
    """Return totals in the form of `recount`."""
    return {
        "number": totals.node_count,
        "repeats": totals.repeat_count,
        "categories": Counter(dict(totals.category_counts)),
        "statuses": Counter({str(status): count for status, count in totals.status_counts}),
        "indicators": Counter({str(status): count for status, count in totals.indicator_counts}),
    }


def test_totals_of_every_node_equal_a_recount(example: Built) -> None:
    site, _ = example
    pages = [item for item in site.pages if isinstance(item, NodePage)]
    assert {bool(item.totals) for item in pages} == {True, False}
    for item in pages:
        assert bool(item.totals) == bool(item.node.children)
        if item.totals:
            assert as_counts(item.totals) == recount(site, item.node.children)
    (progress,) = [item for item in site.pages if isinstance(item, ProgressPage)]
    assert as_counts(progress.totals) == recount(site, site.roots)
    branches = [recount(site, (branch,)) for branch in site.branches]
    assert [as_counts(totals) for _, totals in progress.branches] == branches


def test_branch_that_is_a_repeat_is_not_counted(plan_of: Callable[..., Path]) -> None:
    text = """
計画: {名称: 小さな計画}
階層: [{名称: 目標, path: goals}, {名称: 柱, path: pillars}, {名称: 事業, path: projects}]
目標:
  - id: goal
    名称: 水辺の目標
    柱: [{id: top, 名称: 水辺の柱, 事業: [{id: pond, 名称: 池づくり, 区分: 新規}]}]
    事業: [{再掲: pond}]
"""
    site, _ = built(plan_of(text))
    (progress,) = [item for item in site.pages if isinstance(item, ProgressPage)]
    assert [(totals.node_count, totals.repeat_count) for _, totals in progress.branches] == [(1, 0), (0, 1)]
    assert progress.totals.node_count == 1


def test_progress_page_has_a_rule_for_every_status(example: Built) -> None:
    terms = [term.words for term in page(example[1]["progress.html"]).all("dt")]
    assert {status: terms.count(status) for status in Status} == dict.fromkeys(Status, 1)


# --- pages ---


def test_node_page_shows_the_records(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(plan_text(actual=", 令和7年度: 実績値なし")))
    html = page(files["projects/pond.html"])
    assert "令和6年度（2024）〜令和8年度（2026）" in html.words
    (owner,) = [a for a in html.all("dl", class_="facts")[0].all("a") if "みどり公園課" in a.words]
    assert owner.words == "現 みどり公園課（旧 公園課、令和6年度まで）"
    assert target("projects/pond.html", owner.attrs["href"]) == "departments/parks.html"
    rows = [[cell.words for cell in (*row.all("th"), *row.all("td"))] for row in html.all("table")[0].all("tr")]
    assert rows == [
        ["年度", "目標値", "実績値"],
        ["令和5年度（2023）", "—", "2基準値"],
        ["令和6年度（2024）", "—", "3"],
        ["令和7年度（2025）", "4", "実績値なし"],
        ["令和8年度（2026）", "6", "—"],
    ]
    budget = [[cell.words for cell in (*row.all("th"), *row.all("td"))] for row in html.all("table")[1].all("tr")]
    assert budget[1:] == [["令和6年度（2024）", "1,200"], ["令和7年度（2025）", "0"], ["令和8年度（2026）", "1,350"]]
    assert site.charts[0].name == "indicator_pond_1"


def test_department_page_includes_nodes_of_its_former_name(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(plan_text()))
    parks = page(files["departments/parks.html"])
    assert parks.all("table")[0].all("tbody")[0].all("a")[0].words.endswith("池づくり")
    environment = next(item for item in site.pages if item.label == "環境課")
    assert "まだ登録されていません" in page(files[environment.path]).words
    assert "関係課としてかかわるもの" in page(files[environment.path]).words


def test_renamed_department_has_a_redirect(tmp_path: Path) -> None:
    def build_with(department: str, folder: str) -> tuple[str, dict[str, str]]:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "plan.yaml").write_text(plan_text().replace("  - 環境課\n", department), encoding="utf-8")
        site, files = built(tmp_path / folder)
        return next(item.path for item in site.pages if isinstance(item, DepartmentPage)), files

    first, _ = build_with("  - 環境課\n", "a")
    renamed, files = build_with("  - {名称: 水辺課, 旧名称: [{名称: 環境課, まで: 令和7年度}]}\n", "b")
    assert first != renamed
    assert target(first, page(files[first]).all("a")[0].attrs["href"]) == renamed
    with_id, files = build_with("  - {名称: 環境課, id: water}\n", "c")
    assert with_id == "departments/water.html"
    assert target(first, page(files[first]).all("a")[0].attrs["href"]) == with_id


@pytest.mark.parametrize(
    ("updated", "actual", "rules"),
    [
        ("2026-06-01", "", ["overdue-actual"]),
        ("2026-06-01", ", 令和7年度: 4", []),
        ("2026-06-01", ", 令和7年度: 実績値なし", []),
        ("2026-03-31", "", []),
        ("2031-06-01", ", 令和8年度: 6", []),
        ("2031-06-01", ", 令和7年度: 6", ["overdue-actual"]),
    ],
)
def test_overdue_actual_is_a_notice(updated: str, actual: str, rules: list[str], plan_of: Callable[..., Path]) -> None:
    notices = report_of(plan_of(plan_text(updated=updated, actual=actual))).notices
    assert [notice.rule for notice in notices] == rules
    assert [(notice.span.line, notice.span.column) for notice in notices] == [(line_of("池の数"), 13)] * len(rules)


def test_former_name_is_a_notice_only_after_its_end(plan_of: Callable[..., Path]) -> None:
    actual = ", 令和7年度: 4"
    assert report_of(plan_of(plan_text(actual=actual))).notices == ()
    (notice,) = report_of(plan_of(plan_text(period="令和7年度〜令和8年度", actual=actual))).notices
    assert (notice.rule, notice.span.line) == ("former-department-name", line_of("担当課: [公園課]"))
    assert "公園課" in notice.message
    assert "みどり公園課" in notice.hint


def test_year_page_shows_planned_done_and_missing(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(plan_text()))
    html = page(files["years/2025.html"])
    assert "池づくり" in html.all("table")[0].words
    assert "実績値が書かれていない指標（1）" in html.words
    assert "評価が書かれていないもの（1）" in html.words
    assert "まだ終わっていません" in page(files["years/2026.html"]).words
    assert "years/2023.html" not in files  # a year with only a baseline has no page


def test_coverage_page_has_symbols_and_labels(example: Built) -> None:
    site, files = example
    (coverage,) = [item for item in site.pages if isinstance(item, CoveragePage)]
    rows = page(files["gaps.html"]).all("table")[0].all("tbody")[0].all("tr")
    assert len(rows) == len(coverage.rows)
    for row, html_row in zip(coverage.rows, rows, strict=True):
        below = [
            child.node for child in row.node.children if not child.is_repeat and child.level is site.plan.levels[-1]
        ]
        cells = [" ".join(cell.words.split()) for cell in html_row.all("td")]
        assert cells[0] == (f"○ あり {len(below)}" if below else "× なし")
        indicators = [i for node in (row.node.node, *below) for i in node.indicators]
        measured = sum(any(a.value is not None for a in i.actuals) for i in indicators)
        symbol = "○" if measured == len(indicators) else "△" if measured else "×"
        assert cells[3].startswith(symbol if indicators else "—")


def test_coverage_page_of_nodes_without_records(plan_of: Callable[..., Path]) -> None:
    levels = "計画: {名称: 計画}\n階層:\n  - {名称: 柱, path: pillars}\n  - {名称: 取組, path: efforts}\n"
    _, files = built(plan_of(levels + "柱:\n  - id: a\n    名称: あ\n    取組: [{id: b, 名称: い}]\n"))
    (row,) = page(files["gaps.html"]).all("tbody")[0].all("tr")
    assert [" ".join(cell.words.split()) for cell in row.all("td")] == ["○ あり 1", "× なし", "× なし", "— 対象外"]
    assert "まだありません" not in page(files["gaps.html"]).words


def test_coverage_page_of_a_plan_with_one_level(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of("計画: {名称: 計画}\n階層:\n  - {名称: 柱, path: pillars}\n柱: [{id: a, 名称: あ}]\n"))
    (row,) = page(files["gaps.html"]).all("tbody")[0].all("tr")
    assert " ".join(row.all("td")[0].words.split()) == "— 対象外"


HOSTILE = "<script>alert(1)</script>&\"'{{7*7}}"


def test_records_are_escaped(plan_of: Callable[..., Path]) -> None:
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = plan_text().replace("名称: 池の数", f"名称: {quoted}").replace("単位: か所", f"単位: {quoted}")
    text = text.replace("        区分: 新規", f"        区分: 新規\n        評価: {{令和6年度: {{評価: {quoted}}}}}")
    _, files = built(plan_of(text))
    for path in ("projects/pond.html", "years/2024.html", "departments/parks.html"):
        html = page(files[path])
        assert HOSTILE in html.words
        assert not [script for script in html.all("script") if "src" not in script.attrs]
    assert page(files["projects/pond.html"]).all("svg", class_="chart")[0].all("title")[0].words == HOSTILE


def test_real_plan_has_no_records(real: Built) -> None:
    site, files = real
    text = page(files["gaps.html"]).words
    assert "登録された事業はまだありません。" in text
    assert "具体的な施策 51 のすべて" in text
    assert not page(files["gaps.html"]).all("table")
    assert not site.progress_pages
    assert not site.charts
    assert not [path for path in files if path.startswith(("departments/", "years/", "progress"))]
    assert not any("progress.html" in text for path, text in files.items() if path.endswith(".html"))


def test_totals_of_the_plan_are_the_sum_of_its_branches(example: Built) -> None:
    site, _ = example
    (progress,) = [item for item in site.pages if isinstance(item, ProgressPage)]
    assert progress.totals.node_count == sum(totals.node_count for _, totals in progress.branches) == 17
    assert progress.totals.repeat_count == 1
    with_indicators = [node for node in site.tree_nodes if node.node.indicators and not node.is_repeat]
    counted = sum(count for _, count in progress.totals.status_counts)
    assert counted <= len([node for node in with_indicators if node.level is site.plan.levels[-1]])
