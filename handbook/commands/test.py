"""`build.py test`: run the tests with the packages they need."""

from __future__ import annotations

import argparse
import os
import sys

from handbook import bootstrap
from handbook.commands.console import EXIT_ERRORS, EXIT_OK
from handbook.commands.options import PROJECT_ROOT

NAME = "test"
HELP = "テストを実行します"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--golden", action="store_true", help="tests/golden/ の見本を、いまの結果で書き直します")
    parser.add_argument("--full", action="store_true", help="起こりうる危険を、数を増やして試します（docs/trust.md）")
    parser.add_argument("more", nargs="*", metavar="ARG", help="pytest への引数（`--` のあとに書きます）")


def run(options: argparse.Namespace) -> int:
    """Install what the tests need, if it is missing, and run them."""
    bootstrap.packages((*bootstrap.RUN, *bootstrap.TEST), "requirements-dev.txt", sys.argv[1:])
    import pytest

    os.chdir(PROJECT_ROOT)
    flags = [f"--{name}" for name in ("golden", "full") if getattr(options, name)]
    return EXIT_OK if pytest.main([*flags, *options.more]) == 0 else EXIT_ERRORS
