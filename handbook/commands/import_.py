"""`build.py import`: make a plan.yaml from a table or from our own data, and list every ambiguous cell."""

from __future__ import annotations

import argparse
from pathlib import Path

from handbook.commands.console import EXIT_ERRORS, EXIT_OK, relative_path, warn

NAME = "import"
HELP = "表（.xlsx .csv .tsv .txt）か data/ のファイルから、plan.yaml を作ります"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="構造図の表、または data/ の plan.xlsx plan.csv plan.json"
    )
    parser.add_argument("--output", type=Path, default=Path("plan.yaml"), metavar="FILE", help="書き出すファイル")
    parser.add_argument("--force", action="store_true", help="すでにあるファイルを置きかえます")


def run(options: argparse.Namespace) -> int:
    """Write the plan and print what to look at again."""
    from handbook import importer, write

    made = importer.import_plan(options.file)
    try:
        write.write_new_file(made.plan_yaml, options.output, force=options.force)
    except write.WriteRefused as error:
        warn(error)
        return EXIT_ERRORS
    print(f"できました: {relative_path(options.output)}")
    print("  " + "、".join(f"{name} {number:,}" for name, number in made.counts))
    for sentence in made.messages:
        print(f"  {sentence}。")
    print(f"  確かめてほしいところ {len(made.warnings):,} 件")
    for doubt in made.warnings:
        print(f"  - {doubt.span.position}: {doubt.message}")
    print(f"  次は、`python3 build.py check --root {relative_path(options.output.parent)}` で確かめてください。")
    return EXIT_OK
