"""Whole sites as folders, copied and served as any host would, and the programs that this machine must have."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, NoReturn
from urllib.parse import quote, unquote, urlsplit

import pytest
from support.building import build_in_memory

from handbook import write

HERE = Path(__file__).resolve().parent
ALIKE = 5
"""Faults of one kind that are told."""


@dataclass(frozen=True)
class Folder:
    """A finished site on the disk."""

    path: Path
    home: str = ""
    """Where it is published on its host, `/` at both ends; the links of 404.html begin there. Empty if unknown."""
    step: int = 1
    """Of the pages in one folder, which come from one template, each nth is in the sample."""

    @cached_property
    def pages(self) -> list[str]:
        """Every HTML file in it, from its top."""
        return sorted(file.relative_to(self.path).as_posix() for file in self.path.rglob("*.html"))

    @cached_property
    def sample(self) -> list[str]:
        """The pages that a run opens where every kind of page is enough: all at the top, every nth of each folder."""
        kept, seen = [], Counter[str]()
        for page in self.pages:
            place = page.rpartition("/")[0]
            if not place or seen[place] % self.step == 0:
                kept.append(page)
            seen[place] += 1
        return kept

    @cached_property
    def stubs(self) -> list[str]:
        """The pages at earlier addresses, that lead on by themselves."""
        return [page for page in self.pages if 'http-equiv="refresh"' in self.text(page)]

    def text(self, page: str) -> str:
        """A page as it was written."""
        return (self.path / page).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Site:
    """A folder at an address."""

    folder: Folder
    base: str
    """Address of its top, ending in `/`."""

    def address(self, page: str) -> str:
        """Where a browser finds a page."""
        return self.base + quote(page)

    def page(self, address: str) -> str:
        """The inverse of `address`, without query and fragment; the whole address where it leads out of the site."""
        plain = re.split("[?#]", address)[0]
        return unquote(plain.removeprefix(self.base)) if plain.startswith(self.base) else address


def built(root: Path, path: Path, step: int = 1) -> Folder:
    """Build a plan into a folder with everything that output/ gets, but the booklet."""
    site, files = build_in_memory(root, with_history=True)
    write.write_output(files, path, root)
    return Folder(path, urlsplit(site.plan.base_url).path, step)


def copied(folder: Folder, path: Path) -> Folder:
    """The same bytes elsewhere."""
    return Folder(shutil.copytree(folder.path, path), folder.home, folder.step)


class _Host(SimpleHTTPRequestHandler):
    """The plainest host there is: files by their names, 404.html for the rest, no index page, no list of a folder."""

    def __init__(self, *args: Any, under: str, **more: Any) -> None:
        self.under = under
        super().__init__(*args, **more)

    def send_head(self) -> BinaryIO | BytesIO | None:
        asked = self.path.partition("?")[0]
        self.path = "/" + asked.removeprefix(self.under)
        if asked.startswith(self.under) and Path(self.translate_path(self.path)).is_file():
            return super().send_head()
        missing = Path(self.directory, "404.html")
        body = missing.read_bytes() if missing.exists() else b""
        if asked == "/favicon.ico":  # browsers ask every host for it by themselves
            self.send_response(204)
            self.end_headers()
            return None
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's word
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that goes on to the next page leaves half a file unread."""


@contextmanager
def served(folder: Folder, under: str = "/") -> Iterator[Site]:
    """Serve a folder on this machine alone, under a path that begins and ends with `/`."""
    host = partial(_Host, directory=str(folder.path), under=under)
    with _Server(("127.0.0.1", 0), host) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}{under}")
        server.shutdown()


def on_disk(folder: Folder) -> Site:
    """The folder as a double click opens it."""
    return Site(folder, folder.path.as_uri() + "/")


def program(*names: str, setting: str = "") -> str:
    """Path of a program that this machine must have, under the first name it goes by."""
    found = [os.environ.get(setting), *map(shutil.which, names)]
    wanted = " or ".join(names) + f" on PATH, and {setting} is not set" * bool(setting)
    return next(filter(None, found), None) or absent(f"no {wanted}")


def browser() -> str:
    """Path of a Chromium; its shell without windows, where there is one, opens a page in a third of the time."""
    names = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
    return program(*names, setting="HANDBOOK_BROWSER")


def checker(path: str) -> Path:
    """A file out of the npm packages that the checkers are."""
    file = HERE / "node_modules" / path
    return file if file.exists() else absent("no node_modules: run `npm ci` in tests/browser")


def absent(what: str) -> NoReturn:
    """Skip where a person works without the tool; fail where CI must not go on without it."""
    message = f"THE PAGES WERE NOT READ, SINCE THERE IS {what}"
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def accept(found: Mapping[str, list[str]]) -> None:
    """Fail with every fault, each once, and the pages it is on; of many alike, that differ in names, the first."""
    pages: dict[str, list[str]] = {}
    for page, faults in found.items():
        for fault in dict.fromkeys(faults):
            pages.setdefault(fault, []).append(page)
    kinds: dict[str, list[str]] = {}
    for fault, on in pages.items():
        told = f"{fault}\n    on {len(on)}: {', '.join(on[:4])}{' …' * (len(on) > 4)}"
        kinds.setdefault(re.sub(r"\S+ > \S+|“[^”]*”|#\S+|[\d.]+", "", fault), []).append(told)
    if pages:
        shown = [line for told in kinds.values() for line in (*told[:ALIKE], f"    {len(told)} of this kind")]
        pytest.fail("\n".join([f"{len(pages)} faults", *shown]), pytrace=False)
