"""`build.py import`: make a plan.yaml from a table or from exported data, and list every ambiguous cell."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.commands.console import EXIT_ERRORS, EXIT_OK, print_diagnostics, relative_path, warn
from handbook.diagnostics import Diagnostic, SourceError
from handbook.patterns import PLAN_FILE

if TYPE_CHECKING:
    from handbook.importer import ImportResult

NAME = "import"
HELP = "表（.xlsx .csv .tsv .txt）か data/ のファイルから、plan.yaml を作ります"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "file", type=Path, metavar="ファイル", help="構造図の表、または data/ の plan.xlsx plan.csv plan.json"
    )
    parser.add_argument("--output", type=Path, default=Path(PLAN_FILE), metavar="ファイル", help="書き出すファイル")
    parser.add_argument("--force", action="store_true", help="すでにあるファイルを置きかえます")


def run(options: argparse.Namespace) -> int:
    """Write the plan and print each ambiguous cell. A plan with errors is not written."""
    from handbook import write

    result = checked_import(options.file)
    if result.errors:
        print_diagnostics(result.errors, f"{relative_path(options.output)} は作っていません。")
        warn("\n".join(_warning_lines(result.warnings)))
        return EXIT_ERRORS
    try:
        write.write_new_file(result.plan_yaml, options.output, force=options.force)
    except write.WriteError as error:
        warn(error)
        return EXIT_ERRORS
    print(f"できました: {relative_path(options.output)}")
    print("  " + "、".join(f"{name} {number:,}" for name, number in result.counts))
    for message in result.messages:
        print(f"  {message}。")
    print("\n".join(_warning_lines(result.warnings)))
    if options.output.name == PLAN_FILE and (errors := _page_errors(result, options.output.parent)):
        print(f"  このままでは check を通らないところ {len(errors):,} 件")
        print("\n".join(f"  - {error.span.file} {error.message}" for error in errors))
    print(f"  次は、`python3 build.py check --root {relative_path(options.output.parent)}` で確かめてください。")
    return EXIT_OK


def _warning_lines(warnings: Iterable[Diagnostic]) -> list[str]:
    lines = [f"  - {warning.span.file} {warning.message}" for warning in warnings]
    return [f"  確かめてほしいところ {len(lines):,} 件", *lines]


def checked_import(path: Path) -> ImportResult:
    """Return the plan in a file, after it has been read as `check` reads it.

    Its errors are at their cells. Each cell of exported tables that the read plan does not give has a warning.
    Raises SourceError if the file is unreadable or contains no plan.
    """
    from handbook import export, importer, parse, site

    result = importer.import_plan(path)
    read = parse.read_plan_text(result.plan_yaml)
    errors = importer.grouped([*result.errors, *result.located(read.report.errors)])
    if errors or not read.plan:
        return replace(result, errors=errors)
    built = site.build_site(read.plan)
    differences: list[Diagnostic] = []
    if result.raw_json:
        differences = importer.compared_with_json(result, export.plan_json(built))
    elif result.sheets and result.sheets[0].name:
        differences = importer.compared_with_workbook(result, *export.plan_workbook(built))
    elif result.sheets:
        differences = importer.compared_with_csv(result, export.plan_csv_files(built))
    return replace(result, warnings=importer.grouped([*result.warnings, *differences]))


def _page_errors(result: ImportResult, root: Path) -> tuple[Diagnostic, ...]:
    """Return what `check` reports about the pages of the written plan, such as a link to a page that is missing."""
    from handbook.pipeline import Outputs, load_site

    try:
        plan_site, theme, _ = load_site(root, with_history=False)
        for _ in Outputs(plan_site, theme, with_booklet=False, prefer_dot=False).checked():
            pass
    except SourceError as error:
        own = [mistake for mistake in error.mistakes if mistake.span.file == PLAN_FILE]
        others = [mistake for mistake in error.mistakes if mistake.span.file != PLAN_FILE]
        return (*result.located(own), *others)
    return ()
