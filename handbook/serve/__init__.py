"""Serve the site while it is edited: after each save the site is rebuilt and the browser reloads.

Files are served from memory: output/ is not read or written, no request path reaches the disk, and a build at the same
time does not interfere. All shown pages are rendered in one thread, and requests wait during a rebuild, so that a
response never mixes two builds. A save during a rebuild is seen at the next poll, so the last state is always shown.

A rebuild reads the sources; a page is rendered when the browser requests it. All other pages are rendered and checked
afterwards in the background. With `--booklet` the first page waits for all PDFs, because it shows their sizes and page
numbers.

livereload supplies the protocol and the script in the browser. Its server and watcher are not used, because they allow
any host and origin and only log errors (see also `watch`). Inside: `watch` detects changes, `session` holds the state
that is shown, `background_check` checks all files, `handlers` answers requests, `inject` adds the scripts to a page,
`overlay.js` keeps the scroll position and shows the errors.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tornado import httpserver, netutil

from handbook.gc_pause import collect_frozen, gc_paused
from handbook.os_errors import os_error_reason
from handbook.serve import background_check, watch
from handbook.serve.handlers import ReloadSocket, ServerState, application
from handbook.serve.session import BuildPreview, Preview, ServeSession, rebuild, with_check_result

__all__ = ["BuildPreview", "PortError", "Preview", "ServeSession", "serve_site"]

HOST = "127.0.0.1"
"""The loopback address, so that other machines cannot connect. Browsers may also use the name localhost."""
DEFAULT_PORT, PORT_ATTEMPTS = 5500, 20
POLL_SECONDS, DEBOUNCE_SECONDS = 0.03, 0.015
"""Seconds between two polls of the sources, and without a change before a rebuild."""
MAX_POLL_SECONDS = 1.0
"""Longest pause between two polls, so that a save is seen soon after a network drive has been slow for a moment."""
HTTP_PORT = 80
"""Browsers leave out this port in `Host` and `Origin`."""
CLOSE_SECONDS = 2
"""Seconds in which connections can close when the server stops."""
CHECK_DELAY_SECONDS = 0.2
"""Seconds between a rebuild and the background check, in which the browser loads its page."""


class PortError(Exception):
    """No port can be opened. The message is in Japanese."""


def serve_site(
    build: BuildPreview,
    watched: Sequence[Path],
    *,
    port: int | None,
    on_start: Callable[[str], None],
    on_change: Callable[[ServeSession], None],
) -> None:
    """Serve the result of `build` and rebuild after each change of the watched paths, until the process ends.

    `on_start` is called once with the URL, `on_change` after each rebuild and after each background check. Without a
    port the first free one from DEFAULT_PORT is used; 0 is any free port. Raises PortError if none can be opened.
    """
    sockets = _sockets(port)
    for name in ("tornado", "livereload"):  # editors do not need their logs of requests
        logging.getLogger(name).addHandler(logging.NullHandler())
    asyncio.run(_serve(build, watched, sockets, on_start, on_change))


def allowed_hosts(port: int) -> frozenset[str]:
    """Return the values of the header `Host` with which a browser on this machine requests a page of this server."""
    endings = ("", f":{port}") if port == HTTP_PORT else (f":{port}",)
    return frozenset(name + ending for name in (HOST, "localhost") for ending in endings)


def _sockets(port: int | None) -> list[socket.socket]:
    reason = ""
    for number in range(DEFAULT_PORT, DEFAULT_PORT + PORT_ATTEMPTS) if port is None else [port]:
        try:
            return netutil.bind_sockets(number, HOST)
        except OSError as error:
            reason = os_error_reason(error)
    if port is None:
        message = (
            f"{DEFAULT_PORT} から {DEFAULT_PORT + PORT_ATTEMPTS - 1} までの番号（ポート）がどれも使えません（{reason}）"
        )
    else:
        message = f"番号（ポート）{port} は使えません（{reason}）。--port を付けなければ、空いている番号を使います"
    raise PortError(message)


async def _serve(
    build: BuildPreview,
    watched: Sequence[Path],
    sockets: list[socket.socket],
    on_start: Callable[[str], None],
    on_change: Callable[[ServeSession], None],
) -> None:
    bound_port = sockets[0].getsockname()[1]
    state = ServerState(allowed_hosts(bound_port))
    server = httpserver.HTTPServer(application(state), max_body_size=1024)
    server.add_sockets(sockets)
    on_start(f"http://{HOST}:{bound_port}/")
    try:
        await _rebuild_loop(state, build, watched, on_change)
    finally:
        server.stop()
        for browser in ReloadSocket.waiters.copy():
            browser.close()
        with suppress(TimeoutError):  # do not wait for a browser that keeps its connection open
            await asyncio.wait_for(server.close_all_connections(), CLOSE_SECONDS)


async def _rebuild_loop(
    state: ServerState, build: BuildPreview, watched: Sequence[Path], on_change: Callable[[ServeSession], None]
) -> None:
    """Rebuild and check after each change of the watched paths, until cancelled."""
    files = watch.snapshot(watched, {})

    def show(session: ServeSession) -> None:
        state.session = session
        ReloadSocket.notify_all()
        on_change(session)

    while True:
        with gc_paused(freeze=True):
            session = rebuild(build, state.session, ReloadSocket.open_paths())
        show(session)
        checking = asyncio.create_task(_check_in_background(session, show))
        try:
            files = await _wait_for_change(watched, files)
        finally:
            checking.cancel()
            await asyncio.wait([checking])


async def _check_in_background(session: ServeSession, show: Callable[[ServeSession], None]) -> None:
    """Check all files of a session after a short delay, and show the session with the result."""
    if session.is_current:
        await asyncio.sleep(CHECK_DELAY_SECONDS)
        collect_frozen()  # frees the preview before this one
        began = time.perf_counter()
        result = await background_check.run_background_check(session.preview.all_files)
        show(with_check_result(session, result, time.perf_counter() - began))


async def _wait_for_change(watched: Sequence[Path], built: watch.FileSnapshot) -> watch.FileSnapshot:
    """Wait until the files differ from those of the last build and have stopped changing, and return their snapshot."""
    current = built
    while True:
        began = time.monotonic()
        previous, current = current, watch.snapshot(watched, current)
        poll_seconds = time.monotonic() - began
        if watch.is_different(previous, current):
            await asyncio.sleep(DEBOUNCE_SECONDS)
        elif watch.is_different(built, current):
            return current
        else:
            await asyncio.sleep(pause_seconds(poll_seconds))


def pause_seconds(poll_seconds: float) -> float:
    """Return the pause after a poll: 20 times as long, so that polling takes 5 % of a core, but within the limits."""
    return min(max(POLL_SECONDS, 20 * poll_seconds), MAX_POLL_SECONDS)
