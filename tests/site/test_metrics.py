"""Records by year: the parsing of numbers and years, departments, statuses, and totals."""

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


def plan_yaml(updated: str = "2026-06-01", period: str = "令和6年度〜令和8年度", actual: str = "") -> str:
    """Return the small plan with these values."""
    return PLAN % {"updated": updated, "period": period, "actual": actual}


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(PLAN.split("\n"), 1) if words in line)


# --- numbers ---


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
    places=st.integers(0, 3),
    commas=st.booleans(),
    plus=st.booleans(),
)
def test_a_number_is_shown_with_the_digits_that_were_typed(
    value: Decimal, places: int, commas: bool, plus: bool
) -> None:
    exact = value.quantize(Decimal(1).scaleb(-places))
    exact = exact or abs(exact)
    typed = ("+" if plus and exact >= 0 else "") + (f"{exact:,f}" if commas else f"{exact:f}")
    assert validate_number(typed, VALUE) is None
    read = parse_number(typed)
    assert read == exact
    assert read.as_tuple() == exact.as_tuple()
    assert YearValue(2026, read).formatted == f"{exact:,f}"
    assert parse_number(YearValue(2026, read).formatted) == exact


@given(st.text("0123456789,.+-eE%人約△ １２", max_size=12))
def test_a_text_that_is_not_a_number_is_refused_and_never_guessed(text: str) -> None:
    """Each accepted text is the usual spelling of its number, with all commas or none."""
    if validate_number(text, VALUE) is None:
        sign, plain = text[: text[0] in "+-"], text.lstrip("+-")
        exact = Decimal(plain.replace(",", ""))
        assert plain in (f"{exact:f}", f"{exact:,f}")
        assert abs(parse_number(text)) == exact
        assert (parse_number(text) < 0) == (sign == "-" and exact > 0)


@pytest.mark.parametrize("text", ["", "1,85", "1,8500", ",100", "1.", ".5", "010", "1e3", "１", "--1", "1 000", "75%"])
def test_other_spellings_are_refused(text: str) -> None:
    assert validate_number(text, VALUE)


@pytest.mark.parametrize("typed", ["1.10", "0", "-3", "+5", "0.05", "1,234,567.890", "999999999999999999"])
def test_usual_spellings_of_numbers_are_accepted(typed: str) -> None:
    assert validate_number(typed, VALUE) is None


# --- years ---


@given(st.integers(1926, 2199))
def test_a_year_is_parsed_from_its_printed_form(year: int) -> None:
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
def test_a_period_is_shown_in_both_calendars(text: str, expected: str) -> None:
    assert str(fiscal_year.parse_period(text)) == expected


def test_the_financial_year_begins_in_april() -> None:
    assert (fiscal_year.fiscal_year_of("2026-03-31"), fiscal_year.fiscal_year_of("2026-04-01")) == (2025, 2026)


# --- statuses ---


def indicator(direction: str, base: str, targets: dict[int, str], actuals: dict[int, str]) -> Indicator:
    def amounts(year_values: dict[int, str]) -> tuple[YearValue, ...]:
        return tuple(
            YearValue(year, None if words == NO_VALUE_WORD else Decimal(words)) for year, words in year_values.items()
        )

    values: dict[str, Value] = {
        "名称": "指標",
        "向き": direction,
        "目標値": amounts(targets),
        "実績値": amounts(actuals),
    }
    if base:
        values["基準値"] = Record(values={"値": Decimal(base), "年度": 2021})
    return Indicator(values=values, place=SourceSpan("plan.yaml", 1, 1))


@pytest.mark.parametrize(
    ("row", "status"),
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
def test_the_status_of_an_indicator_follows_the_published_rule(row: Indicator, status: str) -> None:
    assert indicator_status.indicator_status(row) == status


def test_one_indicator_behind_makes_a_node_behind() -> None:
    achieved, in_progress = indicator("↑", "2", {2026: "6"}, {2024: "6"}), indicator("↑", "2", {2026: "6"}, {2024: "3"})
    behind, without_value = indicator("↑", "2", {2026: "6"}, {2024: "1"}), indicator("↑", "2", {2026: "6"}, {})

    def status(*indicators: Indicator) -> str:
        return indicator_status.node_status(map(indicator_status.indicator_status, indicators))

    assert status(achieved, behind, without_value) == "遅れ"
    assert status(achieved, achieved) == "達成"
    assert status(achieved, without_value) == "進行中"
    assert status(in_progress) == "進行中"
    assert status(without_value) == status() == "未評価"


# --- totals, compared with a count of the generated records ---


@dataclass
class WrittenRecord:
    """One record of a generated plan."""

    id: str
    category: str
    owners: list[str]
    first: int
    last: int
    budget: dict[int, int]
    parent: int
    repeated_under: list[int] = field(default_factory=list)


@st.composite
def records(draw: st.DrawFn) -> tuple[int, list[WrittenRecord]]:
    branch_count = draw(st.integers(2, 4))
    written = []
    for number in range(draw(st.integers(1, 8))):
        first = draw(st.integers(2022, 2026))
        parent = draw(st.integers(0, branch_count - 1))
        written.append(
            WrittenRecord(
                f"p{number}",
                draw(st.sampled_from(["", "新規", "拡充", "継続", "終了"])),
                draw(st.lists(st.sampled_from(["新課", "旧課", "環境課"]), unique=True, max_size=2)),
                first,
                draw(st.integers(first, 2027)),
                draw(st.dictionaries(st.integers(2022, 2027), st.integers(-50, 5000), max_size=3)),
                parent,
                draw(
                    st.lists(
                        st.sampled_from([branch for branch in range(branch_count) if branch != parent]),
                        unique=True,
                        max_size=2,
                    )
                ),
            )
        )
    return branch_count, written


def generated_plan(branch_count: int, records: list[WrittenRecord]) -> str:
    lines = ["計画: {名称: 数える計画, 更新日: 2026-06-01}", "階層:", "  - {名称: 柱, path: pillars}"]
    lines += ["  - {名称: 事業, path: projects}", "組織:", "  - 環境課"]
    lines += ["  - {名称: 新課, 旧名称: [{名称: 旧課, まで: 令和9年度}]}", "柱:"]
    for branch in range(branch_count):
        lines += [f"  - id: top{branch}", f"    名称: 柱{branch}"]
        own, repeats = [w for w in records if w.parent == branch], [w for w in records if branch in w.repeated_under]
        lines += ["    事業:"] if own or repeats else []
        for w in own:
            lines += [f"      - id: {w.id}", f"        名称: 事業{w.id}", f"        期間: {w.first}-{w.last}"]
            lines += [f"        区分: {w.category}"] if w.category else []
            lines += [f"        担当課: [{', '.join(w.owners)}]"] if w.owners else []
            lines += [f"        予算: {{{', '.join(f'{y}: {m}' for y, m in w.budget.items())}}}"] if w.budget else []
        lines += [f"      - 再掲: {w.id}" for w in repeats]
    return "\n".join(lines) + "\n"


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated=records())
def test_the_totals_are_those_of_the_written_records(
    generated: tuple[int, list[WrittenRecord]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    branch_count, written = generated
    folder = tmp_path_factory.mktemp("records")
    (folder / "plan.yaml").write_text(generated_plan(branch_count, written), encoding="utf-8")
    site, _ = build_in_memory(folder)
    (progress,) = [made for made in site.pages if isinstance(made, ProgressPage)]
    assert progress.totals.node_count == len(written)
    assert progress.totals.repeat_count == sum(len(w.repeated_under) for w in written)
    assert dict(progress.totals.category_counts) == Counter(w.category or "記載なし" for w in written)
    for (node, totals), branch in zip(progress.branches, range(branch_count), strict=True):
        own = [w for w in written if w.parent == branch]
        assert (node.id, totals.node_count) == (f"top{branch}", len(own))
        assert dict(totals.category_counts) == Counter(w.category or "記載なし" for w in own)
    departments = {made.label: made for made in site.pages if isinstance(made, DepartmentPage)}
    order = [node.id for node in site.tree_nodes if not node.is_repeat]

    def in_order(ids: set[str]) -> list[str]:
        return [node_id for node_id in order if node_id in ids]

    for name, names in {"環境課": {"環境課"}, "新課": {"新課", "旧課"}}.items():
        assert [row.node.id for row in departments[name].owned_rows] == in_order(
            {w.id for w in written if names & {*w.owners}}
        )
    for year in (made for made in site.pages if isinstance(made, YearPage)):
        assert {row.node.id for row in year.planned_rows} == {w.id for w in written if w.first <= year.year <= w.last}
        budgets = [w.budget[year.year] for w in written if year.year in w.budget]
        assert year.budget_total == (f"{sum(budgets):,}" if budgets else "")


def recount(site: Site, nodes: tuple[TreeNode, ...]) -> dict[str, object]:
    """Return the totals of some nodes and all nodes below them, counted one by one."""
    below = [node for top in nodes for node in top.walk()]
    own = [node for node in below if not node.is_repeat]
    rows = {page.node.id: page for page in site.pages if isinstance(page, NodePage)}
    records = [node for node in own if node.level is site.plan.levels[-1]]
    statuses = [indicator_status.node_status(row.status for row in rows[node.id].indicators) for node in records]
    return {
        "number": len(records),
        "again": sum(node.is_repeat and node.level is site.plan.levels[-1] for node in below),
        "categories": Counter("".join(node.node.fact_values("区分")) or "記載なし" for node in records),
        "statuses": Counter(map(str, statuses)),
        "indicators": Counter(str(row.status) for node in own for row in rows[node.id].indicators),
    }


def as_counts(totals: Totals) -> dict[str, object]:
    """Return the totals in the form of `recount`."""
    return {
        "number": totals.node_count,
        "again": totals.repeat_count,
        "categories": Counter(dict(totals.category_counts)),
        "statuses": Counter({str(status): number for status, number in totals.status_counts}),
        "indicators": Counter({str(status): number for status, number in totals.indicator_counts}),
    }


def test_the_totals_of_every_node_are_those_of_the_nodes_below_it(example: Built) -> None:
    site, _ = example
    pages = [made for made in site.pages if isinstance(made, NodePage)]
    assert {bool(made.totals) for made in pages} == {True, False}
    for made in pages:
        assert bool(made.totals) == bool(made.node.children)
        if made.totals:
            assert as_counts(made.totals) == recount(site, made.node.children)
    (progress,) = [made for made in site.pages if isinstance(made, ProgressPage)]
    assert as_counts(progress.totals) == recount(site, site.roots)
    assert [as_counts(tally) for _, tally in progress.branches] == [recount(site, (top,)) for top in site.branches]


def test_a_repeat_is_counted_in_its_own_branch_only(plan_of: Callable[..., Path]) -> None:
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
    (progress,) = [made for made in site.pages if isinstance(made, ProgressPage)]
    assert [(tally.node_count, tally.repeat_count) for _, tally in progress.branches] == [(1, 0), (0, 1)]
    assert progress.totals.node_count == 1


def test_the_progress_page_explains_every_status(example: Built) -> None:
    terms = [term.words for term in page(example[1]["progress.html"]).all("dt")]
    assert {status: terms.count(status) for status in Status} == dict.fromkeys(Status, 1)


# --- pages ---


def test_the_page_of_a_node_shows_its_record(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(plan_yaml(actual=", 令和7年度: 実績値なし")))
    read = page(files["projects/pond.html"])
    assert "令和6年度（2024）〜令和8年度（2026）" in read.words
    (owner,) = [a for a in read.all("dl", class_="facts")[0].all("a") if "みどり公園課" in a.words]
    assert owner.words == "現 みどり公園課（旧 公園課、令和6年度まで）"
    assert target("projects/pond.html", owner.attrs["href"]) == "departments/parks.html"
    rows = [[cell.words for cell in (*row.all("th"), *row.all("td"))] for row in read.all("table")[0].all("tr")]
    assert rows == [
        ["年度", "目標値", "実績値"],
        ["令和5年度（2023）", "—", "2基準値"],
        ["令和6年度（2024）", "—", "3"],
        ["令和7年度（2025）", "4", "実績値なし"],
        ["令和8年度（2026）", "6", "—"],
    ]
    money = [[cell.words for cell in (*row.all("th"), *row.all("td"))] for row in read.all("table")[1].all("tr")]
    assert money[1:] == [["令和6年度（2024）", "1,200"], ["令和7年度（2025）", "0"], ["令和8年度（2026）", "1,350"]]
    assert site.charts[0].name == "indicator_pond_1"


def test_a_department_lists_nodes_of_its_former_name(plan_of: Callable[..., Path]) -> None:
    site, files = built(plan_of(plan_yaml()))
    parks = page(files["departments/parks.html"])
    assert parks.all("table")[0].all("tbody")[0].all("a")[0].words.endswith("池づくり")
    environment = next(made for made in site.pages if made.label == "環境課")
    assert "まだ登録されていません" in page(files[environment.path]).words
    assert "関係課としてかかわるもの" in page(files[environment.path]).words


def test_the_former_url_of_a_department_redirects(tmp_path: Path) -> None:
    def build_department(department: str, folder: str) -> tuple[str, dict[str, str]]:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "plan.yaml").write_text(plan_yaml().replace("  - 環境課\n", department), encoding="utf-8")
        site, files = built(tmp_path / folder)
        return next(
            made.path for made in site.pages if isinstance(made, DepartmentPage) and not made.department.phone
        ), files

    first, _ = build_department("  - 環境課\n", "a")
    renamed, files = build_department("  - {名称: 水辺課, 旧名称: [{名称: 環境課, まで: 令和7年度}]}\n", "b")
    assert first != renamed
    assert target(first, page(files[first]).all("a")[0].attrs["href"]) == renamed
    with_id, files = build_department("  - {名称: 環境課, id: water}\n", "c")
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
def test_an_indicator_with_an_overdue_actual_value_has_a_notice(
    updated: str, actual: str, rules: list[str], plan_of: Callable[..., Path]
) -> None:
    notices = report_of(plan_of(plan_yaml(updated=updated, actual=actual))).notices
    assert [notice.rule for notice in notices] == rules
    assert [(notice.span.line, notice.span.column) for notice in notices] == [(line_of("池の数"), 13)] * len(rules)


def test_a_former_name_has_a_notice_only_after_its_last_year(plan_of: Callable[..., Path]) -> None:
    with_value = ", 令和7年度: 4"
    assert report_of(plan_of(plan_yaml(actual=with_value))).notices == ()
    (notice,) = report_of(plan_of(plan_yaml(period="令和7年度〜令和8年度", actual=with_value))).notices
    assert (notice.rule, notice.span.line) == ("former-department-name", line_of("id: pond"))
    assert "公園課" in notice.message
    assert "みどり公園課" in notice.hint


def test_a_year_page_lists_planned_nodes_and_missing_values(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(plan_yaml()))
    read = page(files["years/2025.html"])
    assert "池づくり" in read.all("table")[0].words
    assert "実績値が書かれていない指標（1）" in read.words
    assert "評価が書かれていないもの（1）" in read.words
    assert "まだ終わっていません" in page(files["years/2026.html"]).words
    assert "years/2023.html" not in files  # a baseline adds no year to the plan


def test_the_coverage_table_has_signs_and_words(example: Built) -> None:
    site, files = example
    (coverage,) = [made for made in site.pages if isinstance(made, CoveragePage)]
    rows = page(files["gaps.html"]).all("table")[0].all("tbody")[0].all("tr")
    assert len(rows) == len(coverage.rows)
    for row, read in zip(coverage.rows, rows, strict=True):
        below = [
            child.node for child in row.node.children if not child.is_repeat and child.level is site.plan.levels[-1]
        ]
        words = [" ".join(cell.words.split()) for cell in read.all("td")]
        assert words[0] == (f"○ あり {len(below)}" if below else "× なし")
        indicators = [i for node in (row.node.node, *below) for i in node.indicators]
        with_value = sum(any(a.value is not None for a in i.actuals) for i in indicators)
        assert words[3].startswith(
            "—" if not indicators else "○" if with_value == len(indicators) else "△" if with_value else "×"
        )


def test_the_coverage_table_shows_a_last_level_without_records(plan_of: Callable[..., Path]) -> None:
    levels = "計画: {名称: 計画}\n階層:\n  - {名称: 柱, path: pillars}\n  - {名称: 取組, path: efforts}\n"
    _, files = built(plan_of(levels + "柱:\n  - id: a\n    名称: あ\n    取組: [{id: b, 名称: い}]\n"))
    (row,) = page(files["gaps.html"]).all("tbody")[0].all("tr")
    assert [" ".join(cell.words.split()) for cell in row.all("td")] == ["○ あり 1", "× なし", "× なし", "— 対象外"]
    assert "まだありません" not in page(files["gaps.html"]).words


def test_a_plan_of_one_level_has_a_coverage_table(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of("計画: {名称: 計画}\n階層:\n  - {名称: 柱, path: pillars}\n柱: [{id: a, 名称: あ}]\n"))
    (row,) = page(files["gaps.html"]).all("tbody")[0].all("tr")
    assert " ".join(row.all("td")[0].words.split()) == "— 対象外"


HOSTILE = "<script>alert(1)</script>&\"'{{7*7}}"


def test_no_text_of_a_record_becomes_markup(plan_of: Callable[..., Path]) -> None:
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = plan_yaml().replace("名称: 池の数", f"名称: {quoted}").replace("単位: か所", f"単位: {quoted}")
    text = text.replace("        区分: 新規", f"        区分: 新規\n        評価: {{令和6年度: {{評価: {quoted}}}}}")
    _, files = built(plan_of(text))
    for path in ("projects/pond.html", "years/2024.html", "departments/parks.html"):
        read = page(files[path])
        assert HOSTILE in read.words
        assert not [script for script in read.all("script") if "src" not in script.attrs]
    assert page(files["projects/pond.html"]).all("svg", class_="chart")[0].all("title")[0].words == HOSTILE


def test_the_real_plan_is_stated_to_have_no_records(real: Built) -> None:
    site, files = real
    words = page(files["gaps.html"]).words
    assert "登録された事業はまだありません。" in words
    assert "具体的な施策 51 のすべて" in words
    assert not page(files["gaps.html"]).all("table")
    assert not site.progress_pages
    assert not site.charts
    assert not [path for path in files if path.startswith(("departments/", "years/", "progress"))]
    assert not any("progress.html" in text for path, text in files.items() if path.endswith(".html"))


def test_the_total_is_the_sum_of_the_branches(example: Built) -> None:
    site, _ = example
    (progress,) = [made for made in site.pages if isinstance(made, ProgressPage)]
    assert progress.totals.node_count == sum(tally.node_count for _, tally in progress.branches) == 17
    assert progress.totals.repeat_count == 1
    assert sum(number for _, number in progress.totals.status_counts) == progress.totals.node_count
