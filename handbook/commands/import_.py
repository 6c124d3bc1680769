"""`build.py import`: make a plan.yaml from a table or from exported data, and list every ambiguous cell."""

from __future__ import annotations

import argparse
from pathlib import Path

from handbook.commands.console import EXIT_ERRORS, EXIT_OK, relative_path, warn
from handbook.patterns import PLAN_FILE

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
    """Write the plan and print each ambiguous cell."""
    from handbook import importer, write

    result = importer.import_plan(options.file)
    try:
        write.write_new_file(result.plan_yaml, options.output, force=options.force)
    except write.WriteError as error:
        warn(error)
        return EXIT_ERRORS
    print(f"できました: {relative_path(options.output)}")
    print("  " + "、".join(f"{name} {number:,}" for name, number in result.counts))
    for message in result.messages:
        print(f"  {message}。")
    print(f"  確かめてほしいところ {len(result.warnings):,} 件")
    for warning in result.warnings:
        print(f"  - {warning.span.position}: {warning.message}")
    print(f"  次は、`python3 build.py check --root {relative_path(options.output.parent)}` で確かめてください。")
    return EXIT_OK
