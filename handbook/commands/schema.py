"""`build.py schema`: write the JSON Schema by which editors check and complete plan.yaml."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, relative_path, warn
from handbook.patterns import SCHEMA_FILE

if TYPE_CHECKING:
    from handbook.model import File, Plan

NAME = "schema"
HELP = "エディターが項目を示すための説明を、計画の階層と一覧から作ります"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    shared.add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Write the schema to the path that the first line of plan.yaml names."""
    from handbook import load, write

    plan = load.plan(options.root)
    file = schema_file(plan)
    try:
        write.beside(file, options.root)
    except write.Refused as error:
        warn(error)
        return EXIT_ERRORS
    print(f"エディターのための説明を書きました: {relative_path(options.root / file.path)}")
    if plan.schema is None:
        print("  plan.yaml の 1 行めに、次の行を足すと使われます")
        print(f"  # yaml-language-server: $schema={file.path}")
    return EXIT_OK


def schema_file(plan: Plan) -> File:
    """Return the schema of a plan, at the path that the plan's first line names."""
    from handbook import describe

    return describe.schema(plan.levels, plan.vocabularies, plan.schema.path if plan.schema else SCHEMA_FILE)
