"""The preview server in the process of the tests, with a client of its pages and its WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import Tally
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from handbook import serve
from handbook.commands.serve import load_preview
from handbook.model import OutputFile
from support.building import build_in_memory

PLAN = """計画: {名称: 架空の計画, 自治体: 架空市, 主題: 学び}
階層: [{名称: 柱, path: pillars}]
柱: [{id: first, 名称: ひとつめ}, {id: second, 名称: ふたつめ}]
"""
BROKEN = PLAN.replace("名称: ひとつめ", "名稱: ひとつめ")
FIRST, SECOND = "pillars/first.html", "pillars/second.html"
TIMEOUT_SECONDS = 60
"""A machine under load takes ten seconds."""


@dataclass
class RunningServer:
    """A running server with the sessions that it has reported."""

    address: str
    sessions: asyncio.Queue[serve.ServeSession]
    root: Path
    case_count: int = 0
    """Number of cases of a hazard that a test has tried."""

    async def next_build(self) -> serve.ServeSession:
        """Wait for the next build and return its session. Sessions of a finished check are skipped."""
        while (shown := await asyncio.wait_for(self.sessions.get(), TIMEOUT_SECONDS)).is_checked:
            pass
        return shown

    async def next_check(self) -> serve.ServeSession:
        """Wait until all files of a build are checked and return the session."""
        while not (shown := await asyncio.wait_for(self.sessions.get(), TIMEOUT_SECONDS)).is_checked:
            pass
        return shown

    async def fetch(self, path: str = "", method: str = "GET", **headers: str) -> HTTPResponse:
        request = HTTPRequest(
            self.address + path, method, headers, follow_redirects=False, allow_nonstandard_methods=True
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def state(self, path: str = "") -> dict[str, Any]:
        state: dict[str, Any] = json.loads((await self.fetch(f"livereload/state/{path}")).body)
        return state

    async def open_socket(self, path: str = "", **headers: str) -> WebSocketClientConnection:
        address = self.address.replace("http", "ws") + "livereload"
        websocket = await websocket_connect(HTTPRequest(address, headers=headers))
        hello = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}
        await websocket.write_message(json.dumps(hello))
        assert (await next_message(websocket))["command"] == "hello"
        await websocket.write_message(json.dumps({"command": "info", "url": self.address + path}))
        return websocket


async def next_message(websocket: WebSocketClientConnection) -> dict[str, Any]:
    message = await asyncio.wait_for(websocket.read_message(), TIMEOUT_SECONDS)
    assert message is not None
    content: dict[str, Any] = json.loads(message)
    return content


@asynccontextmanager
async def serving(make: serve.BuildPreview, *places: Path) -> AsyncIterator[RunningServer]:
    address: asyncio.Queue[str] = asyncio.Queue()
    sessions: asyncio.Queue[serve.ServeSession] = asyncio.Queue()
    task = asyncio.create_task(serve._serve(make, places, serve._sockets(0), address.put_nowait, sessions.put_nowait))
    try:
        yield RunningServer(await address.get(), sessions, places[0].parent)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def preview_builder(root: Path) -> serve.BuildPreview:
    return lambda: load_preview(root)


def built_files(root: Path) -> dict[str, bytes]:
    """Return the files of a new build by path."""
    return {file.path: file.data for file in build_in_memory(root)[1]}


def preview_of(*files: OutputFile) -> serve.Preview:
    return serve.Preview({file.path: file.data for file in files}.get, lambda: files)


def with_small_plan(test: Callable[..., Awaitable[None]]) -> Callable[[Path, Tally], None]:
    """Run a test with its own server of the small plan."""

    def run(tmp_path: Path, tally: Tally) -> None:
        (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")

        async def serve_and_test() -> None:
            async with serving(
                preview_builder(tmp_path), *(tmp_path / name for name in ("plan.yaml", "content", "theme", "templates"))
            ) as server:
                await test(server)
                tally(server.case_count)

        asyncio.run(serve_and_test())

    run.__name__ = test.__name__
    return run
