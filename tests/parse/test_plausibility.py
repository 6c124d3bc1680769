"""Years and values that are probably mistyped are noted, and unusual but plausible ones are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FIRST, ROOT

from handbook import cli, parse
from handbook.diagnostics import Diagnostic
from handbook.fiscal_year import format_era_year, parse_period

PLAN = """
計画:
  名称: 架空市の計画
  期間: 令和4年度〜令和8年度
  更新日: 2026-04-01
階層:
  - {名称: 施策, path: measures}
施策:
  - id: walk
    名称: 歩く
"""


def notices(root: Path) -> list[Diagnostic]:
    result = parse.read_plan(root)
    assert not result.report.errors
    return [notice for notice in result.report.notices if notice.rule in parse.PLAUSIBILITY_RULES]


def of_node(lines: str) -> str:
    """Return the plan with lines of its node."""
    return PLAN + "".join(f"    {line}\n" for line in lines.split("\n"))


def indicator(**tables: str) -> str:
    """Return the plan with one indicator with these tables."""
    return of_node(f"指標: [{{名称: 歩数, {', '.join(f'{name}: {table}' for name, table in tables.items())}}}]")


# --- years ---


@pytest.mark.parametrize(
    ("plan", "meant"),
    [
        (of_node("予算: {令和7年度: 600, 令和80年度: 600}"), "令和8年度"),
        (of_node("予算: {令和44年度: 600}"), "令和4年度"),
        (of_node("評価: {令和70年度: {評価: 順調}}"), "令和7年度"),
        (indicator(目標値="{令和80年度: 5}"), "令和8年度"),
        (indicator(目標値="{2062: 5}"), "2026"),
        (indicator(目標値="{平成8年度: 5}"), "令和8年度"),
        (indicator(実績値="{令和70年度: 5}"), "令和7年度"),
        (indicator(基準値="{値: 5, 年度: 令和66年度}"), "令和6年度"),
        (of_node("期間: 令和4年度〜令和80年度"), "令和8年度"),
        (of_node("期間: 令和44年度〜令和80年度"), "令和4年度"),
        (PLAN.replace("〜令和8年度", "〜令和80年度"), "令和8年度"),
        (PLAN.replace("〜令和8年度\n  更新日: 2026-04-01", "〜令和80年度"), "令和8年度"),
        (of_node("予算: {令和80年度: 600}").replace("  期間: 令和4年度〜令和8年度\n", ""), "令和8年度"),
    ],
)
def test_an_implausible_year_is_noted_once_with_the_year_that_is_meant(
    plan: str, meant: str, plan_of: Callable[..., Path]
) -> None:
    (notice,) = notices(plan_of(plan))
    assert notice.rule == "implausible-year"
    assert notice.span.file == "plan.yaml"
    assert f"`{meant}` のことですか" in notice.hint
    assert parse_period(notice.excerpt[notice.span.column - 1 :][: notice.span.width])


def test_each_extra_digit_in_a_year_of_the_plan_is_noted(plan_of: Callable[..., Path]) -> None:
    """令和8年度 with any further digit, as a budget: 80 to 89 and 18 to 98 are noted if they are far away."""
    for number in (*range(40, 50), *range(60, 70), *range(70, 90)):
        plan = of_node(f"予算: {{令和{number}年度: 600}}")
        year = 2018 + number
        assert [notice.rule for notice in notices(plan_of(plan))] == ["implausible-year"] * (
            year % 5 != 0 or year > 2066
        )


@pytest.mark.parametrize(
    "plan",
    [
        indicator(目標値="{2030: 5, 2040: 5, 2050: 5, 2060: 5}"),
        indicator(基準値="{値: 5, 年度: 1990}", 目標値="{令和8年度: 5}"),
        indicator(実績値="{昭和55年度: 5, 平成2年度: 5, 平成12年度: 5, 令和2年度: 5}"),
        of_node("期間: 昭和49年度〜令和12年度"),
        of_node("予算: {令和3年度: 5, 令和4年度: 5, 令和14年度: 5}"),
        PLAN.replace("〜令和8年度", "〜令和33年度"),
        PLAN.replace("  期間: 令和4年度〜令和8年度\n  更新日: 2026-04-01\n", ""),
        of_node("予算: {平成10年度: 5, 平成11年度: 6}").replace(
            "期間: 令和4年度〜令和8年度", "期間: 平成10年度〜平成20年度"
        ),
    ],
)
def test_a_distant_horizon_a_history_and_a_long_life_are_plausible(plan: str, plan_of: Callable[..., Path]) -> None:
    assert notices(plan_of(plan)) == []


# --- actuals in the future ---


@pytest.mark.parametrize(
    ("plan", "rules"),
    [
        (indicator(実績値="{令和7年度: 5, 令和9年度: 5}"), ["future-actual"]),
        (indicator(実績値="{令和9年度: 5}"), ["future-actual"]),
        (of_node("評価: {令和9年度: {評価: 順調}}"), ["future-actual"]),
        (indicator(実績値="{令和7年度: 5, 令和8年度: 5}"), []),
        (indicator(実績値="{令和9年度: 実績値なし}"), []),
        (indicator(目標値="{令和9年度: 5}"), []),
        (of_node("予算: {令和9年度: 5}"), []),
        (indicator(実績値="{令和9年度: 5}").replace("  更新日: 2026-04-01\n", ""), []),
        (indicator(実績値="{令和9年度: 5}").replace("2026-04-01", "2027-04-01"), []),
        (indicator(実績値="{令和8年度: 5}").replace("2026-04-01", "2026-03-31"), ["future-actual"]),
    ],
)
def test_an_actual_after_the_last_change_is_noted(plan: str, rules: list[str], plan_of: Callable[..., Path]) -> None:
    assert [notice.rule for notice in notices(plan_of(plan))] == rules


# --- values ---


def series(*values: str, name: str = "実績値") -> str:
    """Return the plan with a value for each year from 2020 on."""
    rows = ", ".join(f'{2020 + at}: "{value}"' for at, value in enumerate(values))
    return of_node(f"予算: {{{rows}}}") if name == "予算" else indicator(**{name: f"{{{rows}}}"})


@pytest.mark.parametrize("name", ["実績値", "目標値", "予算"])
@pytest.mark.parametrize(
    ("values", "marked", "ratio"),
    [
        (("2.40", "24.0"), "24.0", "10 倍"),
        (("1,850", "1,900", "18,700"), "18,700", "10 倍"),
        (("1,850", "18,900", "1,870"), "18,900", "10 倍"),
        (("600", "610", "620000", "630"), "620000", "1000 倍"),
        (("600", "610", "0.62"), "0.62", "1000 分の 1"),
        (("85", "86", "0.87"), "0.87", "100 分の 1"),
        (("100", "101", "9.9", "98"), "9.9", "10 分の 1"),
        (("-50", "-51", "-520"), "-520", "10 倍"),
    ],
)
def test_a_value_that_differs_by_a_power_of_ten_is_noted_at_its_place(
    name: str, values: tuple[str, ...], marked: str, ratio: str, plan_of: Callable[..., Path]
) -> None:
    (notice,) = notices(plan_of(series(*values, name=name)))
    assert notice.rule == "implausible-value"
    assert f"`{marked}`" in notice.message
    assert ratio in notice.message
    assert notice.excerpt[notice.span.column - 1 :].lstrip('"').startswith(marked)


def test_an_actual_is_compared_with_the_baseline(plan_of: Callable[..., Path]) -> None:
    (notice,) = notices(plan_of(indicator(基準値="{値: 2.40, 年度: 2021}", 実績値="{2022: 24.1}")))
    assert "前の令和3年度（2021）の `2.40` のおよそ 10 倍" in notice.message
    (notice,) = notices(plan_of(indicator(基準値="{値: 24.0, 年度: 2021}", 実績値="{2022: 2.41, 2023: 2.42}")))
    assert "次の令和4年度（2022）の `2.41` のおよそ 10 倍" in notice.message
    assert "令和3年度（2021）の `24.0`" in notice.message


@pytest.mark.parametrize(
    "plan",
    [
        series("100", "300", "900", "2700"),
        series("100", "110", "1000", "1100"),
        series("1", "10", "100"),
        series("5", "0", "5"),
        series("実績値なし", "5"),
        series("100", "700"),
        series("100", "1400"),
        series("-5", "50"),
        series("6200", "600", "610", name="予算"),
    ],
)
def test_growth_a_lasting_change_and_zero_are_plausible(plan: str, plan_of: Callable[..., Path]) -> None:
    assert notices(plan_of(plan)) == []


@pytest.mark.parametrize("root", [ROOT, ROOT / "example", FIRST], ids=lambda root: root.name)
def test_our_plans_have_no_implausible_entries(root: Path) -> None:
    assert notices(root) == []


def test_release_states_what_is_implausible_before_it_records_the_paths(
    plan_of: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = plan_of(of_node("予算: {令和7年度: 600, 令和80年度: 600}"))
    assert cli.main(["release", "--root", str(root)]) == 0
    printed = capsys.readouterr()
    assert f"plan.yaml:11:22: `予算` の{format_era_year(2098)}" in printed.err
    assert "years/2098.html" in printed.err
    assert "years/2098.html" in (root / "addresses.txt").read_text(encoding="utf-8")
    plan_of(of_node("予算: {令和7年度: 600, 令和8年度: 600}"))
    assert cli.main(["release", "--root", str(root)]) == 0
    assert "確かめ" not in capsys.readouterr().err
