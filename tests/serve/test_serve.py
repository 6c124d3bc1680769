"""The site while it is edited: what a save brings about, who is let in, and that nothing but Ctrl+C ends it."""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Tally
from support import random_edits
from support.building import build_in_memory
from support.serve_process import command
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from handbook import parallel, serve
from handbook.check import html_scan
from handbook.commands.serve import load_preview
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan, format_diagnostic
from handbook.diagram import graphviz_engine, text_metrics
from handbook.model import OutputFile
from handbook.render import jinja
from handbook.serve import inject, watch

PLAN = """計画: {名称: 架空の計画, 自治体: 架空市, 主題: 学び}
階層: [{名称: 柱, path: pillars}]
柱: [{id: first, 名称: ひとつめ}, {id: second, 名称: ふたつめ}]
"""
BROKEN = PLAN.replace("名称: ひとつめ", "名稱: ひとつめ")
FIRST, SECOND = "pillars/first.html", "pillars/second.html"
PATIENCE = 60
"""Seconds; a machine under load takes ten."""


@dataclass
class Served:
    """A server under way, and what it told."""

    address: str
    told: asyncio.Queue[serve.ServeSession]
    root: Path
    tried: int = 0
    """Cases of its hazard that a test has tried."""

    async def next(self) -> serve.ServeSession:
        """What a save brought about, whenever the draft before was looked through."""
        while (shown := await asyncio.wait_for(self.told.get(), PATIENCE)).is_checked:
            pass
        return shown

    async def proof(self) -> serve.ServeSession:
        """The same once all of it was looked at."""
        while not (shown := await asyncio.wait_for(self.told.get(), PATIENCE)).is_checked:
            pass
        return shown

    async def ask(self, path: str = "", method: str = "GET", **headers: str) -> HTTPResponse:
        asked = HTTPRequest(
            self.address + path, method, headers, follow_redirects=False, allow_nonstandard_methods=True
        )
        return await AsyncHTTPClient().fetch(asked, raise_error=False)

    async def state(self, path: str = "") -> dict[str, Any]:
        state: dict[str, Any] = json.loads((await self.ask(f"livereload/state/{path}")).body)
        return state

    async def line(self, path: str = "", **headers: str) -> WebSocketClientConnection:
        address = self.address.replace("http", "ws") + "livereload"
        line = await websocket_connect(HTTPRequest(address, headers=headers))
        hello = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}
        await line.write_message(json.dumps(hello))
        assert (await heard(line))["command"] == "hello"
        await line.write_message(json.dumps({"command": "info", "url": self.address + path}))
        return line


async def heard(line: WebSocketClientConnection) -> dict[str, Any]:
    message = await asyncio.wait_for(line.read_message(), PATIENCE)
    assert message is not None
    told: dict[str, Any] = json.loads(message)
    return told


@asynccontextmanager
async def serving(make: serve.BuildPreview, *places: Path) -> AsyncIterator[Served]:
    address: asyncio.Queue[str] = asyncio.Queue()
    told: asyncio.Queue[serve.ServeSession] = asyncio.Queue()
    task = asyncio.create_task(serve._serve(make, places, serve._sockets(0), address.put_nowait, told.put_nowait))
    try:
        yield Served(await address.get(), told, places[0].parent)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def sentence(root: Path) -> serve.BuildPreview:
    return lambda: load_preview(root)


def clean(root: Path) -> dict[str, bytes]:
    """What a build makes."""
    return {file.path: file.data for file in build_in_memory(root)[1]}


def small(*files: OutputFile) -> serve.Preview:
    return serve.Preview({file.path: file.data for file in files}.get, lambda: files)


def alone(test: Callable[..., Awaitable[None]]) -> Callable[[Path, Tally], None]:
    """Run a test with a server of its own for the small plan."""

    def run(tmp_path: Path, tally: Tally) -> None:
        (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")

        async def whole() -> None:
            async with serving(
                sentence(tmp_path), *(tmp_path / name for name in ("plan.yaml", "content", "theme", "templates"))
            ) as served:
                await test(served)
                tally(served.tried)

        asyncio.run(whole())

    run.__name__ = test.__name__
    return run


# --- what is served ---


@alone
async def test_a_page_is_served_as_it_was_built_but_for_what_makes_it_reload(served: Served) -> None:
    await served.next()
    for path, built in clean(served.root).items():
        answer = await served.ask(path)
        assert answer.code == 200
        body = answer.body
        assert b"livereload" not in built, "a built file holds what belongs to serve"
        if path.endswith(".html") and b'http-equiv="refresh"' not in body:
            body = re.sub(rb"<script src=\"/livereload/page.js\" .*?</script><script .*?</script>", b"", body)
            body = re.sub(rb"connect-src 'self' ws://127.0.0.1:\d+; ", b"", body)
            assert body != answer.body
        assert body == built, path
    assert (await served.ask("theme/site.css")).headers["Content-Type"].startswith("text/css")
    assert (await served.ask("")).body == (await served.ask("index.html")).body


def test_a_page_that_lets_no_script_in_stays_as_it_is_and_one_without_a_head_is_served_too() -> None:
    closed = b"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>"""
    assert inject.inject_scripts(closed, "127.0.0.1:1", "s") == closed
    assert inject.inject_scripts(b"<p>x", "127.0.0.1:1", "s").startswith(b"<p>x<script src=")


@alone
async def test_what_is_not_there_says_so_and_waits_for_the_next_save(served: Served) -> None:
    await served.next()
    answer = await served.ask("pillars/third.html")
    assert answer.code == 404
    assert "この住所のページはありません" in answer.body.decode()
    assert b"/livereload.js" in answer.body
    assert (await served.ask("pillars/", method="HEAD")).code == 404


@alone
async def test_no_path_leads_out_of_the_site(served: Served) -> None:
    await served.next()
    host, port = served.address.removeprefix("http://").rstrip("/").split(":")
    ways = ["../plan.yaml", "%2e%2e/plan.yaml", "..%2fplan.yaml", "theme/../../plan.yaml", "/etc/passwd", "plan.yaml"]
    ways += ["..\\plan.yaml", "%5c..%5cplan.yaml", "content/", "livereload/../page.css", "livereload/__init__.py", "\0"]
    for way in ways:
        reading, writing = await asyncio.open_connection(host, int(port))
        writing.write(f"GET /{way} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reading.read(), PATIENCE)
        writing.close()
        assert answer.split()[1] in (b"404", b"400"), way
        assert "計画:".encode() not in answer


# --- who is let in ---

DOORS = ["", "index.html", "theme/site.css", "none.html", "livereload.js", "livereload/state/", "livereload/page.js"]


@pytest.mark.hazard(30)
@alone
async def test_strangers_are_refused_everywhere(served: Served) -> None:
    await served.next()
    port = served.address.rstrip("/").rpartition(":")[2]
    own = f"127.0.0.1:{port}"
    foreign = [
        {"Host": f"evil.example:{port}"},
        {"Host": "127.0.0.1"},
        {"Host": f"127.0.0.1.evil.example:{port}"},
        {"Host": f"[::1]:{port}"},
        {"Host": own, "Origin": "http://evil.example"},
        {"Host": own, "Origin": f"http://evil.example:{port}"},
        {"Host": own, "Origin": f"https://{own}"},
        {"Host": own, "Origin": f"http://localhost:{port}"},
        {"Host": own, "Origin": "null"},
    ]
    for door, headers in itertools.product(DOORS, foreign):
        answer = await served.ask(door, **headers)
        assert answer.code == 403, (door, headers)
        served.tried += 1
        assert b"</html>" in answer.body
        assert "架空".encode() not in answer.body
    for headers in foreign:
        with pytest.raises(HTTPClientError) as refused:
            await served.line(**headers)
        assert refused.value.code == 403, headers
        served.tried += 1
    for headers in ({"Host": own}, {"Host": own, "Origin": f"http://{own}"}, {"Host": f"localhost:{port}"}):
        assert (await served.ask("index.html", **headers)).code == 200
        (await served.line(**headers)).close()


@alone
async def test_nothing_can_be_sent_and_no_other_site_may_take_a_file_in(served: Served) -> None:
    await served.next()
    for door, method in itertools.product([*DOORS, "livereload"], ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]):
        assert (await served.ask(door, method)).code == 405, (door, method)
    for door in DOORS:
        whole, head = await served.ask(door), await served.ask(door, "HEAD")
        assert (head.code, head.body) == (whole.code, b"")
        assert head.headers["Content-Length"] == str(len(whole.body))
        assert whole.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert whole.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.hazard(30)
def test_only_this_machine_can_reach_it() -> None:
    (bound,) = serve._sockets(0)
    with bound:
        assert bound.getsockname()[0] == "127.0.0.1"


# --- what a save brings about ---


@pytest.mark.hazard(30)
@alone
async def test_fifty_broken_and_fifty_good_saves(served: Served) -> None:
    await served.next()
    line = await served.line(FIRST)
    await heard(line)
    stamp, word = (await served.state(FIRST))["stamp"], "ひとつめ"
    for turn in range(50):
        (served.root / "plan.yaml").write_text(BROKEN, encoding="utf-8")
        assert len((await served.next()).mistakes) == 1
        await heard(line)
        state = await served.state(FIRST)
        assert (state["stamp"], state["current"]) == (stamp, False), "the page reloads although it is the same"
        assert [told["place"] for told in state["mistakes"]] == ["plan.yaml:3:17"]
        assert word in (await served.ask(FIRST)).body.decode()
        served.tried += 2
        word = f"ことば{turn}"
        (served.root / "plan.yaml").write_text(PLAN.replace("ひとつめ", word), encoding="utf-8")
        assert (await served.next()).mistakes == ()
        await heard(line)
        before, state = stamp, await served.state(FIRST)
        stamp = state["stamp"]
        assert stamp != before
        assert state == {"stamp": stamp, "mistakes": [], "current": True}
        assert word in (await served.ask(FIRST)).body.decode()


@alone
async def test_mistakes_are_told_as_the_terminal_tells_them(served: Served) -> None:
    await served.next()
    (served.root / "content/pages").mkdir(parents=True)
    (served.root / "content/pages/about.md").write_text("# 題\n\n[[nowhere]]\n", encoding="utf-8")
    (served.root / "plan.yaml").write_text(BROKEN + "余り: 1\n", encoding="utf-8")
    while len((shown := await served.next()).mistakes) < 3:
        pass
    state = await served.state()
    assert state["mistakes"]
    for told, mistake in zip(state["mistakes"], shown.mistakes, strict=True):
        terminal = format_diagnostic(mistake)
        assert terminal.startswith(f"{told['place']}: {told['message']}  [{told['rule']}]")
        assert not told["hint"] or terminal.endswith(f"\n  ヒント: {told['hint']}")
        assert "".join(told["excerpt"]).rstrip() in terminal
        assert told["excerpt"][2] == mistake.excerpt[mistake.span.column - 1 :][: mistake.span.width]


@alone
async def test_templates_and_styles_tell_their_mistakes_too(served: Served) -> None:
    await served.next()
    for name, text, rule in (
        ("templates/pages/leaf_list.html", "<h1>{% if %}</h1>", "broken-template"),
        (
            "templates/pages/leaf_list.html",
            '{% extends "partials/base.html" %}\n{{ wrong }}{% block main %}{{ wrong }}{% endblock %}',
            "broken-template",
        ),
        ("theme/own.css", "p { background: url(https://evil.example/x.png) }", "external-file"),
    ):
        path = served.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        (mistake,) = (await served.proof()).mistakes
        assert (mistake.span.file, mistake.rule) == (name, rule)
        path.unlink()
        assert (await served.proof()).mistakes == ()


BROKEN_LIST = '{% extends "partials/base.html" %}{% block main %}{{ wrong }}{% endblock %}'


@alone
async def test_a_page_that_stands_open_stays_until_its_template_is_mended(served: Served) -> None:
    await served.next()
    await heard(await served.line("list.html"))
    before = (await served.ask("list.html")).body
    (served.root / "templates/pages").mkdir(parents=True)
    (served.root / "templates/pages/leaf_list.html").write_text(BROKEN_LIST)
    assert [mistake.rule for mistake in (await served.next()).mistakes] == ["broken-template"]
    assert (await served.ask("list.html")).body == before
    assert (await served.state("list.html"))["current"] is False


@alone
async def test_a_page_that_nobody_looked_at_says_why_it_cannot_be_made(served: Served) -> None:
    await served.next()
    (served.root / "templates/pages").mkdir(parents=True)
    (served.root / "templates/pages/leaf_list.html").write_text(BROKEN_LIST)
    assert (await served.next()).mistakes == ()
    answer = await served.ask("list.html")
    assert answer.code == 500
    assert "このページは、いまは作れません" in answer.body.decode()
    state = await served.state("list.html")
    assert [told["place"] for told in state["mistakes"]] == ["templates/pages/leaf_list.html:1:1"]
    (served.root / "templates/pages/leaf_list.html").unlink()
    await served.next()
    assert (await served.state("list.html"))["stamp"] != state["stamp"]
    assert (await served.ask("list.html")).code == 200


def test_a_plan_that_is_broken_from_the_start_shows_its_mistakes_and_then_the_pages(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(BROKEN, encoding="utf-8")

    async def whole() -> None:
        async with serving(sentence(tmp_path), tmp_path / "plan.yaml") as served:
            assert (await served.next()).build_number == 0
            page = await served.ask()
            assert page.code == 404
            assert "ページはまだありません" in page.body.decode()
            assert (await served.state())["mistakes"]
            (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
            assert (await served.next()).mistakes == ()
            assert (await served.ask()).code == 200

    asyncio.run(whole())


def test_a_fault_in_the_build_is_told_and_survived(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("good")

    def make() -> serve.Preview:
        if source.read_text() == "bad":
            raise RecursionError("too deep")
        return small(OutputFile("index.html", b"<p>good"))

    async def whole() -> None:
        async with serving(make, source) as served:
            await served.next()
            source.write_text("bad")
            (mistake,) = (await served.next()).mistakes
            assert mistake.span == SourceSpan("build.py", 1, 1)
            assert "この道具の誤りです" in mistake.message
            assert "RecursionError" in mistake.message
            assert (await served.ask()).body.startswith(b"<p>good")
            source.write_text("good")
            assert (await served.next()).mistakes == ()

    asyncio.run(whole())


def test_a_save_during_a_build_is_not_lost(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")

    def make() -> serve.Preview:
        read = source.read_text()
        if int(read) % 2:  # somebody saves while we build; the length and, on many disks, the date stay the same
            source.write_text(str(int(read) + 1))
        return small(OutputFile("index.html", read.encode()))

    async def whole() -> None:
        async with serving(make, source) as served:
            await served.next()
            for number in (1, 3, 5):
                source.write_text(str(number))
                await served.next()
                await served.next()
                assert (await served.ask()).body.startswith(str(number + 1).encode())

    asyncio.run(whole())


def test_a_page_that_opens_between_two_builds_hears_of_the_second(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")

    async def whole() -> None:
        async with serving(lambda: small(OutputFile("index.html", source.read_bytes())), source) as served:
            await served.next()
            page = (await served.ask()).body.decode()
            source.write_text("1")
            await served.next()
            await heard(await served.line())  # whoever hears asks
            assert f'data-stamp="{(await served.state())["stamp"]}"' not in page

    asyncio.run(whole())


@alone
async def test_a_page_reloads_only_when_it_or_what_it_loads_has_changed(served: Served) -> None:
    async def stamps() -> dict[str, str]:
        return {path: (await served.state(path))["stamp"] for path in ("", "search.html", FIRST, SECOND, "none.html")}

    async def others(before: dict[str, str]) -> set[str]:
        return {path for path, stamp in (await stamps()).items() if before[path] != stamp}

    plan, text = served.root / "plan.yaml", PLAN.replace("ふたつめ", "ふたつめ, 本文: 文章")
    assert (await served.proof()).changed_count == len(clean(served.root))
    before = await stamps()
    plan.write_text(PLAN + "# a comment\n", encoding="utf-8")
    assert (await served.proof()).changed_count == 0
    assert await others(before) == set()
    plan.write_text(text, encoding="utf-8")
    assert (await served.proof()).changed_count > 2
    assert await others(before) == {SECOND, "search.html"}  # what is found is in a script
    before = await stamps()
    (served.root / "theme").mkdir()
    (served.root / "theme/site.css").write_text("p { color: red }")
    await served.next()
    assert await others(before) == {"", "search.html", FIRST, SECOND}


# --- what is looked through afterwards ---


@pytest.fixture(params=["by a fork", "by a thread"])
def _by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    forks = request.param == "by a fork"
    if forks and multiprocessing.get_all_start_methods()[0] != "fork":
        pytest.skip("LOUD: this system cannot fork")
    monkeypatch.setattr(parallel, "can_fork", lambda: forks and not multiprocessing.current_process().daemon)


@pytest.mark.usefixtures("_by")
def test_a_dead_link_is_told_on_the_new_page(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")

    async def whole() -> None:
        async with serving(sentence(tmp_path), tmp_path / "plan.yaml") as served:
            assert (await served.proof()).mistakes == ()
            line = await served.line(FIRST)
            await heard(line)
            text = PLAN.replace("ひとつめ", "ひとつめ, 本文: '[先](nowhere.html)'")
            (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
            (mistake,) = (await served.proof()).mistakes
            assert (mistake.rule, mistake.span.line) == ("broken-link", 3)
            await heard(line)  # of the page
            await heard(line)  # of the mistake
            state = await served.state(FIRST)
            assert (state["current"], state["mistakes"][0]["rule"]) == (True, "broken-link")
            page = (await served.ask(FIRST)).body.decode()
            assert "nowhere.html" in page
            assert state["stamp"] in page
            (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
            assert (await served.proof()).mistakes == ()
            assert (await served.state(FIRST))["mistakes"] == []

    asyncio.run(whole())


@pytest.mark.usefixtures("_by")
def test_nobody_waits_while_all_pages_are_looked_through_and_a_save_ends_it(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")

    def without_end() -> Iterator[OutputFile]:
        while True:
            time.sleep(0.01)
            yield OutputFile("index.html", b"")

    async def whole() -> None:
        async with serving(lambda: serve.Preview(lambda _: source.read_bytes(), without_end), source) as served:
            await served.next()
            for turn in range(5):
                await asyncio.sleep(1.5 * serve.CHECK_DELAY_SECONDS)
                assert (await served.ask()).body.startswith(b"%d" % turn)
                source.write_text(f"{turn + 1}")
                await served.next()

    asyncio.run(whole())
    readers: list[Reader] = [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]
    assert not any(map(stays, [*readers, *multiprocessing.active_children()]))


Reader = threading.Thread | multiprocessing.process.BaseProcess


def stays(reader: Reader) -> bool:
    reader.join(PATIENCE)
    return reader.is_alive()


def test_a_hand_that_is_killed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")
    monkeypatch.setattr(parallel, "can_fork", lambda: multiprocessing.get_all_start_methods()[0] == "fork")

    def killed() -> Iterator[OutputFile]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield from ()

    if not parallel.can_fork():
        pytest.skip("LOUD: this system cannot fork")

    async def whole() -> None:
        async with serving(lambda: serve.Preview(lambda _: b"0", killed), source) as served:
            assert [mistake.rule for mistake in (await served.proof()).mistakes] == ["internal-error"]
            assert (await served.ask()).code == 200

    asyncio.run(whole())


# --- looking ---


def _save(path: Path) -> None:
    path.write_text("neu")


def _rename(path: Path) -> None:
    aside = path.with_name("elsewhere")
    aside.write_text("neu")
    aside.replace(path)


def _keep_the_date(path: Path) -> None:
    about = path.stat()
    path.write_text("neu")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def _old_file(path: Path) -> None:
    path.with_name("other.md").write_text("x")
    os.utime(path.with_name("other.md"), (1, 1))


def _move(path: Path) -> None:
    path.rename(path.with_name("moved.md"))


def _folder(path: Path) -> None:
    (path.parent / "images").mkdir()


@pytest.mark.parametrize("change", [_save, _rename, _keep_the_date, _old_file, _move, _folder, Path.unlink])
def test_every_way_to_save_is_seen(tmp_path: Path, change: Callable[[Path], None]) -> None:
    file = tmp_path / "content/nodes/a.md"
    file.parent.mkdir(parents=True)
    file.write_text("alt")
    before = watch.snapshot([tmp_path / "content"], {})
    change(file)
    after = watch.snapshot([tmp_path / "content"], before)
    assert watch.is_different(before, after)
    assert not watch.is_different(after, watch.snapshot([tmp_path / "content"], after))


def test_an_old_file_is_not_read_again_and_what_no_build_reads_is_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.md"
    file.write_text("alt")
    os.utime(file, (1, 1))
    before = watch.snapshot([tmp_path], {})
    for name in (".a.md.swp", "~$a.md", "a.md~", "Thumbs.db"):
        (tmp_path / name).write_text("x")
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    assert not watch.is_different(before, watch.snapshot([tmp_path, tmp_path / "gone"], before))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_pipe_or_a_link_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    assert len(watch.snapshot([tmp_path], {})) == 4


# --- what is remembered, and what is made alone ---


def forget() -> None:
    of_pages = html_scan.scan_page, html_scan._scan_diagram, jinja._compile_template, jinja._word
    for memo in (*of_pages, graphviz_engine.layout_graphs, graphviz_engine._layout_graph, text_metrics._char_width_em):
        memo.cache_clear()


BESIDE = {
    "content/pages/extra.md": "# 題\n\n[[water-revival]]のための学習の話です。\n",
    "content/pages/glossary.md": "# 用語\n\n学習\n: 学ぶことです。\n",
    "content/nodes/born.md": "ここにも[[water-revival]]と書きます。\n",
    "templates/pages/free_page.html": (
        '{% extends "partials/base.html" %}{% block main %}<h1>{{ page.title }}</h1>{{ body }}{% endblock %}'
    ),
    "theme/own.css": "p { color: red }",
}


def edits(root: Path, size: int) -> Iterator[str]:
    """Write a plan of a hundred nodes, edit it in steps of `size` kinds of edits, and yield a name of each step."""
    plan = random_edits.example()
    random_edits.write_plan(plan, root)
    yield "nothing"
    kinds = list(random_edits.EDITS)
    for seed in range(0, len(kinds), size):
        some = tuple(kinds[seed : seed + size])
        plan = random_edits.Edits(seed, before=plan, kinds=some).after
        (root / "plan.yaml").write_text(random_edits.to_yaml(plan), encoding="utf-8")
        yield " and ".join(some)
    before = {path: path.read_bytes() for path in root.rglob("*.*")}
    (root / "plan.yaml").write_text(random_edits.to_yaml(plan).replace("名称", "名稱", 1), encoding="utf-8")
    yield "a slip"
    plan["柱"][0]["方針"].append({"id": "born", "名称": "あとから"})
    for name, text in {**BESIDE, "plan.yaml": random_edits.to_yaml(plan)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    yield "something beside the plan"
    for path in list(root.rglob("*.*")):
        path.write_bytes(before[path]) if path in before else path.unlink()
    yield "all back"


def mistakes_of(make: Callable[[], object]) -> tuple[Diagnostic, ...]:
    with pytest.raises(SourceError) as told:
        make()
    return told.value.mistakes


def test_whatever_was_edited_each_path_is_served_as_a_clean_build_makes_it(tmp_path: Path, full: bool) -> None:
    paths = {"none.html", "data/none.csv", "diagrams/none.svg", ""}
    for done in edits(tmp_path, 2 if full else 5):
        if done == "a slip":
            assert mistakes_of(sentence(tmp_path)) == mistakes_of(lambda: clean(tmp_path)) != ()
            continue
        draft = sentence(tmp_path)()
        asked = sorted(paths)
        random.Random(done).shuffle(asked)  # noqa: S311  # not for secrets
        served = {path: draft.file_bytes(path) for path in asked}
        forget()
        built = clean(tmp_path)
        assert [path for path, data in served.items() if built.get(path) != data] == [], done
        assert [path for path, data in built.items() if draft.file_bytes(path) != data] == [], done
        paths |= built.keys()
    assert {"extra.html", "theme/own.css"} <= paths


def test_where_the_layout_fails_a_page_is_shown_without_diagrams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise graphviz_engine.LayoutEngineError("broken")

    forget()
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    drawn = load_preview(tmp_path).file_bytes("structure.html")
    forget()
    monkeypatch.setattr(graphviz_engine, "_run_engine", fail)
    plain = load_preview(tmp_path).file_bytes("structure.html")
    assert plain == next(made.data for made in build_in_memory(tmp_path)[1] if made.path == "structure.html")
    assert drawn
    assert plain
    assert b"<svg" in drawn
    assert b"<svg" not in plain


def test_what_is_remembered_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example", tmp_path / "plan", ignore=shutil.ignore_patterns("output", ".output*"))
    plan = tmp_path / "plan/plan.yaml"
    text = plan.read_text(encoding="utf-8")
    (tmp_path / "plan/templates/pages").mkdir(parents=True)
    leaf = (ROOT / "templates/pages/free_page.html").read_text(encoding="utf-8")
    root = tmp_path / "plan"
    names = re.findall(r"名称: ([^,}\n]+)", text)
    kinds = set()
    for turn, word in enumerate([names[0], names[-1], names[len(names) // 2]]):
        plan.write_text(text.replace(word, word + "改"), encoding="utf-8")
        (tmp_path / "plan/templates/pages/free_page.html").write_text(leaf + f"<!-- {turn} -->", encoding="utf-8")
        warm = clean(root)
        forget()
        assert clean(root) == warm
        kinds.add(warm["index.html"])
    assert len(kinds) > 1


# --- the command ---


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C cannot be sent to one process alone")
def test_the_command_serves_until_ctrl_c_and_leaves_output_alone(tmp_path: Path) -> None:
    root, opened = tmp_path / "plan", tmp_path / "opened"
    root.mkdir()
    (root / "plan.yaml").write_text(PLAN, encoding="utf-8")
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\npathlib.Path({str(opened)!r}).write_text(sys.argv[1])\n"
    )
    browser.chmod(0o755)
    given = "--root", str(root)
    with command(*given, "--open", BROWSER=str(browser)) as (one, first), command(*given) as (two, second):
        assert re.fullmatch(r"127\.0\.0\.1:\d+/", first)
        assert first != second
        for running in (one, two):
            assert running.stdout
            assert "保存すると" in running.stdout.readline()
            assert "できました" in running.stdout.readline()
        assert opened.read_text() == f"http://{first}"
        (root / "plan.yaml").write_text(BROKEN, encoding="utf-8")
        for running in (one, two):
            assert running.stderr
            assert running.stderr.readline().startswith("plan.yaml:3:17: 知らない項目 `名稱` があります")
            last = "1 件の直すところがあります。ページは前のままです。"
            assert any(last in line for line in running.stderr)  # what is read ahead would be lost to `communicate`
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
            assert running.returncode == 0
            assert "おわりました" in out
            assert "Traceback" not in err
    assert [path.name for path in root.iterdir()] == ["plan.yaml"]


def test_a_check_in_a_thread_does_not_delay_the_end() -> None:
    code = """
import asyncio, time
from handbook import parallel
from handbook.serve import background_check
parallel.can_fork = lambda: False
def endless():
    time.sleep(600)
    yield
async def serve():
    checking = asyncio.create_task(background_check.run_background_check(endless))
    await asyncio.sleep(0.1)
    checking.cancel()
    await asyncio.wait([checking])
asyncio.run(serve())
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=3 * PATIENCE, check=True)


def test_a_port_in_use_or_out_of_range_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with command("--port", str(port)) as (running, _):
            _, err = running.communicate(timeout=PATIENCE)
            assert running.returncode == 1
            assert f"番号（ポート）{port} は使えません" in err
            assert "Traceback" not in err
    with command("--port", "70000") as (running, _):
        assert running.wait(PATIENCE) == 2
