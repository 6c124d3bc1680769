"""`build.py schema`: write the JSON Schema with which editors check and complete plan.yaml."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from handbook.commands import options as shared
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, print_plan, relative_path, warn
from handbook.patterns import SCHEMA_FILE

if TYPE_CHECKING:
    from handbook.model import OutputFile, Plan

NAME = "schema"
HELP = "エディターが項目を示すための説明を、計画の階層と一覧から作ります"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    shared.add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Write the schema to the path that the first line of plan.yaml names."""
    from handbook import parse, write

    result = parse.read_plan(options.root)
    print_plan(options.root, result.plan)
    plan = result.sound_plan()
    file = schema_file(plan)
    try:
        write.write_in_plan_folder(file, options.root)
    except write.WriteError as error:
        warn(error)
        return EXIT_ERRORS
    print(f"エディターのための説明を書きました: {relative_path(options.root / file.path)}")
    if plan.schema_file is None:
        print("  plan.yaml の 1 行めに、次の行を足すと使われます")
        print(f"  # yaml-language-server: $schema={file.path}")
    return EXIT_OK


def schema_file(plan: Plan) -> OutputFile:
    """Return the schema of a plan, at the path that the plan's first line names."""
    from handbook import editor_schema

    return editor_schema.plan_schema_file(
        plan.levels, plan.vocabularies, plan.schema_file.path if plan.schema_file else SCHEMA_FILE
    )
