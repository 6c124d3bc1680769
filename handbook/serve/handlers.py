"""Who is let in, and what is sent: a file of the site, our own two, the mistakes, and livereload's line and script."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler
from livereload.watcher import Watcher
from tornado import web

from handbook.serve import inject
from handbook.serve.session import ServeSession, respond

ASSETS_DIR = Path(__file__).resolve().parent
HOME_PATH = "index.html"
STATE_CHANGED = "news"
"""Said to a page that is to ask; which page it is, the page knows itself."""
CONTENT_TYPES = {
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


class ServerState:
    """Where the shown site stands: the one thing that changes."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self.hosts = hosts
        self.shown = ServeSession()


def application(stage: ServerState) -> web.Application:
    """Return what answers every path; each answer is guarded."""
    given = {"stage": stage}
    return web.Application(
        [
            (r"/livereload", ReloadSocket, given),
            (r"/livereload\.js", _LiveReloadScriptHandler, given),
            (r"/livereload/(overlay\.(?:js|css))", _AssetHandler, given),
            (r"/livereload/state/(.*)", _State, given),
            (r"/?(.*)", _SiteHandler, given),
        ],
        log_function=lambda _: None,
    )


class _LocalOnlyHandler(web.RequestHandler):
    """Answers those who ask this machine by its own name, from its own pages or from none.

    A foreign name in Host is a page elsewhere whose name was bent to this machine; a foreign Origin is a script
    elsewhere. Both would read a plan that is not published yet.
    """

    SUPPORTED_METHODS: tuple[str, ...] = ("GET", "HEAD")

    def initialize(self, stage: ServerState) -> None:
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

    def send_bytes(self, ending: str, data: bytes) -> None:
        """Send a file."""
        self.set_header("Content-Type", CONTENT_TYPES.get(ending, "application/octet-stream"))
        self.finish(data)

    def head(self, *words: str) -> None:
        """As `get`; the library leaves the body away."""
        self.get(*words)


class _SiteHandler(_LocalOnlyHandler):
    def get(self, path: str) -> None:
        """Send a file of the site, or the page that stands for it."""
        name = path or HOME_PATH
        found = respond(self.stage.shown, name)
        self.set_status(found.status)
        if found.stamp:
            self.send_bytes("html", inject.inject_scripts(found.data, self.request.host, found.stamp))
        else:
            self.send_bytes(name.rpartition(".")[2], found.data)


class _AssetHandler(_LocalOnlyHandler):
    def get(self, name: str) -> None:
        """Send our own script and style sheet."""
        self.send_bytes(name.rpartition(".")[2], (ASSETS_DIR / name).read_bytes())


class _State(_LocalOnlyHandler):
    def get(self, path: str) -> None:
        """Send which page stands at a path, and the mistakes."""
        found = respond(self.stage.shown, path or HOME_PATH)
        self.send_bytes(
            "json", inject.state_json(found.stamp, found.mistakes, current=self.stage.shown.is_current).encode()
        )


class _LiveReloadScriptHandler(_LocalOnlyHandler, LiveReloadJSHandler):  # type: ignore[misc]  # livereload comes without types
    """livereload's script."""


class ReloadSocket(_LocalOnlyHandler, LiveReloadHandler):  # type: ignore[misc]  # as above
    """livereload's line to each open page."""

    SUPPORTED_METHODS = ("GET",)
    watcher = Watcher()  # asked by name in a report of the library, never started
    path = HOME_PATH
    """Of the page."""

    def check_origin(self, origin: str) -> bool:
        """Refuse what `prepare` would, under the older name of the header too."""
        return origin == f"http://{self.request.host}"

    def on_message(self, message: str) -> None:
        """Answer, and have a page that has just come ask for the state: something may have changed meanwhile."""
        known = self in LiveReloadHandler.waiters
        super().on_message(message)
        if not known and self in LiveReloadHandler.waiters:
            self.path = unquote(urlsplit(json.loads(message)["url"]).path)[1:] or HOME_PATH
            self.send_message({"command": "reload", "path": STATE_CHANGED, "liveCSS": False, "liveImg": False})

    @classmethod
    def open_paths(cls) -> set[str]:
        """Return the pages that are open, or the front page where none is."""
        return {waiter.path for waiter in cls.waiters} or {HOME_PATH}

    @classmethod
    def notify_all(cls) -> None:
        """Have every open page ask for the state."""
        cls.reload_waiters(STATE_CHANGED)
