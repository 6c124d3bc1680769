"""The plan beside build.py as its editors have it now: it makes a site. What it says is theirs, and no test's."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import FIRST, ROOT
from support.building import build_in_memory

from handbook import cli, parse
from handbook.commands.console import EXIT_OK


def test_the_plan_makes_a_whole_site_in_which_no_address_died() -> None:
    site, files = build_in_memory(ROOT)
    assert {entry.path for entry in site.tree_nodes} <= {file.path for file in files}


def test_no_address_of_the_first_edition_was_taken_off_the_list() -> None:
    noted = {address.path for address in parse.load_plan(ROOT).published_paths}
    assert noted >= {address.path for address in parse.load_plan(FIRST).published_paths}


def test_the_first_edition_is_a_plan_by_itself(tmp_path: Path) -> None:
    shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True)
    assert cli.main(["check", "--no-booklet", "--root", str(tmp_path)]) == EXIT_OK
