"""Sites as folders that can be copied and served, and the paths of the programs that the checks need."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
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
MAX_PER_KIND = 5
"""Most faults of one kind in a message."""


@dataclass(frozen=True)
class Folder:
    """A built site on the disk."""

    path: Path
    home: str = ""
    """Path of the published site, with `/` at both ends, or "" if unknown. The links of 404.html begin with it."""
    patterns: tuple[str, ...] = ()
    """Shell patterns of the kinds in the sample. Without any, the sample contains every page."""

    @cached_property
    def pages(self) -> list[str]:
        """The paths of all HTML files."""
        return sorted(file.relative_to(self.path).as_posix() for file in self.path.rglob("*.html"))

    @cached_property
    def kinds(self) -> list[str]:
        """A page of every template: of the pages of a folder, which share a template, only the largest."""
        by_size = sorted(self.pages, key=lambda page: (self.path / page).stat().st_size)
        return sorted({page.rpartition("/")[0] or page: page for page in by_size}.values())

    @cached_property
    def sample(self) -> list[str]:
        """The pages that most checks open: all, or some kinds."""
        if not self.patterns:
            return self.pages
        return [page for page in self.kinds if any(fnmatch(page, pattern) for pattern in self.patterns)]

    @cached_property
    def sample_kinds(self) -> list[str]:
        """One page of each kind in the sample, for checks of what a template decides and the words do not."""
        return [page for page in self.kinds if page in self.sample]

    @cached_property
    def stubs(self) -> list[str]:
        """The redirect pages at former addresses."""
        return [page for page in self.pages if 'http-equiv="refresh"' in self.text(page)]

    @cached_property
    def unlisted(self) -> list[str]:
        """The pages that only former addresses lead to, and 404.html."""
        return [page for page in self.pages if '<meta name="robots" content="noindex">' in self.text(page)]

    def text(self, page: str) -> str:
        """Return the HTML of a page."""
        return (self.path / page).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Site:
    """A folder at an address."""

    folder: Folder
    base: str
    """Address of its root, ending in `/`."""

    def address(self, page: str) -> str:
        """Return the address of a page."""
        return self.base + quote(page)

    def page(self, address: str) -> str:
        """Return the page of an address, without query and fragment, or the address if it is outside the site."""
        plain = re.split("[?#]", address)[0]
        return unquote(plain.removeprefix(self.base)) if plain.startswith(self.base) else address


def built(root: Path, path: Path, patterns: tuple[str, ...] = ()) -> Folder:
    """Build a plan into a folder with all files except the booklet."""
    site, files = build_in_memory(root, with_history=True)
    write.write_output(files, path, root)
    return Folder(path, urlsplit(site.plan.base_url).path, patterns)


def copied(folder: Folder, path: Path) -> Folder:
    """Copy a site to another folder."""
    return Folder(shutil.copytree(folder.path, path), folder.home, folder.patterns)


class _Host(SimpleHTTPRequestHandler):
    """A minimal host: files by their paths, 404.html for all others, no index page, no list of a folder."""

    def __init__(self, *args: Any, base_path: str, **options: Any) -> None:
        self.base_path = base_path
        super().__init__(*args, **options)

    def send_head(self) -> BinaryIO | BytesIO | None:
        requested = self.path.partition("?")[0]
        self.path = "/" + requested.removeprefix(self.base_path)
        if requested.startswith(self.base_path) and Path(self.translate_path(self.path)).is_file():
            return super().send_head()
        missing = Path(self.directory, "404.html")
        body = missing.read_bytes() if missing.exists() else b""
        if requested == "/favicon.ico":  # browsers request it from every host
            self.send_response(204)
            self.end_headers()
            return None
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the parameter's name in the library
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Print no error: a browser that opens the next page may close the connection within a file."""


@contextmanager
def served(folder: Folder, base_path: str = "/") -> Iterator[Site]:
    """Serve a folder on the loopback address under a path that begins and ends with `/`."""
    host = partial(_Host, directory=str(folder.path), base_path=base_path)
    with _Server(("127.0.0.1", 0), host) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}{base_path}")
        server.shutdown()


def on_disk(folder: Folder) -> Site:
    """Return the site at its file: address, as a double click opens it."""
    return Site(folder, folder.path.as_uri() + "/")


def program(*names: str, setting: str = "") -> str:
    """Return the path of a required program: that of the setting, or the first name on PATH."""
    found = [os.environ.get(setting), *map(shutil.which, names)]
    choices = " or ".join(names) + f" on PATH, and {setting} is not set" * bool(setting)
    return next(filter(None, found), None) or skip_or_fail(f"no {choices}")


def browser() -> str:
    """Return the path of a Chromium. The headless shell is preferred: it opens a page in a third of the time."""
    names = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
    return program(*names, setting="HANDBOOK_BROWSER")


def checker(path: str) -> Path:
    """Return the path of a file in the installed npm packages."""
    file = HERE / "node_modules" / path
    return file if file.exists() else skip_or_fail("no node_modules: run `npm ci` in tests/browser")


def skip_or_fail(what: str) -> NoReturn:
    """Skip the test on a person's machine and fail it in CI, since a tool is missing."""
    message = f"THE PAGES WERE NOT READ, SINCE THERE IS {what}"
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def assert_no_faults(found: Mapping[str, list[str]]) -> None:
    """Fail with each fault and its pages. Of faults that differ only in names and numbers, the first five are shown."""
    pages: dict[str, list[str]] = {}
    for page, faults in found.items():
        for fault in dict.fromkeys(faults):
            pages.setdefault(fault, []).append(page)
    kinds: dict[str, list[str]] = {}
    for fault, on in pages.items():
        lines = f"{fault}\n    on {len(on)}: {', '.join(on[:4])}{' …' * (len(on) > 4)}"
        kinds.setdefault(re.sub(r"\S+ > \S+|“[^”]*”|#\S+|[\d.]+", "", fault), []).append(lines)
    if pages:
        shown = [line for lines in kinds.values() for line in (*lines[:MAX_PER_KIND], f"    {len(lines)} of this kind")]
        pytest.fail("\n".join([f"{len(pages)} faults", *shown]), pytrace=False)
