"""Show the site while it is edited: after each save the sentence of build.py runs again and the browser reloads.

The files are served from memory, as the build made them: output/ stays as the clerk left it, there is no path that
could lead outside, no lock between two programs, and a page belongs whole to one build. Everything happens in one
thread; while a build runs, the browser waits. So no page ever sees half a change, and a save that falls into a build
is seen at the next look: the last state always wins.

livereload brings the protocol and the script in the browser; its server and watcher do not fit (any host and origin
are let in, mistakes are only logged, see also `watch`). Inside: `watch` sees what changed, `dress` makes a built page
one that reloads, `page.js` keeps the reader's place and shows the mistakes.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import httpserver, netutil, web

from handbook.mistakes import Mistake, Place, SourceError
from handbook.model import File
from handbook.serve import dress, watch

__all__ = ["FIRST_PORT", "NoPort", "Shown", "site"]

ADDRESS = "127.0.0.1"
"""This machine alone. Names by which a browser may call it: this one and localhost."""
FIRST_PORT, PORTS = 5500, 20
PAUSE, SETTLED = 0.03, 0.015
"""Seconds between two looks at the sources, and for how long they must stand still before a build."""
OWN = Path(__file__).resolve().parent
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "pdf": "application/pdf",
}
"""By ending; what Windows says of endings is whatever was installed last."""


class NoPort(Exception):
    """There is no port to serve on; the message says so in Japanese."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser sees now."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    """The last site that could be built, by path; empty where there was none yet."""
    stamp: str = "0"
    """Equal for equal files."""
    mistakes: tuple[Mistake, ...] = ()
    """What keeps the sources as they are now from becoming a site."""
    changed: int = 0
    """How many files the last build made differently."""
    seconds: float = 0.0
    """How long it took."""


Build = Callable[[], Iterable[File]]


def site(
    build: Build,
    places: Sequence[Path],
    *,
    port: int | None,
    opened: Callable[[str], None],
    told: Callable[[Shown], None],
) -> None:
    """Serve what `build` makes, and build again whenever something at the places changes, until KeyboardInterrupt.

    `opened` is called once with the address, `told` after each build. Without a port it is the first free one from
    FIRST_PORT; port 0 is any. Raises NoPort where there is none.
    """
    sockets = _sockets(port)
    for name in ("tornado", "livereload"):  # their reports of requests are not for an editor
        logging.getLogger(name).addHandler(logging.NullHandler())
    asyncio.run(_serve(build, places, sockets, opened, told))


def _sockets(port: int | None) -> list[socket.socket]:
    reason = ""
    for number in range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else [port]:
        try:
            return netutil.bind_sockets(number, ADDRESS)
        except OSError as error:
            reason = error.strerror or str(error)
    if port is None:
        message = f"{FIRST_PORT} から {FIRST_PORT + PORTS - 1} までの番号（ポート）がどれも使えません（{reason}）"
    else:
        message = f"番号（ポート）{port} は使えません（{reason}）。--port を付けなければ、空いている番号を使います"
    raise NoPort(message)


async def _serve(
    build: Build,
    places: Sequence[Path],
    sockets: list[socket.socket],
    opened: Callable[[str], None],
    told: Callable[[Shown], None],
) -> None:
    number = sockets[0].getsockname()[1]
    stage = _Stage(frozenset({f"{ADDRESS}:{number}", f"localhost:{number}"}))
    server = httpserver.HTTPServer(_application(stage), max_body_size=1024)
    server.add_sockets(sockets)
    opened(f"http://{ADDRESS}:{number}/")
    try:
        await _keep_up(stage, build, places, told)
    finally:
        server.stop()
        for reader in _News.waiters.copy():
            reader.close()
        await server.close_all_connections()


async def _keep_up(stage: _Stage, build: Build, places: Sequence[Path], told: Callable[[Shown], None]) -> None:
    """Build, tell, and wait for the next change, for ever."""
    seen = watch.look(places, {})
    while True:
        stage.shown = _built(build, stage.shown)
        _News.reload_waiters(stage.shown.stamp)
        told(stage.shown)
        seen = await _next(places, seen)


async def _next(places: Sequence[Path], built: watch.Seen) -> watch.Seen:
    """Return what stands at the places once it differs from what was built, and has stood still for a moment."""
    seen = built
    while True:
        began = time.monotonic()
        last, seen = seen, watch.look(places, seen)
        took = time.monotonic() - began
        if watch.changed(last, seen):
            await asyncio.sleep(SETTLED)
        elif watch.changed(built, seen):
            return seen
        else:
            await asyncio.sleep(max(PAUSE, 20 * took))  # so that a large plan leaves the machine to others


def _built(build: Build, before: Shown) -> Shown:
    """Run the build once. What it cannot mend, it tells; the files stay those that could be built."""
    began = time.perf_counter()
    try:
        files = {file.path: file.data for file in build()}
    except SourceError as error:
        return replace(before, mistakes=error.mistakes, changed=0, seconds=time.perf_counter() - began)
    except Exception as error:  # noqa: BLE001  # a fault of ours must not end the session of an editor
        message = f"この道具の誤りです。開発者に知らせてください: {type(error).__name__}: {error}"
        mistake = Mistake(Place("build.py", 1, 1), "internal-error", message)
        return replace(before, mistakes=(mistake,), changed=0, seconds=time.perf_counter() - began)
    changed = sum(before.files.get(path) != data for path, data in files.items())
    changed += len(before.files.keys() - files.keys())
    stamp = f"{hash(tuple(files.items())):x}" if changed else before.stamp
    return Shown(files, stamp, (), changed, time.perf_counter() - began)


# --- what is asked for ---


class _Stage:
    """Where the shown site stands: the one thing that changes."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self.hosts = hosts
        self.shown = Shown()


def _application(stage: _Stage) -> web.Application:
    given = {"stage": stage}
    return web.Application(
        [
            (r"/livereload", _News, given),
            (r"/livereload\.js", _Client, given),
            (r"/livereload/(page\.(?:js|css))", _Own, given),
            (r"/livereload/state", _State, given),
            (r"/?(.*)", _Files, given),
        ],
        log_function=lambda _: None,
    )


class _Guarded(web.RequestHandler):
    """Answers those who ask this machine by its own name, from its own pages or from none.

    A foreign name in Host is a page elsewhere whose name was bent to this machine; a foreign Origin is a script
    elsewhere. Both would read a plan that is not published yet.
    """

    SUPPORTED_METHODS: tuple[str, ...] = ("GET", "HEAD")

    def initialize(self, stage: _Stage) -> None:
        """Take what is shown."""
        self.stage = stage

    def prepare(self) -> Awaitable[None] | None:
        """Refuse strangers."""
        host, origin = self.request.headers.get("Host", ""), self.request.headers.get("Origin")
        if host not in self.stage.hosts or origin not in (None, f"http://{host}"):
            raise web.HTTPError(403)
        return None

    def set_default_headers(self) -> None:
        """Keep every answer from other sites' pages, and let the browser ask each time whether it is still new."""
        self.clear_header("Server")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "SAMEORIGIN")
        self.set_header("Cache-Control", "no-cache")

    def answer(self, ending: str, data: bytes) -> None:
        """Send a file."""
        self.set_header("Content-Type", TYPES.get(ending, "application/octet-stream"))
        self.finish(data)

    def head(self, *words: str) -> None:
        """As `get`; the library leaves the body away."""
        self.get(*words)


class _Files(_Guarded):
    def get(self, path: str) -> None:
        """Send a file of the site; where there is none, a page that says so and waits for the next build."""
        files = self.stage.shown.files
        name = path or "index.html"
        ending = name.rpartition(".")[2]
        data = files.get(name)
        if data is None:
            self.set_status(404)
            ending, data = "html", (dress.NO_SUCH_PAGE if files else dress.NOTHING_YET).encode()
        if ending == "html":
            data = dress.dressed(data, self.request.host, self.stage.shown.stamp)
        self.answer(ending, data)


class _Own(_Guarded):
    def get(self, name: str) -> None:
        """Send our own script and style sheet."""
        self.answer(name.rpartition(".")[2], (OWN / name).read_bytes())


class _State(_Guarded):
    def get(self) -> None:
        """Send which site stands, and the mistakes."""
        shown = self.stage.shown
        self.answer("json", dress.news(shown.stamp, shown.mistakes).encode())


class _Client(_Guarded, LiveReloadJSHandler):  # type: ignore[misc]  # livereload comes without types
    """livereload's script."""


class _News(_Guarded, LiveReloadHandler):  # type: ignore[misc]  # as above
    """livereload's line to each open page."""

    SUPPORTED_METHODS = ("GET",)
    watcher = Watcher()  # asked by name in a report of the library, never started

    def check_origin(self, origin: str) -> bool:
        """Refuse what `prepare` would, under the older name of the header too."""
        return origin == f"http://{self.request.host}"

    def on_message(self, message: str) -> None:
        """Answer, and have a page that has just come ask for the state: something may have changed meanwhile."""
        known = self in LiveReloadHandler.waiters
        super().on_message(message)
        if not known and self in LiveReloadHandler.waiters:
            self.send_message({"command": "reload", "path": self.stage.shown.stamp, "liveCSS": False, "liveImg": False})
