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
from handbook.diagnostics import Diagnostic, Report, SourceError
from handbook.fiscal_year import MAX_YEAR, MIN_YEAR, Period, fiscal_year_of, format_year_both
from handbook.git.checkout import EditionError, temporary_checkout
from handbook.git.snapshots import last_change_date, path_prefix
from handbook.model import Edition, Plan, PlanNode, RepeatRef, Repository
from handbook.parse import typing_fixes, yaml_reader
from handbook.parse.assemble import assemble_plan
from handbook.parse.content import orphan_texts, read_content
from handbook.parse.count_claims import wrong_count_claims
from handbook.parse.departments import outdated_department_names
from handbook.parse.modeline import read_schema_file
from handbook.parse.plan_reader import PlanReader
from handbook.parse.plan_revisions import daily_plans
from handbook.parse.published_paths import read_published_paths
from handbook.parse.result import LoadResult
from handbook.parse.source import Source, character_positions, read_source, unconfirmed_marks
from handbook.parse.theme import load_theme
from handbook.patterns import NO_VALUE_WORD, PLAN_FILE

__all__ = [
    "EditionError",
    "LoadResult",
    "daily_plans",
    "load_edition",
    "load_plan",
    "load_revision",
    "load_theme",
    "load_working_tree",
    "missing_glyph_notices",
    "read_plan",
]

INDENT_RULES = frozenset({"yaml-syntax", "deeper-indent", "shallow-indent", "uneven-indent"})
"""Mistakes that follow from one in the indentation of the same line."""
CAUSE_WORDS = {"unknown-word": "一覧", "unknown-id": "節の id "}
"""What may be wrong instead, where many places are mistaken in the same way."""
MIN_SHARED_CAUSE = 2
"""Others that make a mistake one of many."""


def load_plan(root: Path) -> Plan:
    """Return the plan under `root`. Raises SourceError with every mistake in plan.yaml and content/."""
    return read_plan(root).sound_plan()


def read_plan(root: Path) -> LoadResult:
    """Return the plan under `root` with every mistake, note and gap in its sources."""
    return _read(root, PLAN_FILE, with_git=True)


def load_edition(said: str, root: Path) -> Edition:
    """Return the plan that is meant: a folder with a plan.yaml, such a file, or a revision of the plan under `root`.

    Mistakes are read over as far as possible. Raises SourceError where nothing of it can be read, NoEdition where it
    is none of the three.
    """
    path = Path(said)
    if said.isprintable() and said and (path.is_file() or (path / PLAN_FILE).is_file()):
        folder, file = (path, PLAN_FILE) if path.is_dir() else (path.parent, path.name)
        return _edition(said, "", "", f"{folder.as_posix()}/", _read(folder, file, with_git=True))
    return load_revision(root, said)


def load_working_tree(root: Path) -> Edition:
    """Return the plan under `root` as it is being edited. Raises as `edition`."""
    return _edition("いまの原稿", "", "", "", read_plan(root))


def load_revision(root: Path, revision: str) -> Edition:
    """Return the plan under `root` as it stood at a revision of git, mistakes read over as far as possible.

    Raises SourceError where nothing of it can be read, NoEdition where there is no such revision or no plan in it.
    """
    with temporary_checkout(root, revision) as (folder, commit, day):
        return _edition(revision, commit, day, f"{revision}:", _read(folder, PLAN_FILE, with_git=False))


def _edition(label: str, commit: str, day: str, prefix: str, result: LoadResult) -> Edition:
    """Return an edition; `prefix` is put before the file of each of its mistakes.

    Raises SourceError if nothing of the plan was readable.
    """
    mistakes = [replace(m, span=replace(m.span, file=f"{prefix}{m.span.file}")) for m in result.report.errors]
    if not result.plan or (mistakes and not result.plan.root_items):
        raise SourceError(mistakes)
    return Edition(
        label=label,
        commit=commit,
        day=day or result.plan.last_change_date,
        plan=result.plan,
        diagnostics=tuple(sorted(set(mistakes))),
    )


def _read(root: Path, file: str, *, with_git: bool) -> LoadResult:
    """Return the plan as far as it can be read, with every mistake in its sources; notes and gaps only without one.

    `with_git`: the day of the last change, if plan.yaml has none, and the plan's folder in its repository come from
    git.
    """
    source, mistakes = read_source(root / file, file)
    beside = read_content(root)
    known, wrong = read_published_paths(root)
    mistakes += [*beside.errors, *wrong]
    if not source.lines:
        return LoadResult(None, Report(tuple(mistakes)))
    mended, slipped = typing_fixes.apply_typing_fixes(source)
    value, wrong, lost = yaml_reader.read_yaml(mended)
    uneven = {slip.span.line for slip in slipped if slip.rule.endswith("-indent")}
    wrong = [m for m in wrong if m.span.line not in uneven or m.rule not in INDENT_RULES]
    tree = PlanReader(mended, lost, beside, flawed=bool(wrong))
    tree.read(value)
    mistakes += [
        *slipped,
        *(_restore_typed_text(mistake, mended, source) for mistake in (*wrong, *tree.values.mistakes)),
    ]
    if tree.levels and not lost and not tree.values.levels_unsure:  # else its node may be one that was not read
        mistakes += orphan_texts(beside, tree.references.has_id, tree.references.levels)
    day, unknown = last_change_date(root) if with_git else ("", [])
    found = assemble_plan(
        tree,
        beside,
        change_date=day,
        repository=_with_plan_folder(tree.repository, root) if with_git and tree.repository else tree.repository,
        schema=read_schema_file(root, source.lines),
        published_paths=known,
    )
    if mistakes:
        return LoadResult(found, Report(tuple(_add_cause_hints(mistakes))))
    notes = [*unconfirmed_marks(source), *beside.notices, *_suspicious_nodes(tree.items, source), *unknown]
    notes += [
        *outdated_department_names(found, source),
        *_overdue_indicators(found, source),
        *wrong_count_claims(found),
    ]
    return LoadResult(found, Report((), tuple(sorted(notes)), tuple(sorted(tree.gaps))))


def _with_plan_folder(kept: Repository, root: Path) -> Repository:
    """Say in which folder of its repository the plan lies, where the address does not."""
    return kept if kept.branch else replace(kept, folder=path_prefix(root))


def missing_glyph_notices(root: Path, signs: Sequence[str]) -> list[Diagnostic]:
    """Return where the sources under `root` have signs that the booklet cannot print."""
    sources = [read_source(root / PLAN_FILE, PLAN_FILE)[0], *read_content(root).sources] if signs else []
    return [mistake for sign in signs for mistake in character_positions(sources, sign)]


def _add_cause_hints(mistakes: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Say where a mistake may have its cause that many places share: in the one that they all name."""
    found = set(mistakes)
    times = Counter((mistake.rule, mistake.message) for mistake in found)
    for mistake in found:
        others = times[mistake.rule, mistake.message] - 1
        if others >= MIN_SHARED_CAUSE and mistake.rule in CAUSE_WORDS:
            told = (
                f"同じ知らせがほかに {others} 件あります。ここが正しければ、{CAUSE_WORDS[mistake.rule]}の方を直します"
            )
            mistake = replace(mistake, hint=f"{mistake.hint}（{told}）")  # noqa: PLW2901  # the same, better told
        yield mistake


def _restore_typed_text(mistake: Diagnostic, mended: Source, source: Source) -> Diagnostic:
    """Show the line, and the place in it, as the editor typed it, not as it was mended to read on."""
    place = mistake.span
    if place.file != source.file or not mistake.excerpt:
        return mistake
    typed = source.lines[place.line - 1]
    column = typing_fixes.original_column(place.column, mended.lines[place.line - 1], typed)
    return replace(mistake, span=replace(place, column=column), excerpt=typed)


def _suspicious_nodes(items: Iterable[PlanNode | RepeatRef], source: Source) -> Iterator[Diagnostic]:
    """Note what happens but is worth a second look: an only child named as its parent, a reading that does not fit."""
    for node in (item for item in items if isinstance(item, PlanNode)):
        if node.kana_reading and not kana.ruby_segments(node.name, node.kana_reading):
            message = f"`よみ` が `名称` に合いません（`{node.name}` と `{node.kana_reading}`）"
            hint = "名称にあるかなが、よみに同じ順で出てくるかを確かめてください"
            yield Diagnostic(node.span, "kana-mismatch", message, hint, source.lines[node.span.line - 1])
        for child in node.children if len(node.child_items) == 1 else ():
            if child.name == node.name:
                message = f"{node.level.name}と、そのただ 1 つの{child.level.name}が同じ名前です（`{node.name}`）"
                yield Diagnostic(child.span, "same-name", message, "", source.lines[child.span.line - 1])
        yield from _suspicious_nodes(node.child_items, source)


def _overdue_indicators(plan: Plan, source: Source) -> Iterator[Diagnostic]:
    """Note each indicator about whose last full year nothing is said, by the day on which the plan was last changed."""
    if not plan.last_change_date:
        return
    full = fiscal_year_of(plan.last_change_date) - 1
    for node in plan.nodes:
        within = node.period or plan.period or Period(MIN_YEAR, MAX_YEAR)
        due = min(full, within.last)
        for row in node.indicators if due in within else ():
            said = row.actuals[-1].year if row.actuals else 0
            if said < due and (said or (row.baseline and row.baseline.year < due)):
                last = f"いちばん新しいのは{format_year_both(said)}" if said else "まだ 1 つもありません"
                message = f"指標 `{row.name}` の `実績値` に、{format_year_both(due)}の分がありません（{last}）"
                hint = f"値を書くか、測っていなければ `{NO_VALUE_WORD}` と書きます"
                yield source.mistake(row.place.line, row.place.column, 1, "overdue-actual", message, hint)
