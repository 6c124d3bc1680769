"""Measure the time from the write of a source file to the changed text in the browser. Not a test.

    python3 bench/reload_latency.py [--nodes N] [--times T] [--browser CHROMIUM]

Three kinds of text are changed: a name, which occurs on many pages and in diagrams, a text in plan.yaml, and a file of
content/. The plan is the real one or, with --nodes, a made-up one. The browser shows a page with the text.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sample_plans
from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_NAME = "子どもの学習支援"


@dataclass(frozen=True, slots=True)
class EditScenario:
    """A place in the sources at which a text is inserted again and again."""

    name: str
    path: str
    """Path of a page that shows the text."""
    file: Path
    before: str
    """The source text before the insertion; its first occurrence in the file is used."""


def real_plan_scenarios(folder: Path) -> Iterator[EditScenario]:
    """Copy the plan of this repository into a folder and yield its scenarios."""
    shutil.copytree(ROOT / "content", folder / "content")
    plan = Path(shutil.copy(ROOT / "plan.yaml", folder))
    text = folder / "content/nodes/children-learning.md"
    text.parent.mkdir()
    text.write_text("この文章は、速さを測るためのものです。\n", encoding="utf-8")
    yield EditScenario("a name", "index.html", plan, f"名称: {SAMPLE_NAME}")
    yield EditScenario("a text", "index.html", plan, "主題: ")
    yield EditScenario("a file", "measures/children-learning.html", text, "この文章")


def sample_plan_scenarios(folder: Path, nodes: int) -> Iterator[EditScenario]:
    """Write a plan with a number of nodes, one of them with its text in content/, and yield its scenarios."""
    tops = sample_plans.sample_tree(nodes)
    leaves = [node for top in tops for node in top.walk() if not node.children]
    inline, separate = leaves[len(leaves) // 2], leaves[len(leaves) // 3]
    sample_plans.write_plan(tops, folder, separate_ids=[separate.id])
    plan, page = folder / "plan.yaml", f"{inline.folder}/{inline.id}.html"
    yield EditScenario("a name", page, plan, f"名称: {inline.title}")
    yield EditScenario(
        "a text",
        page,
        plan,
        f"名称: {inline.title}\n{' ' * 4 * (inline.depth + 1)}本文: |\n      {' ' * 4 * inline.depth}",
    )
    yield EditScenario(
        "a file", f"{separate.folder}/{separate.id}.html", folder / f"content/nodes/{separate.id}.md", "大切にすること"
    )


def measure_reload(page: Page, scenario: EditScenario, text: str, word: str) -> float:
    """Insert a word into the file's text, save it, and return the seconds until the page shows the word."""
    saved = text.replace(scenario.before, f"{scenario.before}{word}", 1).encode()
    if word.encode() not in saved:
        raise ValueError(scenario)
    began = time.perf_counter()
    scenario.file.write_bytes(saved)
    while True:
        try:
            if page.evaluate("word => document.body.textContent.includes(word)", word):
                return time.perf_counter() - began
        except Error:  # the page is being loaded
            pass
        time.sleep(0.002)


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Serve a plan and yield its URL."""
    command = [sys.executable, "-u", str(ROOT / "build.py"), "serve", "--root", str(folder), "--port", "0"]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs of a shell ignore SIGINT
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout  # noqa: S101  # it is a pipe
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate()


def main(options: argparse.Namespace) -> None:
    """Print median, best and worst time of each scenario."""
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        nodes = options.nodes
        scenarios = list(sample_plan_scenarios(folder, nodes) if nodes else real_plan_scenarios(folder))
        texts = {scenario.file: scenario.file.read_text(encoding="utf-8") for scenario in scenarios}
        with running_server(folder) as url:
            browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(300_000)
            for scenario in scenarios:
                page.goto(url + scenario.path)
                milliseconds = []
                for turn in range(options.times):
                    time.sleep(options.rest + 0.017 * turn)  # so that saves fall at different times between two polls
                    word = f"改めた言葉{scenario.name}{turn:03}"
                    milliseconds.append(1000 * measure_reload(page, scenario, texts[scenario.file], word))
                best, median, worst = min(milliseconds), statistics.median(milliseconds), max(milliseconds)
                print(f"{scenario.name}: median {median:.0f} ms, best {best:.0f}, worst {worst:.0f}", flush=True)


if __name__ == "__main__":
    argument_parser = argparse.ArgumentParser()
    argument_parser.add_argument("--nodes", type=int, default=0)
    argument_parser.add_argument("--times", type=int, default=20)
    argument_parser.add_argument("--rest", type=float, default=0.4, help="seconds before each save")
    argument_parser.add_argument("--browser", default="/usr/bin/chromium-headless-shell")
    main(argument_parser.parse_args())
