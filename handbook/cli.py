"""The command line: one subcommand per module of `handbook/commands/`, and the outermost error handling."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from handbook import bootstrap
from handbook.commands import build, check, diff, import_, release, schema, serve, test
from handbook.commands.console import EXIT_ERRORS, EXIT_OK, rules_page, warn
from handbook.diagnostics import Report, SourceError, WorkerKilledError
from handbook.japanese_argparse import JapaneseArgumentParser

COMMANDS = (build, check, serve, release, schema, diff, import_, test)
"""In the order of `--help`. The first is run if none is given."""


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line, with `run` and `parser` of its command. Exits if they are wrong."""
    parser = JapaneseArgumentParser(prog="build.py", description="plan.yaml から、ページと構造図を作ります。")
    subparsers = parser.add_subparsers(metavar="命令", dest="command")
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.arguments(subparser)
        subparser.set_defaults(run=command.run, parser=subparser)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = [COMMANDS[0].NAME, *arguments]
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        options.parser.error_unknown(unknown)
    return options


def _refuse_wrong_values(options: argparse.Namespace) -> None:
    """Exit with status 2 if an option has an unusable value."""
    if "root" in options and not options.root.is_dir():
        options.parser.error(f"フォルダー {options.root} がありません")
    for command in (check, diff):
        if options.command == command.NAME and (message := command.usage_error(options)):
            options.parser.error(message)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 for success, 1 for errors. Exits with 2 on wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream, errors="replace")  # print "?" for a character that the console cannot encode
    options = parse_arguments(arguments)
    _refuse_wrong_values(options)
    if getattr(options, "format", "text") != "text":
        _reconfigure(sys.stdout, encoding="utf-8")  # programs read it, so the encoding must not depend on the system
    try:
        if options.command != test.NAME:
            bootstrap.ensure_packages(bootstrap.RUNTIME_PACKAGES, "requirements.txt", list(arguments))
        return int(options.run(options))
    except (bootstrap.InstallError, WorkerKilledError) as error:
        warn(error)
    except SourceError as error:
        from handbook import reporters

        warn(reporters.terminal_text(Report(error.mistakes), rules_page()))
    except BrokenPipeError:  # the reader of the pipe has closed it: exit quietly
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_OK
    except KeyboardInterrupt:
        warn("\n途中でやめました。output/ は前のままです。")
    except Exception as error:  # an editor never sees a traceback
        if os.environ.get("HANDBOOK_DEBUG"):
            raise
        warn(f"この道具の誤りです。開発者に知らせてください: {type(error).__name__}: {error}")
        warn("（HANDBOOK_DEBUG=1 を付けて実行すると、くわしい記録が出ます）output/ は前のままです。")
    return EXIT_ERRORS


def _reconfigure(stream: TextIO | None, **settings: str) -> None:
    """Change encoding or error handling of a standard stream, if there is one: pythonw has none."""
    if stream is not None:
        stream.reconfigure(**settings)  # type: ignore[attr-defined]  # TextIO in types, TextIOWrapper at run time
