"""Show the site while it is edited: after each save the pipeline runs again and the browser reloads.

The files are served from memory: output/ stays as the clerk left it, there is no path that could lead outside, no lock
between two programs, and a page belongs whole to one build. Everything that is shown is made in one thread; while a
build runs, the browser waits. So no page ever sees half a change, and a save that falls into a build is seen at the
next look: the last state always wins.

A build reads the sources and puts every page into its place; a page is made when the browser requests it. All others
are made and checked afterwards in the background. With `--booklet` the first page waits for all PDFs, because it shows
their sizes and page numbers.

livereload brings the protocol and the script in the browser; its server and watcher do not fit (any host and origin
are let in, mistakes are only logged, see also `watch`). Inside: `watch` sees what changed, `shown` is what stands,
`proof` looks through it, `answers` lets in whom it should and sends what is shown, `dress` makes a built page one that
reloads, `overlay.js` keeps the reader's place and shows the mistakes.
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
from handbook.serve import background_check, watch
from handbook.serve.handlers import ReloadSocket, ServerState, application
from handbook.serve.session import BuildPreview, Preview, ServeSession, rebuild, with_check_result

__all__ = ["BuildPreview", "PortError", "Preview", "ServeSession", "serve_site"]

HOST = "127.0.0.1"
"""This machine alone. Names by which a browser may call it: this one and localhost."""
DEFAULT_PORT, PORT_ATTEMPTS = 5500, 20
POLL_SECONDS, DEBOUNCE_SECONDS = 0.03, 0.015
"""Seconds between two looks at the sources, and for how long they must stand still before a build."""
CLOSE_SECONDS = 2
"""Seconds that connections have to close when the server ends."""
CHECK_DELAY_SECONDS = 0.2
"""Seconds that a browser has for itself before the whole draft is looked through."""


class PortError(Exception):
    """There is no port to serve on; the message says so in Japanese."""


def serve_site(
    build: BuildPreview,
    places: Sequence[Path],
    *,
    port: int | None,
    opened: Callable[[str], None],
    told: Callable[[ServeSession], None],
) -> None:
    """Serve what `build` makes, and build again whenever something at the places changes, until KeyboardInterrupt.

    `opened` is called once with the address, `told` after each build and once all its files were looked at. Without a
    port it is the first free one from FIRST_PORT; port 0 is any. Raises NoPort where there is none.
    """
    sockets = _sockets(port)
    for name in ("tornado", "livereload"):  # their reports of requests are not for an editor
        logging.getLogger(name).addHandler(logging.NullHandler())
    asyncio.run(_serve(build, places, sockets, opened, told))


def _sockets(port: int | None) -> list[socket.socket]:
    reason = ""
    for number in range(DEFAULT_PORT, DEFAULT_PORT + PORT_ATTEMPTS) if port is None else [port]:
        try:
            return netutil.bind_sockets(number, HOST)
        except OSError as error:
            reason = error.strerror or str(error)
    if port is None:
        message = (
            f"{DEFAULT_PORT} から {DEFAULT_PORT + PORT_ATTEMPTS - 1} までの番号（ポート）がどれも使えません（{reason}）"
        )
    else:
        message = f"番号（ポート）{port} は使えません（{reason}）。--port を付けなければ、空いている番号を使います"
    raise PortError(message)


async def _serve(
    build: BuildPreview,
    places: Sequence[Path],
    sockets: list[socket.socket],
    opened: Callable[[str], None],
    told: Callable[[ServeSession], None],
) -> None:
    number = sockets[0].getsockname()[1]
    stage = ServerState(frozenset({f"{HOST}:{number}", f"localhost:{number}"}))
    server = httpserver.HTTPServer(application(stage), max_body_size=1024)
    server.add_sockets(sockets)
    opened(f"http://{HOST}:{number}/")
    try:
        await _rebuild_loop(stage, build, places, told)
    finally:
        server.stop()
        for reader in ReloadSocket.waiters.copy():
            reader.close()
        with suppress(TimeoutError):  # a browser that does not close its connection is not waited for
            await asyncio.wait_for(server.close_all_connections(), CLOSE_SECONDS)


async def _rebuild_loop(
    stage: ServerState, build: BuildPreview, places: Sequence[Path], told: Callable[[ServeSession], None]
) -> None:
    """Build, tell, look through what was built, and wait for the next change, for ever."""
    seen = watch.snapshot(places, {})

    def show(shown: ServeSession) -> None:
        stage.shown = shown
        ReloadSocket.notify_all()
        told(shown)

    while True:
        with gc_paused(freeze=True):
            shown = rebuild(build, stage.shown, ReloadSocket.open_paths())
        show(shown)
        reading = asyncio.create_task(_check_in_background(stage.shown, show))
        try:
            seen = await _wait_for_change(places, seen)
        finally:
            reading.cancel()
            await asyncio.wait([reading])


async def _check_in_background(shown: ServeSession, show: Callable[[ServeSession], None]) -> None:
    """Once the browser has what it asked for, look through the whole draft and show what is wrong in it."""
    if shown.is_current:
        await asyncio.sleep(CHECK_DELAY_SECONDS)
        collect_frozen()  # the draft before
        began = time.perf_counter()
        found = await background_check.run_background_check(shown.preview.all_files)
        show(with_check_result(shown, found, time.perf_counter() - began))


async def _wait_for_change(places: Sequence[Path], built: watch.FileSnapshot) -> watch.FileSnapshot:
    """Return what stands at the places once it differs from what was built, and has stood still for a moment."""
    seen = built
    while True:
        began = time.monotonic()
        last, seen = seen, watch.snapshot(places, seen)
        took = time.monotonic() - began
        if watch.is_different(last, seen):
            await asyncio.sleep(DEBOUNCE_SECONDS)
        elif watch.is_different(built, seen):
            return seen
        else:
            await asyncio.sleep(max(POLL_SECONDS, 20 * took))  # so that a large plan leaves the machine to others
