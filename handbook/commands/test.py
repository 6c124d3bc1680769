"""`build.py test`: run the linters and the tests with the packages they need."""

from __future__ import annotations

import argparse
import os
import sys

from handbook import bootstrap, interrupts
from handbook.commands.console import EXIT_ERRORS, EXIT_OK
from handbook.commands.options import PROJECT_ROOT

NAME = "test"
HELP = "書き方の検査とテストを実行します"
LINTERS = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))
PARALLEL = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
"""One pytest worker per core. Tests of one module share a worker, so that each site is built once per worker."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--golden", action="store_true", help="tests/golden/ の見本を、いまの結果で書き直します")
    parser.add_argument("--full", action="store_true", help="起こりうる危険を、数を増やして試します（docs/trust.md）")
    parser.add_argument("more", nargs="*", metavar="引数", help="pytest への引数（`--` のあとに書きます）")


def run(options: argparse.Namespace) -> int:
    """Run the linters, then the tests, and print which of them failed.

    With arguments for pytest, only pytest runs, in this process, with these arguments.
    """
    bootstrap.ensure_packages(
        (*bootstrap.RUNTIME_PACKAGES, *bootstrap.TEST_PACKAGES), "requirements-dev.txt", sys.argv[1:]
    )
    import subprocess

    import pytest

    interrupts.uninstall()  # pytest ends its tests in order on Ctrl+C

    os.chdir(PROJECT_ROOT)
    if not (options.full or options.more):
        print("起こりうる危険も画面も、数をしぼって試します。全部は --full で試します。", flush=True)
    failed = []
    for linter in () if options.more else LINTERS:
        print(f"{' '.join(linter)}:", flush=True)
        if subprocess.run([sys.executable, "-m", *linter], check=False).returncode:
            failed.append(" ".join(linter))
    flags = [f"--{name}" for name in ("golden", "full") if getattr(options, name)]
    if pytest.main([*flags, *(options.more or PARALLEL)]):
        failed.append("pytest")
    if failed:
        print(f"通らなかったもの: {'、'.join(failed)}", file=sys.stderr)
    return EXIT_ERRORS if failed else EXIT_OK
