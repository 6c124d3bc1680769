"""`build.py check`: render and check every file of the site, write none."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, print_plan, relative_path, rules_page, warn, with_progress
from handbook.commands.schema import schema_file
from handbook.diagnostics import Diagnostic, Report, SourceError, SourceSpan
from handbook.gc_pause import gc_paused
from handbook.patterns import PLAN_FILE

if TYPE_CHECKING:
    from handbook.model import Plan

NAME = "check"
HELP = "直すところがないかを調べます。何も書き出しません"
STRICT_RULES = frozenset({"unconfirmed", "missing-glyph"})
"""Rules of the notices that `--strict` turns into errors."""
MAX_FIX_RUNS = 10
"""How often `--fix` reads the sources again. A fix of a line that another fix changes is applied in the next run."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--strict", action="store_true", help="［要確認］や、公開までに要る項目の空きも許しません")
    parser.add_argument(
        "--format",
        choices=("text", "github", "json", "rdjson"),
        default="text",
        help="結果の書き方。text は人が読む形、github は GitHub の画面に印を付ける形、json はプログラムが読む形、"
        "rdjson は reviewdog が読む形です",
    )
    parser.add_argument("--fix", action="store_true", help="直し方が 1 つに決まるところを、原稿の中で直します")
    parser.add_argument(
        "--all", action="store_true", help="`--fix` のとき、直し方が 1 つだけのところは、人の確かめが要るものも直します"
    )
    shared.add_no_booklet(parser)
    shared.add_no_diagrams(parser)
    shared.add_root(parser)
    shared.add_dot(parser)


def run(options: argparse.Namespace) -> int:
    """Print all diagnostics of the sources and of the files made of them, with `--fix` after applying fixes."""
    from handbook import reporters, write

    report = _report(options, partial(print_plan, options.root))
    if options.fix:
        try:
            report = _fix(options, report)
        except write.WriteError as error:
            warn(error)
            return EXIT_ERRORS
    if options.format == "text":
        print(reporters.terminal_text(report, rules_page()), file=sys.stderr if report.errors else sys.stdout)
    elif options.format == "json":
        print(reporters.report_json(report))
    elif options.format == "rdjson":
        print(reporters.reviewdog_json(report, path_in_repository(options.root)))
    else:
        _append_job_summary(report, options.root)
        print(reporters.github_commands(report, path_in_repository(options.root)))
    return EXIT_ERRORS if report.errors else EXIT_OK


def usage_error(options: argparse.Namespace) -> str:
    """Return the message for options that do not fit together, or `""`."""
    return "`--all` は、`--fix` と一緒に使います" if options.all and not options.fix else ""


def _fix(options: argparse.Namespace, report: Report) -> Report:
    """Apply fixes until none is left, print the changed lines, and return the report on the new sources."""
    from handbook.commands.fixes import applicable_fixes, fix_sources, write_fixed

    stream = sys.stdout if options.format == "text" else sys.stderr
    applied, refused = 0, 0
    for _ in range(MAX_FIX_RUNS):
        fixed = fix_sources(options.root, applicable_fixes(report, every=options.all))
        refused = fixed.refused
        if not fixed.after:
            break
        write_fixed(options.root, fixed)
        print("\n".join(fixed.changed_lines()), file=stream)
        applied += fixed.applied
        report = _report(options, bool)
    print(f"{applied:,} か所を直しました。" if applied else "この道具が直せるところはありませんでした。", file=stream)
    if refused:
        print(f"{refused:,} か所は、直すと別の知らせが出るので、そのままです。", file=stream)
    left = len(applicable_fixes(report, every=True)) - len(applicable_fixes(report, every=False))
    if left and not options.all:
        print(f"ほかに {left:,} か所は、`check --fix --all` で直せます。直した行を確かめてください。", file=stream)
    return report


def _report(options: argparse.Namespace, on_read: Callable[..., object]) -> Report:
    """Return the report on the sources and, if they have no errors, on the files made of them.

    `on_read` gets the plan as far as it is readable.
    """
    try:
        return _check_site(options, on_read)
    except SourceError as error:
        return Report(error.mistakes)


@gc_paused()
def _check_site(options: argparse.Namespace, on_read: Callable[..., object]) -> Report:
    """Return notices and warnings, or with `--strict` errors in their place. Raises SourceError if there are errors."""
    from handbook.pipeline import Outputs, load_site

    site, theme, report = load_site(options.root, with_history=True, on_read=on_read)
    outputs = Outputs(site, theme, with_booklet=options.booklet, prefer_dot=options.dot, with_diagrams=options.diagrams)
    files = with_progress(outputs.checked(), "ページ", len(site.pages))
    deque(files, maxlen=0)
    notices, outdated = outputs.notices(options.root), outdated_schema_notices(site.plan, options.root)
    report = Report((), (*report.notices, *notices, *outdated), report.warnings)
    return promote_to_errors(report) if options.strict else report


def promote_to_errors(report: Report) -> Report:
    """Return a report in which warnings and notices of STRICT_RULES are errors."""
    strict = [notice for notice in report.notices if notice.rule in STRICT_RULES]
    others = tuple(notice for notice in report.notices if notice.rule not in STRICT_RULES)
    return Report(tuple(sorted([*report.warnings, *strict])), others)


def outdated_schema_notices(plan: Plan, root: Path) -> list[Diagnostic]:
    """Return a notice if the schema file that plan.yaml names for editors is not up to date."""
    if plan.schema_file is None or plan.schema_file == schema_file(plan):
        return []
    root_option = "" if root == shared.default_root(Path.cwd()) else f" --root {relative_path(root)}"
    message = f"エディターのための {plan.schema_file.path} が古くなっています。"
    message += f"`python3 build.py schema{root_option}` で新しくなります"
    return [Diagnostic(SourceSpan(PLAN_FILE, 1, 1), "outdated-schema", message)]


def path_in_repository(root: Path) -> Callable[[str], str]:
    """Return a function: path of a source in the plan's folder → its path in the repository.

    Templates and theme files that are missing in the plan's folder are those in the folder of build.py.
    """
    workspaces = (Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve(), Path.cwd())

    def path_of(file: str) -> str:
        is_shipped = file.startswith(("templates/", "theme/")) and not (root / file).exists()
        path = (shared.PROJECT_ROOT if is_shipped else root).resolve() / file
        workspace = next((folder for folder in workspaces if path.is_relative_to(folder)), None)
        return (path.relative_to(workspace) if workspace else path).as_posix()

    return path_of


def _append_job_summary(report: Report, root: Path) -> None:
    """Append the report to GitHub's job summary, because GitHub annotates only ten places per severity in files."""
    from handbook import reporters, write

    if not (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    parts = [os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA")]
    source = "{}/{}/blob/{}/".format(*parts) if all(parts) else ""
    rules = source + path_in_repository(shared.PROJECT_ROOT)("docs/mistakes.md") if source and rules_page() else ""
    try:
        write.append_summary(reporters.job_summary(report, path_in_repository(root), source, rules), Path(path))
    except write.WriteError as error:
        warn(f"注意: {error}")
