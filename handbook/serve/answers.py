"""Who is let in, and what is sent: a file of the site, our own two, the mistakes, and livereload's line and script."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import web

from handbook.mistakes import Mistake
from handbook.serve import dress

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


class Stage:
    """Where the shown site stands: the one thing that changes."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self.hosts = hosts
        self.shown = Shown()


def application(stage: Stage) -> web.Application:
    """Return what answers every path; each answer is guarded."""
    given = {"stage": stage}
    return web.Application(
        [
            (r"/livereload", News, given),
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

    def initialize(self, stage: Stage) -> None:
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


class News(_Guarded, LiveReloadHandler):  # type: ignore[misc]  # as above
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
