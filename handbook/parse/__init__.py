"""Read plan.yaml, content/, theme/ and templates/ into frozen values, and report every error in them at once.

No other package reads the sources. A file passes these modules in order: `source` decodes bytes into lines,
`typing_errors` corrects full-width punctuation, `yaml` parses with positions and explains syntax errors,
`value_reader` checks values by the `validators` and `numbers` of their types (with the hints of `errors` and the text
edits of `edits`), `plan_reader` reads the plan with its `records`, `departments` and `repository`, `references` checks
ids, and `assemble` builds the Plan. `content` reads Markdown and pictures, `theme` templates and style sheets,
`modeline` the JSON Schema, `published_paths` addresses.txt, `former_addresses` 以前の住所. `notices` are about unusual
values, `plan_revisions` reads former versions, `result` is the plan with its report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from handbook.diagnostics import Diagnostic, Report, SourceError, SourceSpan
from handbook.git.checkout import EditionError, temporary_checkout
from handbook.git.snapshots import last_change_date, path_prefix
from handbook.model import WORKING_TREE_LABEL, Edition, Plan, Repository
from handbook.parse.assemble import assemble_plan
from handbook.parse.booklet_notices import booklet_notices
from handbook.parse.content.pictures import with_uses
from handbook.parse.content.reader import Content, orphan_texts, read_content
from handbook.parse.departments import outdated_department_names
from handbook.parse.edits.apply_edits import EditedFile
from handbook.parse.modeline import read_schema_file
from handbook.parse.notices.count_claims import wrong_count_claims
from handbook.parse.notices.look_alikes import look_alikes
from handbook.parse.notices.plausibility import PLAUSIBILITY_RULES, implausible_entries
from handbook.parse.notices.unusual_values import overdue_indicators, suspicious_nodes
from handbook.parse.plan_reader import PlanReader
from handbook.parse.plan_revisions import daily_plans
from handbook.parse.published_paths import read_published_paths
from handbook.parse.result import ReadResult
from handbook.parse.source import (
    Source,
    decode_source,
    missing_plan_hint,
    read_bytes,
    read_source,
    unconfirmed_marks,
)
from handbook.parse.theme.reader import load_theme
from handbook.parse.typing_errors import line_fixes
from handbook.parse.typing_errors.typed_places import restore_typed_text
from handbook.parse.yaml import reader as yaml_reader
from handbook.patterns import PLAN_FILE

__all__ = [
    "PLAUSIBILITY_RULES",
    "EditedFile",
    "EditionError",
    "ReadResult",
    "booklet_notices",
    "daily_plans",
    "load_edition",
    "load_plan",
    "load_revision",
    "load_theme",
    "load_working_tree",
    "read_plan",
    "read_plan_text",
    "read_source_bytes",
]

INDENT_RULES = frozenset({"yaml-syntax", "deeper-indent", "shallow-indent", "uneven-indent"})
"""Errors that may result from a wrong indentation of the same line."""
CAUSE_WORDS = {"unknown-word": "一覧", "unknown-id": "節の id "}
"""What may be wrong instead of the values, if many have the same error."""
MIN_SHARED_CAUSE = 2
"""Fewest other diagnostics with the same rule and message that lead to a hint on their common cause."""


def load_plan(root: Path) -> Plan:
    """Return the plan under `root`. Raises SourceError with all errors in plan.yaml and content/."""
    return read_plan(root).sound_plan()


def read_plan(root: Path) -> ReadResult:
    """Return the plan under `root` with the errors, notices and warnings on its sources."""
    return _read(root, PLAN_FILE, with_git=True)


def read_plan_text(text: str) -> ReadResult:
    """Return the plan in the text of a plan.yaml, without content/, as far as it is readable, with its errors."""
    source, mistakes = decode_source(text.encode("utf-8", "replace"), PLAN_FILE)
    content = Content()
    if not source.lines:
        return ReadResult(None, Report(tuple(mistakes)))
    reader, plan_errors = _read_plan_source(source, content)
    plan = assemble_plan(reader, content, repository=reader.repository)
    return ReadResult(plan, Report(tuple(sorted({*mistakes, *plan_errors}))))


def load_edition(name: str, root: Path) -> Edition:
    """Return the plan of a folder with a plan.yaml, of such a file, or of a git revision of the plan under `root`.

    A plan with errors is returned as far as it is readable. Raises SourceError if none of it is, and EditionError if
    the name is none of the three.
    """
    path = Path(name)
    if name.isprintable() and name and (path.is_file() or (path / PLAN_FILE).is_file()):
        folder, file = (path, PLAN_FILE) if path.is_dir() else (path.parent, path.name)
        return _edition(name, "", "", f"{folder.as_posix()}/", _read(folder, file, with_git=True))
    return load_revision(root, name)


def load_working_tree(root: Path) -> Edition:
    """Return the plan under `root` with all uncommitted changes. Raises SourceError if none of it is readable."""
    return _edition(WORKING_TREE_LABEL, "", "", "", read_plan(root))


def load_revision(root: Path, revision: str) -> Edition:
    """Return the plan under `root` at a git revision, as far as it is readable.

    Raises SourceError if none of it is readable, and EditionError if the revision is unknown or has no plan.
    """
    with temporary_checkout(root, revision) as (folder, commit, day):
        return _edition(revision, commit, day, f"{revision}:", _read(folder, PLAN_FILE, with_git=False))


def _edition(label: str, commit: str, day: str, prefix: str, result: ReadResult) -> Edition:
    """Return an edition. `prefix` is added before the file name of each of its diagnostics.

    Raises SourceError if plan.yaml is unreadable, or if it has errors and no readable node.
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


def _read(root: Path, file: str, *, with_git: bool) -> ReadResult:
    """Return the plan as far as it is readable, with all errors. Notices and warnings are only given without errors.

    `with_git`: take the date of the last change, if plan.yaml has none, and the plan's folder in its repository from
    git.
    """
    source, mistakes = read_source(root / file, file)
    mistakes = [replace(m, hint=missing_plan_hint(root)) if m.rule == "missing-file" else m for m in mistakes]
    content = read_content(root)
    published_paths, path_errors = read_published_paths(root)
    mistakes += [*with_uses(content.errors, (source, *content.sources)), *path_errors]
    if not source.lines:
        return ReadResult(None, Report(tuple(mistakes)))
    reader, plan_errors = _read_plan_source(source, content)
    mistakes += plan_errors
    change_date, git_notices = last_change_date(root) if with_git else ("", [])
    repository = reader.repository
    plan = assemble_plan(
        reader,
        content,
        change_date=change_date,
        repository=_with_plan_folder(repository, root) if with_git and repository else repository,
        schema=read_schema_file(root, source.lines),
        published_paths=published_paths,
    )
    if mistakes:
        return ReadResult(plan, Report(tuple(_add_cause_hints(mistakes))))
    notices = [*unconfirmed_marks(source), *content.notices, *suspicious_nodes(reader.items, source), *git_notices]
    notices += [
        *reader.values.notices,
        *look_alikes(source),
        *outdated_department_names(plan, source),
        *overdue_indicators(plan, source),
        *wrong_count_claims(plan),
        *implausible_entries(plan, reader.records.year_tables, reader.records.periods, source),
    ]
    return ReadResult(plan, Report((), tuple(sorted(notices)), tuple(sorted(reader.gaps))))


def _read_plan_source(source: Source, content: Content) -> tuple[PlanReader, list[Diagnostic]]:
    """Return the reader with the values of plan.yaml, and the errors in plan.yaml and in the names of the texts."""
    fixed, typing_errors = line_fixes.apply_typing_fixes(source)
    value, yaml_errors, unread_lines = yaml_reader.read_yaml(fixed)
    fixed_lines = {error.span.line for error in typing_errors if error.rule.endswith("-indent")}
    yaml_errors = [m for m in yaml_errors if m.span.line not in fixed_lines or m.rule not in INDENT_RULES]
    rewritten = {
        line
        for mistake in yaml_errors
        if mistake.rule == "value-over-lines"
        for fix in mistake.fixes
        for edit in fix.edits
        for line in range(edit.line, edit.end[0] + 1)
    }  # the fix of a text over several lines indents them
    typing_errors = [m for m in typing_errors if not m.rule.endswith("-indent") or m.span.line not in rewritten]
    reader = PlanReader(fixed, unread_lines, content, has_yaml_errors=bool(yaml_errors))
    reader.read(value)
    errors = [restore_typed_text(mistake, fixed, source) for mistake in (*yaml_errors, *reader.values.mistakes)]
    if reader.levels and not unread_lines and not reader.values.levels_unsure:  # else the node may be unread
        errors += orphan_texts(content, reader.references.has_id, reader.references.levels)
    return reader, [*typing_errors, *errors]


def read_source_bytes(root: Path, file: str) -> bytes | None:
    """Return the bytes of a source in the plan's folder, or None if it is unreadable."""
    data = read_bytes(root / file, file)
    return None if isinstance(data, Diagnostic) else data


def _with_plan_folder(repository: Repository, root: Path) -> Repository:
    """Return the repository with the plan's folder. A URL with a branch contains the folder already."""
    return repository if repository.branch else replace(repository, folder=path_prefix(root))


def missing_contact_notice(plan: Plan) -> list[Diagnostic]:
    """Return a notice if the plan names no one whom readers can turn to."""
    if plan.contact:
        return []
    message = "`計画` に `連絡先` がないので、読む人に、知らせる先を示せません"
    hint = "`計画` に `連絡先: 課の名前と、電話番号やメールアドレス` の形で書き足します"
    place = plan.new_field_place
    span = SourceSpan(PLAN_FILE, place.line - 1, place.column) if place else SourceSpan(PLAN_FILE, 1, 1)
    return [Diagnostic(span, "no-contact", message, hint)]


def _add_cause_hints(mistakes: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Add a hint on the common cause to diagnostics that occur many times. Drops duplicates."""
    unique = set(mistakes)
    counts = Counter((mistake.rule, mistake.message) for mistake in unique)
    for mistake in unique:
        others = counts[mistake.rule, mistake.message] - 1
        if others >= MIN_SHARED_CAUSE and mistake.rule in CAUSE_WORDS:
            cause = (
                f"同じ知らせがほかに {others} 件あります。ここが正しければ、{CAUSE_WORDS[mistake.rule]}の方を直します"
            )
            mistake = replace(mistake, hint=f"{mistake.hint}（{cause}）")  # noqa: PLW2901  # the same diagnostic
        yield mistake
