"""HTTP handlers of the preview server: files of the site, the state of a page, and livereload's WebSocket and script.

Requests under another host name or from pages of another origin are refused.
"""

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
"""Sent to a browser as the path that has changed; the page then fetches its own state."""
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
"""By file suffix. `mimetypes` is not used, because on Windows it depends on the programs installed."""


class ServerState:
    """The mutable state of the server, shared by all handlers."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self.hosts = hosts
        self.session = ServeSession()


def application(state: ServerState) -> web.Application:
    """Return the application with a handler for every path. Each handler refuses foreign requests."""
    arguments = {"state": state}
    return web.Application(
        [
            (r"/livereload", ReloadSocket, arguments),
            (r"/livereload\.js", _LiveReloadScriptHandler, arguments),
            (r"/livereload/(overlay\.(?:js|css))", _AssetHandler, arguments),
            (r"/livereload/state/(.*)", _StateHandler, arguments),
            (r"/?(.*)", _SiteHandler, arguments),
        ],
        log_function=lambda _: None,
    )


class _LocalOnlyHandler(web.RequestHandler):
    """Refuses requests under a foreign host name or from a page of a foreign origin.

    A foreign name in Host is a sign of DNS rebinding, a foreign Origin one of a script on another site. Either could
    read a plan that is not published yet.
    """

    SUPPORTED_METHODS: tuple[str, ...] = ("GET", "HEAD")

    def initialize(self, state: ServerState) -> None:
        """Store the server state."""
        self.state = state

    def prepare(self) -> Awaitable[None] | None:
        """Raise HTTPError 403 if the host or the origin is foreign."""
        host, origin = self.request.headers.get("Host", ""), self.request.headers.get("Origin")
        if host not in self.state.hosts or origin not in (None, f"http://{host}"):
            raise web.HTTPError(403)
        return None

    def set_default_headers(self) -> None:
        """Keep pages of other sites from embedding a response, and make the browser revalidate its cache each time."""
        self.clear_header("Server")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "SAMEORIGIN")
        self.set_header("Cache-Control", "no-cache")

    def send_bytes(self, suffix: str, data: bytes) -> None:
        """Send data with the content type of a file suffix."""
        self.set_header("Content-Type", CONTENT_TYPES.get(suffix, "application/octet-stream"))
        self.finish(data)

    def head(self, *path_arguments: str) -> None:
        """Answer like `get`; tornado omits the body."""
        self.get(*path_arguments)


class _SiteHandler(_LocalOnlyHandler):
    def get(self, path: str) -> None:
        """Send a file of the site, or a page with the reason why there is none."""
        path = path or HOME_PATH
        response = respond(self.state.session, path)
        self.set_status(response.status)
        if response.stamp:
            self.send_bytes("html", inject.inject_scripts(response.data, self.request.host, response.stamp))
        else:
            self.send_bytes(path.rpartition(".")[2], response.data)


class _AssetHandler(_LocalOnlyHandler):
    def get(self, name: str) -> None:
        """Send the script or stylesheet of this package."""
        self.send_bytes(name.rpartition(".")[2], (ASSETS_DIR / name).read_bytes())


class _StateHandler(_LocalOnlyHandler):
    def get(self, path: str) -> None:
        """Send the stamp of the page at a path, and the errors, as JSON."""
        response = respond(self.state.session, path or HOME_PATH)
        state = inject.state_json(response.stamp, response.mistakes, current=self.state.session.is_current)
        self.send_bytes("json", state.encode())


class _LiveReloadScriptHandler(_LocalOnlyHandler, LiveReloadJSHandler):  # type: ignore[misc]  # livereload comes without types
    """Sends livereload's script."""


class ReloadSocket(_LocalOnlyHandler, LiveReloadHandler):  # type: ignore[misc]  # as above
    """livereload's WebSocket, one connection per open page."""

    SUPPORTED_METHODS = ("GET",)
    watcher = Watcher()  # livereload reads an attribute of this class in a log message; never started
    path = HOME_PATH
    """Path of the open page."""

    def check_origin(self, origin: str) -> bool:
        """Return whether the origin is this server. tornado calls this for the header Sec-WebSocket-Origin too."""
        return origin == f"http://{self.request.host}"

    def on_message(self, message: str) -> None:
        """Answer a message. A new page is made to fetch the state, which may have changed while it was loading."""
        is_connected = self in LiveReloadHandler.waiters
        super().on_message(message)
        if not is_connected and self in LiveReloadHandler.waiters:
            self.path = unquote(urlsplit(json.loads(message)["url"]).path)[1:] or HOME_PATH
            self.send_message({"command": "reload", "path": STATE_CHANGED, "liveCSS": False, "liveImg": False})

    @classmethod
    def open_paths(cls) -> set[str]:
        """Return the paths of the open pages, or the path of the home page if none is open."""
        return {waiter.path for waiter in cls.waiters} or {HOME_PATH}

    @classmethod
    def notify_all(cls) -> None:
        """Make every open page fetch its state."""
        cls.reload_waiters(STATE_CHANGED)
