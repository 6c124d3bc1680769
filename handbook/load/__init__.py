"""plan.yaml, content/, theme/ and templates/ → frozen values, or every mistake in them at once.

The only room that reads the sources. Inside: `source` makes bytes into lines, `slips` mends what a Japanese
keyboard does to YAML, `marked` knows PyYAML, `values` what a value means, `forms` what it may look like, `numbers`
a quantity, `markdown_checks` checks Markdown, `syntax` reads on behind a broken line, `references` sees that
nothing points nowhere, `tree` the plan, `records` what a node records by year, `departments` the sections, `content`
the Markdown, `glossary` its terms, `look` templates and theme, `counts` the numbers in texts, `history` what git
remembers, `past` the plan day by day, `earlier` at one revision, `repository` where it is kept, `addresses` what was
published, `modeline` what editors read, `whole` puts the plan together, `result` is the plan with the report on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from handbook import kana
from handbook.load import marked, slips
from handbook.load.addresses import addresses
from handbook.load.content import content, unknown_texts
from handbook.load.counts import disagreeing
from handbook.load.departments import outdated
from handbook.load.earlier import NoEdition, laid_out
from handbook.load.history import folder_of, updated
from handbook.load.look import theme
from handbook.load.modeline import schema
from handbook.load.past import past
from handbook.load.result import LoadResult
from handbook.load.source import Source, places_of, read, unconfirmed
from handbook.load.tree import Tree
from handbook.load.whole import whole
from handbook.mistakes import Findings, Mistake, SourceError
from handbook.model import Again, Edition, Node, Plan, Repository
from handbook.patterns import NO_VALUE_WORD, PLAN_FILE
from handbook.years import FIRST, LAST, Period, of_day, told

__all__ = ["LoadResult", "NoEdition", "at", "edition", "past", "plan", "read_plan", "theme", "without_glyph", "working"]

BY_INDENT = frozenset({"yaml-syntax", "deeper-indent", "shallow-indent", "uneven-indent"})
"""Mistakes that follow from one in the indentation of the same line."""
CAUSES = {"unknown-word": "一覧", "unknown-id": "節の id "}
"""What may be wrong instead, where many places are mistaken in the same way."""
MANY = 2
"""Others that make a mistake one of many."""


def plan(root: Path) -> Plan:
    """Return the plan under `root`. Raises SourceError with every mistake in plan.yaml and content/."""
    return read_plan(root).sound_plan()


def read_plan(root: Path) -> LoadResult:
    """Return the plan under `root` with every mistake, note and gap in its sources."""
    return _read(root, PLAN_FILE, with_git=True)


def edition(said: str, root: Path) -> Edition:
    """Return the plan that is meant: a folder with a plan.yaml, such a file, or a revision of the plan under `root`.

    Mistakes are read over as far as possible. Raises SourceError where nothing of it can be read, NoEdition where it
    is none of the three.
    """
    path = Path(said)
    if said.isprintable() and said and (path.is_file() or (path / PLAN_FILE).is_file()):
        folder, file = (path, PLAN_FILE) if path.is_dir() else (path.parent, path.name)
        return _edition(said, "", "", f"{folder.as_posix()}/", _read(folder, file, with_git=True))
    return at(root, said)


def working(root: Path) -> Edition:
    """Return the plan under `root` as it is being edited. Raises as `edition`."""
    return _edition("いまの原稿", "", "", "", read_plan(root))


def at(root: Path, revision: str) -> Edition:
    """Return the plan under `root` as it stood at a revision of git, mistakes read over as far as possible.

    Raises SourceError where nothing of it can be read, NoEdition where there is no such revision or no plan in it.
    """
    with laid_out(root, revision) as (folder, commit, day):
        return _edition(revision, commit, day, f"{revision}:", _read(folder, PLAN_FILE, with_git=False))


def _edition(label: str, commit: str, day: str, prefix: str, result: LoadResult) -> Edition:
    """Return an edition; `prefix` is put before the file of each of its mistakes.

    Raises SourceError if nothing of the plan was readable.
    """
    mistakes = [replace(m, place=replace(m.place, file=f"{prefix}{m.place.file}")) for m in result.report.mistakes]
    if not result.plan or (mistakes and not result.plan.items):
        raise SourceError(mistakes)
    return Edition(
        label=label,
        revision=commit,
        day=day or result.plan.updated,
        plan=result.plan,
        flaws=tuple(sorted(set(mistakes))),
    )


def _read(root: Path, file: str, *, with_git: bool) -> LoadResult:
    """Return the plan as far as it can be read, with every mistake in its sources; notes and gaps only without one.

    `with_git`: the day of the last change, if plan.yaml has none, and the plan's folder in its repository come from
    git.
    """
    source, mistakes = read(root / file, file)
    beside = content(root)
    known, wrong = addresses(root)
    mistakes += [*beside.mistakes, *wrong]
    if not source.lines:
        return LoadResult(None, Findings(tuple(mistakes)))
    mended, slipped = slips.mended(source)
    value, wrong, lost = marked.tree(mended)
    uneven = {slip.place.line for slip in slipped if slip.rule.endswith("-indent")}
    wrong = [m for m in wrong if m.place.line not in uneven or m.rule not in BY_INDENT]
    tree = Tree(mended, lost, beside, flawed=bool(wrong))
    tree.read(value)
    mistakes += [*slipped, *(_as_typed(mistake, mended, source) for mistake in (*wrong, *tree.values.mistakes))]
    if tree.levels and not lost and not tree.values.levels_unsure:  # else its node may be one that was not read
        mistakes += unknown_texts(beside, tree.references.knows, tree.references.levels)
    day, unknown = updated(root) if with_git else ("", [])
    found = whole(
        tree,
        beside,
        day=day,
        repository=_at_its_folder(tree.repository, root) if with_git and tree.repository else tree.repository,
        schema=schema(root, source.lines),
        addresses=known,
    )
    if mistakes:
        return LoadResult(found, Findings(tuple(_with_causes(mistakes))))
    notes = [*unconfirmed(source), *beside.notes, *_odd(tree.items, source), *unknown]
    notes += [*outdated(found, source), *_stale(found, source), *disagreeing(found)]
    return LoadResult(found, Findings((), tuple(sorted(notes)), tuple(sorted(tree.gaps))))


def _at_its_folder(kept: Repository, root: Path) -> Repository:
    """Say in which folder of its repository the plan lies, where the address does not."""
    return kept if kept.branch else replace(kept, folder=folder_of(root))


def without_glyph(root: Path, signs: Sequence[str]) -> list[Mistake]:
    """Return where the sources under `root` have signs that the booklet cannot print."""
    sources = [read(root / PLAN_FILE, PLAN_FILE)[0], *content(root).sources] if signs else []
    return [mistake for sign in signs for mistake in places_of(sources, sign)]


def _with_causes(mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Say where a mistake may have its cause that many places share: in the one that they all name."""
    found = set(mistakes)
    times = Counter((mistake.rule, mistake.message) for mistake in found)
    for mistake in found:
        others = times[mistake.rule, mistake.message] - 1
        if others >= MANY and mistake.rule in CAUSES:
            told = f"同じ知らせがほかに {others} 件あります。ここが正しければ、{CAUSES[mistake.rule]}の方を直します"
            mistake = replace(mistake, hint=f"{mistake.hint}（{told}）")  # noqa: PLW2901  # the same, better told
        yield mistake


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
    if not plan.updated:
        return
    full = of_day(plan.updated) - 1
    for node in plan.nodes:
        within = node.period or plan.period or Period(FIRST, LAST)
        due = min(full, within.last)
        for row in node.indicators if due in within else ():
            said = row.actuals[-1].year if row.actuals else 0
            if said < due and (said or (row.baseline and row.baseline.year < due)):
                last = f"いちばん新しいのは{told(said)}" if said else "まだ 1 つもありません"
                message = f"指標 `{row.name}` の `実績値` に、{told(due)}の分がありません（{last}）"
                hint = f"値を書くか、測っていなければ `{NO_VALUE_WORD}` と書きます"
                yield source.mistake(row.place.line, row.place.column, 1, "stale-actual", message, hint)
