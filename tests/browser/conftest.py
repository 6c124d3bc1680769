"""Fixtures for all checks of a run: one browser and the two sites of this repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import ROOT

from browser import sites
from browser.browser_page import Reader
from browser.sites import Folder, Site

Planted = Callable[..., Site]
"""Serves pages of a test: `name="text"` becomes name.html, with a minimal head."""
Places = dict[str, Site]
QUICK_PAGES = {
    ".": ("index.html",),
    "example": ("index.html", "structure.html", "search.html", "projects/*", "years/*"),
}
"""The kinds of pages that most checks open in a quick run, by plan, as in `Folder.patterns`. `--full` opens all."""


def opened_pages(root: str, config: pytest.Config) -> tuple[str, ...]:
    """Return which pages of the site at `root` are opened, as in `Folder.patterns`."""
    return () if config.getoption("--full") else QUICK_PAGES[root]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a check for both plans. In a quick run, checks at several addresses are for the example only."""
    if "folder" in metafunc.fixturenames:
        example_only = "places" in metafunc.fixturenames and not metafunc.config.getoption("--full")
        plans = {"example": "example"} if example_only else {"plan": ".", "example": "example"}
        metafunc.parametrize("folder", list(plans.values()), ids=list(plans), indirect=True, scope="session")


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """The browser that opens the pages."""
    opened = Reader()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The built site of the plan of this repository, then that of the example, which uses every field."""
    patterns = opened_pages(request.param, request.config)
    return sites.built(ROOT / request.param, tmp_path_factory.mktemp("site") / "output", patterns)


@pytest.fixture(scope="session")
def site(folder: Folder) -> Iterator[Site]:
    """The same site served under the path where it is published."""
    with sites.served(folder, folder.home or "/") as site:
        yield site


@pytest.fixture(scope="session")
def places(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """The same files at four addresses."""
    top = tmp_path_factory.mktemp("elsewhere")
    with ExitStack() as hosts:
        yield {
            "disk": sites.on_disk(folder),
            "top": hosts.enter_context(sites.served(sites.copied(folder, top / "top"))),
            "deep": hosts.enter_context(sites.served(sites.copied(folder, top / "deep"), "/a/b/")),
            "japanese": sites.on_disk(sites.copied(folder, top / "計画 の フォルダー" / "生涯 学習")),
        }


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Planted]:
    """Serves pages with a fault, to show that the check reports it."""
    with ExitStack() as open_sites:

        def plant(**pages: str) -> Site:
            for name, text in pages.items():
                whole = text if text.startswith("<!") else f'<!DOCTYPE html><meta charset="utf-8">{text}'
                (tmp_path / f"{name}.html").write_text(whole, encoding="utf-8")
            return open_sites.enter_context(sites.served(Folder(tmp_path)))

        yield plant
