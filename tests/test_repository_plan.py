"""The current plan of this repository builds a site. Its texts are not tested, since its editors may change them."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import FIRST, ROOT
from support.building import build_in_memory

from handbook import cli, parse
from handbook.commands.console import EXIT_OK


def test_the_plan_builds_a_site_with_a_page_for_every_node() -> None:
    site, files = build_in_memory(ROOT)
    assert {entry.path for entry in site.tree_nodes} <= {file.path for file in files}


def test_no_address_of_the_first_edition_was_removed_from_the_list() -> None:
    listed = {address.path for address in parse.load_plan(ROOT).published_paths}
    assert listed >= {address.path for address in parse.load_plan(FIRST).published_paths}


def test_the_first_edition_is_a_valid_plan(tmp_path: Path) -> None:
    shutil.copytree(FIRST, tmp_path, dirs_exist_ok=True)
    assert cli.main(["check", "--no-booklet", "--root", str(tmp_path)]) == EXIT_OK
