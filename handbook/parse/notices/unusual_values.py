"""Notices about unusual values of a plan without errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handbook import kana
from handbook.diagnostics import Diagnostic
from handbook.fiscal_year import MAX_YEAR, MIN_YEAR, Period, fiscal_year_of, format_year_both
from handbook.folding import fold
from handbook.model import Plan, PlanNode, RepeatRef
from handbook.parse.source import Source
from handbook.patterns import NO_VALUE_WORD


def suspicious_nodes(items: Iterable[PlanNode | RepeatRef], source: Source) -> Iterator[Diagnostic]:
    """Yield notices for unusual nodes: a reading that does not match the name, an only child with its parent's name."""
    for node in (item for item in items if isinstance(item, PlanNode)):
        if node.kana_reading and not kana.ruby_segments(node.name, node.kana_reading):
            message = f"`よみ` が `名称` に合いません（`{node.name}` と `{node.kana_reading}`）"
            hint = "名称にあるかなが、よみに同じ順で出てくるかを確かめてください"
            yield Diagnostic(node.span, "kana-mismatch", message, hint, source.lines[node.span.line - 1])
        for child in node.children if len(node.child_items) == 1 else ():
            if fold(child.name) == fold(node.name):
                message = f"{node.level.name}と、そのただ 1 つの{child.level.name}が同じ名前です（`{node.name}`）"
                yield Diagnostic(child.span, "same-name", message, "", source.lines[child.span.line - 1])
        yield from suspicious_nodes(node.child_items, source)


def overdue_indicators(plan: Plan, source: Source) -> Iterator[Diagnostic]:
    """Yield a notice for each indicator without an actual value for the last full year before the last change."""
    if not plan.last_change_date:
        return
    last_full_year = fiscal_year_of(plan.last_change_date) - 1
    for node in plan.nodes:
        period = node.period or plan.period or Period(MIN_YEAR, MAX_YEAR)
        due = min(last_full_year, period.last)
        for indicator in node.indicators if due in period else ():
            last_year = indicator.actuals[-1].year if indicator.actuals else 0
            if last_year < due and (last_year or (indicator.baseline and indicator.baseline.year < due)):
                last = f"いちばん新しいのは{format_year_both(last_year)}" if last_year else "まだ 1 つもありません"
                message = f"指標 `{indicator.name}` の `実績値` に、{format_year_both(due)}の分がありません（{last}）"
                hint = f"値を書くか、測っていなければ `{NO_VALUE_WORD}` と書きます"
                yield source.mistake(indicator.span.line, indicator.span.column, 1, "overdue-actual", message, hint)
