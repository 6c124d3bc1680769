"""`build.py check`: make and check every file of the site, write none."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, relative_path, rules_page, warn, with_progress
from handbook.commands.schema import schema_file
from handbook.diagnostics import Diagnostic, Report, SourceError, SourceSpan
from handbook.gc_pause import gc_paused

if TYPE_CHECKING:
    from handbook.model import Plan

NAME = "check"
HELP = "直すところがないかを調べます。何も書き出しません"
STRICT_RULES = frozenset({"unconfirmed", "missing-glyph"})
"""Rules of the notes that `--strict` turns into mistakes."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--strict", action="store_true", help="［要確認］や、公開までに要る項目の空きも許しません")
    parser.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="結果の書き方。text は人が読む形、github は GitHub の画面に印を付ける形、json はプログラムが読む形です",
    )
    shared.add_no_booklet(parser)
    shared.add_root(parser)
    shared.add_dot(parser)


def run(options: argparse.Namespace) -> int:
    """Print everything found in the sources and in the files made of them."""
    from handbook import reporters

    try:
        found = _found(options)
    except SourceError as error:
        found = Report(error.mistakes)
    if options.format == "text":
        print(reporters.terminal_text(found, rules_page()), file=sys.stderr if found.errors else sys.stdout)
    elif options.format == "json":
        print(reporters.report_json(found))
    else:
        _append_job_summary(found, options.root)
        print(reporters.github_commands(found, path_in_repository(options.root)))
    return EXIT_ERRORS if found.errors else EXIT_OK


@gc_paused()
def _found(options: argparse.Namespace) -> Report:
    """Return notes and gaps, or with `--strict` mistakes. Raises SourceError with the mistakes found before that."""
    from handbook.pipeline import Outputs, load_site

    site, theme, report = load_site(options.root, with_history=True)
    outputs = Outputs(site, theme, with_booklet=options.booklet, prefer_dot=options.dot)
    files = with_progress(outputs.checked(), "ページ", len(site.pages))
    paths = [file.path for file in files]
    for remark in outputs.remarks:
        warn(remark)
    glyphs, outdated = outputs.missing_glyphs(options.root), outdated_schema_notices(site.plan, options.root)
    found = Report((), (*report.notices, *glyphs, *outdated), report.warnings)
    return promote_to_errors(found, paths, booklet=options.booklet) if options.strict else found


def promote_to_errors(found: Report, paths: Sequence[str], *, booklet: bool) -> Report:
    """Turn into mistakes what must not be left open when the plan is published."""
    missing = []
    if not any(path.startswith("diagrams/") for path in paths):
        message = "図がないまま公開することはできません。"
        missing.append(Diagnostic(SourceSpan("plan.yaml", 1, 1), "no-diagrams", message, "図を作る道具を確かめます"))
    if booklet and not any(path.endswith(".pdf") for path in paths):
        message = "冊子がないまま公開することはできません。"
        missing.append(
            Diagnostic(
                SourceSpan("plan.yaml", 1, 1), "no-booklet", message, "なくてよければ、`--no-booklet` を付けます"
            )
        )
    strict = [note for note in found.notices if note.rule in STRICT_RULES]
    others = tuple(note for note in found.notices if note.rule not in STRICT_RULES)
    return Report(tuple(sorted([*missing, *found.warnings, *strict])), others)


def outdated_schema_notices(plan: Plan, root: Path) -> list[Diagnostic]:
    """Return a note if the schema that plan.yaml names for editors differs from the plan's own."""
    if plan.schema_file is None or plan.schema_file == schema_file(plan):
        return []
    where = "" if root == shared.PROJECT_ROOT else f" --root {relative_path(root)}"
    message = f"エディターのための {plan.schema_file.path} が古くなっています。`python3 build.py schema{where}` で新しくなります"
    return [Diagnostic(SourceSpan("plan.yaml", 1, 1), "outdated-schema", message)]


def path_in_repository(root: Path) -> Callable[[str], str]:
    """Return a function: path of a source in the plan's folder → its path in the repository.

    Templates and theme files that the plan's folder lacks are those beside build.py.
    """
    workspaces = (Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve(), Path.cwd())

    def path_of(file: str) -> str:
        is_shipped = file.startswith(("templates/", "theme/")) and not (root / file).exists()
        path = (shared.PROJECT_ROOT if is_shipped else root).resolve() / file
        workspace = next((folder for folder in workspaces if path.is_relative_to(folder)), None)
        return (path.relative_to(workspace) if workspace else path).as_posix()

    return path_of


def _append_job_summary(found: Report, root: Path) -> None:
    """Append everything found to GitHub's summary of the job, as GitHub marks only ten places of a kind in files."""
    from handbook import reporters, write

    if not (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    parts = [os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")]
    source = "{}/{}/blob/{}/".format(*parts) if all(parts) else ""
    rules = source + path_in_repository(shared.PROJECT_ROOT)("docs/mistakes.md") if source and rules_page() else ""
    try:
        write.append_summary(reporters.job_summary(found, path_in_repository(root), source, rules), Path(path))
    except write.WriteRefused as error:
        warn(f"注意: {error}")
