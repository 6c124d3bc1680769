"""The preview server: what a save changes, which requests are refused, and that only Ctrl+C stops the server."""

from __future__ import annotations

import asyncio
import itertools
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
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from support import random_edits
from support.ended_processes import wait_until
from support.preview_server import (
    BROKEN,
    FIRST,
    PLAN,
    SECOND,
    TIMEOUT_SECONDS,
    RunningServer,
    built_files,
    next_message,
    preview_builder,
    preview_of,
    serving,
    with_small_plan,
)
from support.serve_process import command
from tornado.httpclient import HTTPClientError

from handbook import parallel, serve
from handbook.check import html_scan
from handbook.commands.serve import load_preview
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan, format_diagnostic
from handbook.diagram import graphviz_engine, text_metrics
from handbook.model import OutputFile
from handbook.render import jinja, output_caches
from handbook.serve import inject, watch

# --- responses ---


@with_small_plan
async def test_a_page_is_served_as_built_apart_from_the_live_reload_scripts(server: RunningServer) -> None:
    await server.next_build()
    for path, expected in built_files(server.root).items():
        response = await server.fetch(path)
        assert response.code == 200
        body = response.body
        assert b"livereload" not in expected, "a built file contains the live-reload script"
        if path.endswith(".html") and b"script-src 'self'" in expected:
            body = re.sub(rb"<script src=\"/livereload/overlay.js\" .*?</script><script .*?</script>", b"", body)
            body = re.sub(rb"connect-src 'self' ws://127.0.0.1:\d+; ", b"", body)
            assert body != response.body
        assert body == expected, path
    assert (await server.fetch("theme/site.css")).headers["Content-Type"].startswith("text/css")
    assert (await server.fetch("")).body == (await server.fetch("index.html")).body


def test_a_page_that_forbids_scripts_is_unchanged_and_one_without_a_head_gets_them() -> None:
    closed = b"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>"""
    assert inject.inject_scripts(closed, "127.0.0.1:1", "s") == closed
    assert inject.inject_scripts(b"<p>x", "127.0.0.1:1", "s").startswith(b"<p>x<script src=")


@with_small_plan
async def test_a_missing_page_has_a_message_and_reloads_after_the_next_save(server: RunningServer) -> None:
    await server.next_build()
    response = await server.fetch("pillars/third.html")
    assert response.code == 404
    assert "この住所のページはありません" in response.body.decode()
    assert b"/livereload.js" in response.body
    assert (await server.fetch("pillars/", method="HEAD")).code == 404


@with_small_plan
async def test_no_path_leads_out_of_the_site(server: RunningServer) -> None:
    await server.next_build()
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    paths = ["../plan.yaml", "%2e%2e/plan.yaml", "..%2fplan.yaml", "theme/../../plan.yaml", "/etc/passwd", "plan.yaml"]
    paths += [
        "..\\plan.yaml",
        "%5c..%5cplan.yaml",
        "content/",
        "livereload/../overlay.css",
        "livereload/__init__.py",
        "\0",
    ]
    for path in paths:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /{path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        response = await asyncio.wait_for(reader.read(), TIMEOUT_SECONDS)
        writer.close()
        assert response.split()[1] in (b"404", b"400"), path
        assert "計画:".encode() not in response


# --- refused requests ---

PATHS = ["", "index.html", "theme/site.css", "none.html", "livereload.js", "livereload/state/", "livereload/overlay.js"]


@pytest.mark.hazard(30)
@with_small_plan
async def test_requests_of_other_hosts_and_origins_are_refused_at_every_path(server: RunningServer) -> None:
    await server.next_build()
    port = server.address.rstrip("/").rpartition(":")[2]
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
    for path, headers in itertools.product(PATHS, foreign):
        response = await server.fetch(path, **headers)
        assert response.code == 403, (path, headers)
        server.case_count += 1
        assert b"</html>" in response.body
        assert "架空".encode() not in response.body
    for headers in foreign:
        with pytest.raises(HTTPClientError) as refused:
            await server.open_socket(**headers)
        assert refused.value.code == 403, headers
        server.case_count += 1
    for headers in ({"Host": own}, {"Host": own, "Origin": f"http://{own}"}, {"Host": f"localhost:{port}"}):
        assert (await server.fetch("index.html", **headers)).code == 200
        (await server.open_socket(**headers)).close()


@with_small_plan
async def test_only_reading_is_allowed_and_no_other_site_may_embed_a_file(server: RunningServer) -> None:
    await server.next_build()
    for path, method in itertools.product([*PATHS, "livereload"], ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]):
        assert (await server.fetch(path, method)).code == 405, (path, method)
    for path in PATHS:
        full, head = await server.fetch(path), await server.fetch(path, "HEAD")
        assert (head.code, head.body) == (full.code, b"")
        assert head.headers["Content-Length"] == str(len(full.body))
        assert full.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert full.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.hazard(30)
def test_only_this_machine_can_reach_the_server() -> None:
    (bound,) = serve._sockets(0)
    with bound:
        assert bound.getsockname()[0] == "127.0.0.1"


# --- what a save changes ---


@pytest.mark.hazard(30)
@with_small_plan
async def test_fifty_broken_and_fifty_good_saves(server: RunningServer) -> None:
    await server.next_build()
    websocket = await server.open_socket(FIRST)
    await next_message(websocket)
    stamp, word = (await server.state(FIRST))["stamp"], "ひとつめ"
    for turn in range(50):
        (server.root / "plan.yaml").write_text(BROKEN, encoding="utf-8")
        assert len((await server.next_build()).mistakes) == 1
        await next_message(websocket)
        state = await server.state(FIRST)
        assert (state["stamp"], state["current"]) == (stamp, False), "the page reloads although it has not changed"
        assert [shown["place"] for shown in state["mistakes"]] == ["plan.yaml:3:17"]
        assert word in (await server.fetch(FIRST)).body.decode()
        server.case_count += 2
        word = f"ことば{turn}"
        (server.root / "plan.yaml").write_text(PLAN.replace("ひとつめ", word), encoding="utf-8")
        assert (await server.next_build()).mistakes == ()
        await next_message(websocket)
        before, state = stamp, await server.state(FIRST)
        stamp = state["stamp"]
        assert stamp != before
        assert state == {"stamp": stamp, "mistakes": [], "current": True}
        assert word in (await server.fetch(FIRST)).body.decode()


@with_small_plan
async def test_a_page_shows_the_errors_in_the_words_of_the_terminal(server: RunningServer) -> None:
    await server.next_build()
    (server.root / "content/pages").mkdir(parents=True)
    (server.root / "content/pages/about.md").write_text("# 題\n\n[[nowhere]]\n", encoding="utf-8")
    (server.root / "plan.yaml").write_text(BROKEN + "余り: 1\n", encoding="utf-8")
    while len((session := await server.next_build()).mistakes) < 3:
        pass
    state = await server.state()
    assert state["mistakes"]
    for shown, mistake in zip(state["mistakes"], session.mistakes, strict=True):
        terminal = format_diagnostic(mistake)
        assert terminal.startswith(f"{shown['place']}: {shown['message']}  [{shown['rule']}]")
        assert not shown["hint"] or terminal.endswith(f"\n  ヒント: {shown['hint']}")
        assert "".join(shown["excerpt"]).rstrip() in terminal
        assert shown["excerpt"][2] == mistake.excerpt[mistake.span.column - 1 :][: mistake.span.width]


@with_small_plan
async def test_errors_in_templates_and_style_sheets_are_reported(server: RunningServer) -> None:
    await server.next_build()
    for name, text, rule in (
        ("templates/pages/leaf_list.html", "<h1>{% if %}</h1>", "broken-template"),
        (
            "templates/pages/leaf_list.html",
            '{% extends "partials/base.html" %}\n{{ wrong }}{% block main %}{{ wrong }}{% endblock %}',
            "broken-template",
        ),
        ("theme/own.css", "p { background: url(https://evil.example/x.png) }", "external-file"),
    ):
        path = server.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        shown = await server.next_build()  # a template is checked when it is loaded, a finished page afterwards
        (mistake,) = (shown if shown.mistakes else await server.next_check()).mistakes
        assert (mistake.span.file, mistake.rule) == (name, rule)
        path.unlink()
        assert (await server.next_check()).mistakes == ()


BROKEN_LIST = '{% extends "partials/base.html" %}{% block main %}{{ wrong }}{% endblock %}'


@with_small_plan
async def test_an_open_page_stays_until_its_template_is_corrected(server: RunningServer) -> None:
    await server.next_build()
    await next_message(await server.open_socket("list.html"))
    before = (await server.fetch("list.html")).body
    (server.root / "templates/pages").mkdir(parents=True)
    (server.root / "templates/pages/leaf_list.html").write_text(BROKEN_LIST)
    assert [mistake.rule for mistake in (await server.next_build()).mistakes] == ["broken-template"]
    assert (await server.fetch("list.html")).body == before
    assert (await server.state("list.html"))["current"] is False


@with_small_plan
async def test_a_page_that_cannot_be_rendered_shows_the_error_when_it_is_opened(server: RunningServer) -> None:
    await server.next_build()
    (server.root / "templates/pages").mkdir(parents=True)
    (server.root / "templates/pages/leaf_list.html").write_text(BROKEN_LIST)
    assert (await server.next_build()).mistakes == ()
    response = await server.fetch("list.html")
    assert response.code == 500
    assert "このページは、いまは作れません" in response.body.decode()
    state = await server.state("list.html")
    assert [shown["place"] for shown in state["mistakes"]] == ["templates/pages/leaf_list.html:1:54"]
    (server.root / "templates/pages/leaf_list.html").unlink()
    await server.next_build()
    assert (await server.state("list.html"))["stamp"] != state["stamp"]
    assert (await server.fetch("list.html")).code == 200


def test_a_plan_that_is_broken_from_the_start_shows_its_errors_and_later_the_pages(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(BROKEN, encoding="utf-8")

    async def serve_and_test() -> None:
        async with serving(preview_builder(tmp_path), tmp_path / "plan.yaml") as server:
            assert (await server.next_build()).build_number == 0
            page = await server.fetch()
            assert page.code == 404
            assert "ページはまだありません" in page.body.decode()
            assert (await server.state())["mistakes"]
            (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
            assert (await server.next_build()).mistakes == ()
            assert (await server.fetch()).code == 200

    asyncio.run(serve_and_test())


def test_an_exception_in_the_build_is_reported_and_the_server_goes_on(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("good")

    def make() -> serve.Preview:
        if source.read_text() == "bad":
            raise RecursionError("too deep")
        return preview_of(OutputFile("index.html", b"<p>good"))

    async def serve_and_test() -> None:
        async with serving(make, source) as server:
            await server.next_build()
            source.write_text("bad")
            (mistake,) = (await server.next_build()).mistakes
            assert mistake.span == SourceSpan("build.py", 1, 1)
            assert "この道具の誤りです" in mistake.message
            assert "RecursionError" in mistake.message
            assert (await server.fetch()).body.startswith(b"<p>good")
            source.write_text("good")
            assert (await server.next_build()).mistakes == ()

    asyncio.run(serve_and_test())


def test_a_save_during_a_build_is_not_lost(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")

    def make() -> serve.Preview:
        read = source.read_text()
        if int(read) % 2:  # a save during the build, with the same length and, on many disks, the same time
            source.write_text(str(int(read) + 1))
        return preview_of(OutputFile("index.html", read.encode()))

    async def serve_and_test() -> None:
        async with serving(make, source) as server:
            await server.next_build()
            for number in (1, 3, 5):
                source.write_text(str(number))
                await server.next_build()
                await server.next_build()
                assert (await server.fetch()).body.startswith(str(number + 1).encode())

    asyncio.run(serve_and_test())


def test_a_page_that_opens_between_two_builds_is_reloaded(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")

    async def serve_and_test() -> None:
        async with serving(lambda: preview_of(OutputFile("index.html", source.read_bytes())), source) as server:
            await server.next_build()
            page = (await server.fetch()).body.decode()
            source.write_text("1")
            await server.next_build()
            await next_message(await server.open_socket())  # then the page fetches its state
            assert f'data-stamp="{(await server.state())["stamp"]}"' not in page

    asyncio.run(serve_and_test())


@with_small_plan
async def test_a_page_reloads_only_when_it_or_a_file_it_loads_has_changed(server: RunningServer) -> None:
    async def stamps() -> dict[str, str]:
        return {path: (await server.state(path))["stamp"] for path in ("", "search.html", FIRST, SECOND, "none.html")}

    async def changed_since(before: dict[str, str]) -> set[str]:
        return {path for path, stamp in (await stamps()).items() if before[path] != stamp}

    plan, text = server.root / "plan.yaml", PLAN.replace("ふたつめ", "ふたつめ, 本文: 文章")
    assert (await server.next_check()).changed_count == len(built_files(server.root))
    before = await stamps()
    plan.write_text(PLAN + "# a comment\n", encoding="utf-8")
    assert (await server.next_check()).changed_count == 0
    assert await changed_since(before) == set()
    plan.write_text(text, encoding="utf-8")
    assert (await server.next_check()).changed_count > 2
    assert await changed_since(before) == {SECOND, "search.html"}  # the search index is a script
    before = await stamps()
    (server.root / "theme").mkdir()
    (server.root / "theme/site.css").write_text("p { color: red }")
    await server.next_build()
    assert await changed_since(before) == {"", "search.html", FIRST, SECOND}


# --- the check after a build ---


@pytest.fixture(params=["by a fork", "by a thread"])
def _check_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    use_fork = request.param == "by a fork"
    if use_fork and multiprocessing.get_all_start_methods()[0] != "fork":
        pytest.skip("LOUD: this system cannot fork")
    monkeypatch.setattr(parallel, "can_fork", lambda: use_fork and not multiprocessing.current_process().daemon)


@pytest.mark.usefixtures("_check_process")
def test_a_broken_link_is_reported_on_the_new_page(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")

    async def serve_and_test() -> None:
        async with serving(preview_builder(tmp_path), tmp_path / "plan.yaml") as server:
            assert (await server.next_check()).mistakes == ()
            websocket = await server.open_socket(FIRST)
            await next_message(websocket)
            text = PLAN.replace("ひとつめ", "ひとつめ, 本文: '[先](nowhere.html)'")
            (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
            (mistake,) = (await server.next_check()).mistakes
            assert (mistake.rule, mistake.span.line) == ("broken-link", 3)
            await next_message(websocket)  # the page has changed
            await next_message(websocket)  # the check has found an error
            state = await server.state(FIRST)
            assert (state["current"], state["mistakes"][0]["rule"]) == (True, "broken-link")
            page = (await server.fetch(FIRST)).body.decode()
            assert "nowhere.html" in page
            assert state["stamp"] in page
            (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
            assert (await server.next_check()).mistakes == ()
            assert (await server.state(FIRST))["mistakes"] == []

    asyncio.run(serve_and_test())


@pytest.mark.usefixtures("_check_process")
def test_the_check_of_all_pages_delays_no_request_and_is_cancelled_by_a_save(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")

    def endless() -> Iterator[OutputFile]:
        while True:
            time.sleep(0.01)
            yield OutputFile("index.html", b"")

    async def serve_and_test() -> None:
        async with serving(lambda: serve.Preview(lambda _: source.read_bytes(), endless), source) as server:
            await server.next_build()
            for turn in range(5):
                await asyncio.sleep(1.5 * serve.CHECK_DELAY_SECONDS)
                assert (await server.fetch()).body.startswith(b"%d" % turn)
                source.write_text(f"{turn + 1}")
                await server.next_build()

    asyncio.run(serve_and_test())
    checkers: list[Checker] = [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]
    assert not any(map(is_still_running, [*checkers, *multiprocessing.active_children()]))


Checker = threading.Thread | multiprocessing.process.BaseProcess


def is_still_running(checker: Checker) -> bool:
    checker.join(TIMEOUT_SECONDS)
    return checker.is_alive()


def test_a_killed_check_process_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text("0")
    monkeypatch.setattr(parallel, "can_fork", lambda: multiprocessing.get_all_start_methods()[0] == "fork")

    def killed() -> Iterator[OutputFile]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield from ()

    if not parallel.can_fork():
        pytest.skip("LOUD: this system cannot fork")

    async def serve_and_test() -> None:
        async with serving(lambda: serve.Preview(lambda _: b"0", killed), source) as server:
            assert [mistake.rule for mistake in (await server.next_check()).mistakes] == ["internal-error"]
            assert (await server.fetch()).code == 200

    asyncio.run(serve_and_test())


# --- detecting changes ---


def _overwrite(path: Path) -> None:
    path.write_text("neu")


def _replace(path: Path) -> None:
    temporary = path.with_name("elsewhere")
    temporary.write_text("neu")
    temporary.replace(path)


def _keep_modification_time(path: Path) -> None:
    before = path.stat()
    path.write_text("neu")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _add_old_file(path: Path) -> None:
    path.with_name("other.md").write_text("x")
    os.utime(path.with_name("other.md"), (1, 1))


def _move(path: Path) -> None:
    path.rename(path.with_name("moved.md"))


def _add_folder(path: Path) -> None:
    (path.parent / "images").mkdir()


@pytest.mark.parametrize(
    "change", [_overwrite, _replace, _keep_modification_time, _add_old_file, _move, _add_folder, Path.unlink]
)
def test_every_way_to_save_is_detected(tmp_path: Path, change: Callable[[Path], None]) -> None:
    file = tmp_path / "content/nodes/a.md"
    file.parent.mkdir(parents=True)
    file.write_text("alt")
    before = watch.snapshot([tmp_path / "content"], {})
    change(file)
    after = watch.snapshot([tmp_path / "content"], before)
    assert watch.is_different(before, after)
    assert not watch.is_different(after, watch.snapshot([tmp_path / "content"], after))


def test_an_old_file_is_not_read_again_and_a_file_that_no_build_reads_is_no_change(
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
def test_a_pipe_or_a_link_does_not_block_the_server(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    assert len(watch.snapshot([tmp_path], {})) == 4


# --- caches, and files that are built on request ---


def clear_caches() -> None:
    page_functions = html_scan.scan_page, html_scan._scan_diagram, jinja._compile_template, output_caches._escape_text
    for cached in (
        *page_functions,
        graphviz_engine.layout_graphs,
        graphviz_engine._layout_graph,
        text_metrics._char_width_em,
    ):
        cached.cache_clear()


OTHER_SOURCES = {
    "content/pages/extra.md": "# 題\n\n[[water-revival]]のための学習の話です。\n",
    "content/pages/glossary.md": "# 用語\n\n学習\n: 学ぶことです。\n",
    "content/nodes/born.md": "ここにも[[water-revival]]と書きます。\n",
    "templates/pages/free_page.html": (
        '{% extends "partials/base.html" %}{% block main %}<h1>{{ page.title }}</h1>{{ body }}{% endblock %}'
    ),
    "theme/own.css": "p { color: red }",
}


def edits(root: Path, size: int) -> Iterator[str]:
    """Write a plan of a hundred nodes, edit it in steps of `size` kinds of edits, and yield the name of each step."""
    plan = random_edits.example()
    random_edits.write_plan(plan, root)
    yield "no edit"
    kinds = list(random_edits.EDITS)
    for seed in range(0, len(kinds), size):
        some = tuple(kinds[seed : seed + size])
        plan = random_edits.Edits(seed, before=plan, kinds=some).after
        (root / "plan.yaml").write_text(random_edits.to_yaml(plan), encoding="utf-8")
        yield " and ".join(some)
    before = {path: path.read_bytes() for path in root.rglob("*.*")}
    (root / "plan.yaml").write_text(random_edits.to_yaml(plan).replace("名称", "名稱", 1), encoding="utf-8")
    yield "an unknown key"
    plan["柱"][0]["方針"].append({"id": "born", "名称": "あとから"})
    for name, text in {**OTHER_SOURCES, "plan.yaml": random_edits.to_yaml(plan)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    yield "other sources"
    for path in list(root.rglob("*.*")):
        path.write_bytes(before[path]) if path in before else path.unlink()
    yield "all edits reverted"


def diagnostics_of(make: Callable[[], object]) -> tuple[Diagnostic, ...]:
    with pytest.raises(SourceError) as raised:
        make()
    return raised.value.mistakes


def test_after_any_edit_each_path_is_served_as_in_a_new_build(tmp_path: Path, full: bool) -> None:
    paths = {"none.html", "data/none.csv", "diagrams/none.svg", ""}
    for edit in edits(tmp_path, 2 if full else 5):
        if edit == "an unknown key":
            assert diagnostics_of(preview_builder(tmp_path)) == diagnostics_of(lambda: built_files(tmp_path)) != ()
            continue
        preview = preview_builder(tmp_path)()
        order = sorted(paths)
        random.Random(edit).shuffle(order)  # noqa: S311  # not for secrets
        served = {path: preview.file_bytes(path) for path in order}
        clear_caches()
        built = built_files(tmp_path)
        assert [path for path, data in served.items() if built.get(path) != data] == [], edit
        assert [path for path, data in built.items() if preview.file_bytes(path) != data] == [], edit
        paths |= built.keys()
    assert {"extra.html", "theme/own.css"} <= paths


def test_if_the_layout_fails_the_page_is_shown_without_diagrams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise graphviz_engine.layout_error("broken")

    clear_caches()
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    drawn = load_preview(tmp_path).file_bytes("structure.html")
    clear_caches()
    monkeypatch.setattr(graphviz_engine, "_run_engine", fail)
    plain = load_preview(tmp_path).file_bytes("structure.html")
    assert plain == load_preview(tmp_path, with_diagrams=False).file_bytes("structure.html")
    with pytest.raises(SourceError) as raised:
        list(load_preview(tmp_path).all_files())
    assert [mistake.rule for mistake in raised.value.mistakes] == ["no-diagrams"]
    assert drawn
    assert plain
    assert b"<svg" in drawn
    assert b"<svg" not in plain


def test_caches_do_not_change_the_pages(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example", tmp_path / "plan", ignore=shutil.ignore_patterns("output", ".output*"))
    plan = tmp_path / "plan/plan.yaml"
    text = plan.read_text(encoding="utf-8")
    (tmp_path / "plan/templates/pages").mkdir(parents=True)
    template = (ROOT / "templates/pages/free_page.html").read_text(encoding="utf-8")
    root = tmp_path / "plan"
    names = re.findall(r"名称: ([^,}\n]+)", text)
    index_pages = set()
    for turn, word in enumerate([names[0], names[-1], names[len(names) // 2]]):
        plan.write_text(text.replace(word, word + "改"), encoding="utf-8")
        (tmp_path / "plan/templates/pages/free_page.html").write_text(template + f"<!-- {turn} -->", encoding="utf-8")
        with_caches = built_files(root)
        clear_caches()
        assert built_files(root) == with_caches
        index_pages.add(with_caches["index.html"])
    assert len(index_pages) > 1


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
        wait_until(lambda: opened.exists() and opened.read_text() == f"http://{first}")
        (root / "plan.yaml").write_text(BROKEN, encoding="utf-8")
        for running in (one, two):
            assert running.stderr
            assert running.stderr.readline().startswith("計画: 架空の計画（")
            assert running.stderr.readline().startswith("plan.yaml:3:17: 知らない項目 `名稱` があります")
            last = "1 件の直すところがあります。ページは前のままです。"
            assert any(last in line for line in running.stderr)  # `communicate` would lose lines that are read ahead
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=TIMEOUT_SECONDS)
            assert running.returncode == 0
            assert "おわりました" in out
            assert "Traceback" not in err
    assert [path.name for path in root.iterdir()] == ["plan.yaml"]


def test_a_check_in_a_thread_does_not_delay_the_exit() -> None:
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
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=3 * TIMEOUT_SECONDS, check=True)


def test_a_port_in_use_or_out_of_range_is_reported() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with command("--port", str(port)) as (running, _):
            _, err = running.communicate(timeout=TIMEOUT_SECONDS)
            assert running.returncode == 1
            assert f"番号（ポート）{port} は使えません" in err
            assert "Traceback" not in err
    with command("--port", "70000") as (running, _):
        assert running.wait(TIMEOUT_SECONDS) == 2
