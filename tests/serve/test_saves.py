"""Saves as editors, git and network drives make them, and requests to the preview server as browsers make them."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from support.git_repository import git
from support.preview_server import (
    FIRST,
    PLAN,
    TIMEOUT_SECONDS,
    RunningServer,
    preview_builder,
    serving,
    with_small_plan,
)
from tornado import httpserver
from tornado.httpclient import HTTPClientError
from tornado.testing import bind_unused_port

from handbook import serve
from handbook.serve import handlers
from handbook.serve.session import ServeSession


def plan_with(word: str) -> str:
    return PLAN.replace("ひとつめ", word)


async def shown_without_mistakes(server: RunningServer, word: str) -> None:
    """Wait until the page of the first node contains a word and has no errors."""
    end = time.monotonic() + TIMEOUT_SECONDS
    while word not in (await server.fetch(FIRST)).body.decode() or (await server.state(FIRST))["mistakes"]:
        assert time.monotonic() < end, (word, await server.state(FIRST))
        await asyncio.sleep(0.01)


# --- saves ---


def save_by_rename(path: Path, text: str) -> None:
    """Write a temporary file and rename it, as VS Code and gedit do."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def save_with_backup(path: Path, text: str) -> None:
    """Rename the old file and write a new one, as vim and Emacs do."""
    path.replace(path.with_name(f"{path.name}~"))
    path.write_text(text, encoding="utf-8")


def save_by_rename_of_an_old_file(path: Path, text: str) -> None:
    """Replace the file by one with an older time, as unpacking an archive does."""
    before = path.stat()
    save_by_rename(path, text)
    os.utime(path, ns=(before.st_atime_ns - 10**12, before.st_mtime_ns - 10**12))


def save_in_pieces(path: Path, text: str) -> None:
    """Empty the file and write it in pieces, as Notepad does on a slow drive."""
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(text), 50):
            file.write(text[start : start + 50])
            file.flush()
            time.sleep(0.01)


def delete_and_create(path: Path, text: str) -> None:
    """Delete the file and create it later."""
    path.unlink()
    time.sleep(0.1)
    path.write_text(text, encoding="utf-8")


SAVES = (save_by_rename, save_with_backup, save_by_rename_of_an_old_file, save_in_pieces, delete_and_create)


@with_small_plan
async def test_each_way_to_save_is_shown(server: RunningServer) -> None:
    await server.next_build()
    for turn, save in enumerate(SAVES * 3):
        await asyncio.to_thread(save, server.root / "plan.yaml", plan_with(f"ことば{turn}です"))
        await shown_without_mistakes(server, f"ことば{turn}です")


@with_small_plan
async def test_a_deleted_plan_is_reported_until_it_is_created_again(server: RunningServer) -> None:
    await server.next_build()
    (server.root / "plan.yaml").unlink()
    (mistake,) = (await server.next_build()).mistakes
    assert mistake.span.file == "plan.yaml"
    assert "ひとつめ" in (await server.fetch(FIRST)).body.decode()
    (server.root / "plan.yaml").write_text(plan_with("あたらしい"), encoding="utf-8")
    await shown_without_mistakes(server, "あたらしい")


@with_small_plan
async def test_the_last_of_two_hundred_quick_saves_is_shown(server: RunningServer) -> None:
    await server.next_build()
    for turn in range(200):
        SAVES[turn % 2](server.root / "plan.yaml", plan_with(f"ことば{turn}です"))
        await asyncio.sleep(0.002)
    await shown_without_mistakes(server, "ことば199です")


def test_a_checkout_of_another_branch_is_shown(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "old")
    (tmp_path / "content/pages").mkdir(parents=True)
    for branch in ("old", "new"):
        if branch == "new":
            git(tmp_path, "checkout", "-q", "-b", branch)
        (tmp_path / "plan.yaml").write_text(plan_with(f"{branch}です"), encoding="utf-8")
        for number in range(30):
            (tmp_path / f"content/pages/{branch}{number}.md").write_text("# 題\n\n文章\n", encoding="utf-8")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", branch)
    git(tmp_path, "rm", "-q", *(f"content/pages/old{number}.md" for number in range(30)))
    git(tmp_path, "commit", "-q", "-m", "delete pages")

    async def serve_and_test() -> None:
        sources = [tmp_path / name for name in ("plan.yaml", "content")]
        async with serving(preview_builder(tmp_path), *sources) as server:
            for branch, other in [("new", "old"), ("old", "new")] * 3:
                await asyncio.to_thread(git, tmp_path, "checkout", "-q", branch)
                await shown_without_mistakes(server, f"{branch}です")
                assert (await server.fetch(f"{branch}7.html")).code == 200
                assert (await server.fetch(f"{other}7.html")).code == 404

    asyncio.run(serve_and_test())


def test_a_slow_poll_does_not_delay_the_next_one_by_more_than_a_second() -> None:
    assert serve.pause_seconds(0.0) == serve.POLL_SECONDS
    assert serve.pause_seconds(0.01) == pytest.approx(0.2)
    assert serve.pause_seconds(3.0) == serve.MAX_POLL_SECONDS == 1


# --- two servers, ports and origins ---


@with_small_plan
async def test_a_second_server_of_the_folder_shows_the_same_and_one_at_the_port_is_refused(
    server: RunningServer,
) -> None:
    await server.next_build()
    port = int(server.address.rstrip("/").rpartition(":")[2])
    with pytest.raises(serve.PortError, match=f"番号（ポート）{port} は使えません"):
        serve._sockets(port)
    async with serving(preview_builder(server.root), server.root / "plan.yaml") as second:
        save_by_rename(server.root / "plan.yaml", plan_with("ふたりで"))
        await shown_without_mistakes(server, "ふたりで")
        await shown_without_mistakes(second, "ふたりで")
    assert (await server.fetch(FIRST)).code == 200


@with_small_plan
async def test_a_socket_is_opened_for_a_page_of_this_server_only(server: RunningServer) -> None:
    await server.next_build()
    own = server.address.rstrip("/")
    (await server.open_socket(Origin=own)).close()
    for origin in ("http://evil.example", own.replace("http", "https"), f"{own}.evil.example", "null", "file://"):
        with pytest.raises(HTTPClientError) as refused:
            await server.open_socket(Origin=origin)
        assert refused.value.code == 403, origin


HEADERS_AT_PORT_80 = [
    ({"Host": "127.0.0.1"}, 404),
    ({"Host": "127.0.0.1:80"}, 404),
    ({"Host": "localhost", "Origin": "http://localhost"}, 404),
    ({"Host": "evil.example"}, 403),
    ({"Host": "127.0.0.1.evil.example"}, 403),
    ({"Host": "127.0.0.1:5500"}, 403),
    ({"Host": "127.0.0.1", "Origin": "http://evil.example"}, 403),
    ({"Host": "127.0.0.1", "Origin": "http://localhost"}, 403),
]
"""Headers, and the status that the page "not built yet" or a refusal has."""


def test_at_port_80_browsers_leave_out_the_port() -> None:
    async def serve_and_test() -> None:
        bound, port = bind_unused_port()
        server = httpserver.HTTPServer(handlers.application(handlers.ServerState(serve.allowed_hosts(80))))
        server.add_sockets([bound])
        client = RunningServer(f"http://127.0.0.1:{port}/", asyncio.Queue[ServeSession](), Path())
        for headers, status in HEADERS_AT_PORT_80:
            assert (await client.fetch(**headers)).code == status, headers
        server.stop()

    asyncio.run(serve_and_test())
    assert serve.allowed_hosts(5500) == {"127.0.0.1:5500", "localhost:5500"}
