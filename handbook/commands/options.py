"""Command-line options that several commands take, and the folder of the product."""

from __future__ import annotations

import argparse
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
"""The folder of build.py, which is also the folder of the default plan."""


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root`: the folder of the plan."""
    parser.add_argument("--root", type=Path, default=PROJECT_ROOT, metavar="DIR", help="plan.yaml のあるフォルダー")


def add_dot(parser: argparse.ArgumentParser) -> None:
    """Add `--dot`: prefer the installed Graphviz program to the Python package."""
    parser.add_argument("--dot", action="store_true", help="図の配置に、Graphviz の dot を先に使います")


def add_no_booklet(parser: argparse.ArgumentParser) -> None:
    """Add `--no-booklet`: make no PDFs."""
    parser.add_argument("--no-booklet", dest="booklet", action="store_false", help="冊子（PDF）を作りません")


def add_no_diagrams(parser: argparse.ArgumentParser) -> None:
    """Add `--no-diagrams`: make no structure diagrams, on a machine without Graphviz."""
    parser.add_argument("--no-diagrams", dest="diagrams", action="store_false", help="構造図を作りません")
