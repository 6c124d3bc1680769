"""plan.yaml, content/, theme/ and templates/ → frozen values, or every mistake in them at once.

The only room that reads the sources. Inside: `source` makes bytes into lines, `slips` mends what a Japanese
keyboard does to YAML, `marked` knows PyYAML, `values` what a value means, `forms` what it may look like, `numbers`
a quantity, `syntax` reads on behind a broken line, `references` sees that nothing points nowhere, `tree` the plan,
`records` what a node records by year, `departments` the sections, `content` the Markdown, `glossary` its terms,
`look` templates and theme, `counts` the numbers in texts, `history` what git remembers, `addresses` what was
published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from handbook import kana
from handbook.keys import ABSENT
from handbook.load import marked, slips
from handbook.load.addresses import addresses
from handbook.load.content import content, unknown_texts
from handbook.load.counts import disagreeing
from handbook.load.departments import outdated
from handbook.load.history import updated
from handbook.load.look import theme
from handbook.load.source import Source, places_of, read, unconfirmed
from handbook.load.tree import Tree
from handbook.mistakes import Mistake, SourceError
from handbook.model import Again, Node, Plan
from handbook.years import FIRST, LAST, Period, of_day, period, told

__all__ = ["plan", "theme", "without_glyph"]

BY_INDENT = frozenset({"yaml-syntax", "deeper-indent", "shallow-indent", "uneven-indent"})
"""Mistakes that follow from one in the indentation of the same line."""


def plan(root: Path) -> Plan:
    """Return all that the sources under `root` say.

    Raises SourceError with every mistake in plan.yaml and content/.
    """
    source, mistakes = read(root / "plan.yaml", "plan.yaml")
    beside = content(root)
    known, wrong = addresses(root)
    mistakes += [*beside.mistakes, *wrong]
    if not source.lines:
        raise SourceError(mistakes)
    mended, slipped = slips.mended(source)
    value, wrong, lost = marked.tree(mended)
    uneven = {slip.place.line for slip in slipped if slip.rule.endswith("-indent")}
    wrong = [m for m in wrong if m.place.line not in uneven or m.rule not in BY_INDENT]
    tree = Tree(mended, lost, beside, flawed=bool(wrong))
    tree.read(value)
    mistakes += [*slipped, *(_as_typed(mistake, mended, source) for mistake in (*wrong, *tree.values.mistakes))]
    if tree.levels and not lost:
        mistakes += unknown_texts(beside, set(tree.references.levels))
    if mistakes:
        raise SourceError(mistakes)
    about = tree.plan
    day, unknown = (about["更新日"], []) if "更新日" in about else updated(root)
    made = Plan(
        name=about["名称"],
        municipality=about.get("自治体", ""),
        subject=about.get("主題", ""),
        text=tree.plan_text,
        period=period(about.get("期間", "")),
        contact=about.get("連絡先", ""),
        licence=about.get("ライセンス", ""),
        permalink=about["公開URL"].rstrip("/") + "/" if "公開URL" in about else "",
        updated=day,
        audiences=tree.audiences,
        audience_note=about.get("対象の注記", ""),
        departments=tree.departments,
        spellings=tree.spellings,
        levels=tree.levels,
        items=tree.items,
        leaves=tuple(beside.leaves),
        terms=tuple(beside.terms),
        addresses=tuple(known),
        images=tuple(beside.images),
        notes=(),
        gaps=tuple(sorted(tree.gaps)),
    )
    notes = [*unconfirmed(source), *beside.notes, *_odd(tree.items, source), *unknown]
    notes += [*outdated(made, source), *_stale(made, source), *disagreeing(made)]
    return replace(made, notes=tuple(sorted(notes)))


def without_glyph(root: Path, signs: Sequence[str]) -> list[Mistake]:
    """Return where the sources under `root` have signs that the booklet cannot print."""
    sources = [read(root / "plan.yaml", "plan.yaml")[0], *content(root).sources] if signs else []
    return [mistake for sign in signs for mistake in places_of(sources, sign)]


def _as_typed(mistake: Mistake, mended: Source, source: Source) -> Mistake:
    """Show the line, and the place in it, as the editor typed it, not as it was mended to read on."""
    place = mistake.place
    if place.file != source.file or not mistake.excerpt:
        return mistake
    typed = source.lines[place.line - 1]
    column = slips.as_typed(place.column, mended.lines[place.line - 1], typed)
    return replace(mistake, place=replace(place, column=column), excerpt=typed)


def _odd(items: Iterable[Node | Again], source: Source) -> Iterator[Mistake]:
    """Note what happens but is worth a second look: an only child named as its parent, a reading that does not fit."""
    for node in (item for item in items if isinstance(item, Node)):
        if node.reading and not kana.over(node.name, node.reading):
            message = f"`よみ` が `名称` に合いません（`{node.name}` と `{node.reading}`）"
            hint = "名称にあるかなが、よみに同じ順で出てくるかを確かめてください"
            yield Mistake(node.place, "reading-differs", message, hint, source.lines[node.place.line - 1])
        for child in node.children if len(node.items) == 1 else ():
            if child.name == node.name:
                message = f"{node.level.name}と、そのただ 1 つの{child.level.name}が同じ名前です（`{node.name}`）"
                yield Mistake(child.place, "same-name", message, "", source.lines[child.place.line - 1])
        yield from _odd(node.items, source)


def _stale(plan: Plan, source: Source) -> Iterator[Mistake]:
    """Note each indicator about whose last full year nothing is said, by the day on which the plan was last changed."""
    for node in plan.nodes if plan.updated else ():
        within = node.period or plan.period or Period(FIRST, LAST)
        due = min(of_day(plan.updated) - 1, within.last)
        for row in node.indicators if due in within else ():
            said = row.actuals[-1].year if row.actuals else 0
            if said < due and (said or (row.baseline and row.baseline.year < due)):
                last = f"いちばん新しいのは{told(said)}" if said else "まだ 1 つもありません"
                message = f"指標 `{row.name}` の `実績値` に、{told(due)}の分がありません（{last}）"
                hint = f"値を書くか、測っていなければ `{ABSENT}` と書きます"
                yield source.mistake(row.place.line, row.place.column, 1, "stale-actual", message, hint)
