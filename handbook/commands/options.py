"""Command-line options that several commands take, the folder of the plan, and the folder of the product."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from handbook.diagnostics import closest_match
from handbook.patterns import PLAN_FILE, is_misnamed_plan

PROJECT_ROOT = Path(__file__).resolve().parents[2]
"""The folder of build.py, which is also the folder of the default plan."""


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root`: the folder of the plan."""
    help_text = (
        f"{PLAN_FILE} のあるフォルダー（ふつうは、いまのフォルダーか、その上。なければ build.py のあるフォルダー）"
    )
    parser.add_argument("--root", type=Path, metavar="フォルダー", help=help_text)


def add_dot(parser: argparse.ArgumentParser) -> None:
    """Add `--dot`: prefer the installed Graphviz program to the Python package."""
    parser.add_argument("--dot", action="store_true", help="図の配置に、Graphviz の dot を先に使います")


def add_no_booklet(parser: argparse.ArgumentParser) -> None:
    """Add `--no-booklet`: make no PDFs."""
    parser.add_argument("--no-booklet", dest="booklet", action="store_false", help="冊子（PDF）を作りません")


def add_no_diagrams(parser: argparse.ArgumentParser) -> None:
    """Add `--no-diagrams`: make no structure diagrams, on a machine without Graphviz."""
    parser.add_argument("--no-diagrams", dest="diagrams", action="store_false", help="構造図を作りません")


def default_root(current: Path) -> Path:
    """Return the folder of the plan if no `--root` is given.

    It is the nearest of the current folder and those above it that has a plan.yaml, as git finds its repository, so
    that a command in `content/` means the same plan as in the folder above. A misnamed plan.yaml counts too, and is
    then reported as missing; else a command would check another plan and find no error. Without either, the default
    plan is that of the product.
    """
    return next((folder for folder in (current, *current.parents) if _is_plan_folder(folder)), PROJECT_ROOT)


def _is_plan_folder(folder: Path) -> bool:
    try:
        return any(name == PLAN_FILE or is_misnamed_plan(name) for name in os.listdir(folder))  # noqa: PTH208  # names
    except OSError:
        return False


def unknown_folder_message(folder: Path) -> str:
    """Return why a path is not the folder of a plan, with what is probably meant; "" if it is a folder."""
    if os.path.isdir(folder):  # noqa: PTH112  # False for a folder above which nothing may be read, where Path raises
        return ""
    if os.path.exists(folder):  # noqa: PTH110  # as above
        return f"`{folder}` はフォルダーではありません。{PLAN_FILE} のあるフォルダー `{folder.parent}` を書きます"
    try:
        names = [entry.name for entry in os.scandir(folder.parent) if entry.is_dir()]
    except OSError:
        names = []
    match = closest_match(folder.name, names)
    hint = f"。`{folder.parent / match}` のことですか" if match else ""
    return f"フォルダー {folder} がありません{hint}"
