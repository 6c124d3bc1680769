"""How soon a saved word stands in the browser, from the write of the file to the new word in the page. Not a test.

    python3 bench/reload_latency.py [--nodes N] [--times T] [--browser CHROMIUM]

Three kinds of word: one in a name, which stands in many pages and in diagrams, one in a text of plan.yaml, and one in
a file of content/. The plan is the real one or, with --nodes, a made-up one; the page is one that holds the word.
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
    """A word that is changed again and again."""

    name: str
    path: str
    """Of the page it stands on."""
    file: Path
    word: str
    """It, with what stands before it in the file; only the first of its kind is changed."""


def real_plan_scenarios(folder: Path) -> Iterator[EditScenario]:
    """Lay out the plan of this repository."""
    shutil.copytree(ROOT / "content", folder / "content")
    plan = Path(shutil.copy(ROOT / "plan.yaml", folder))
    text = folder / "content/nodes/children-learning.md"
    text.parent.mkdir()
    text.write_text("この文章は、速さを測るためのものです。\n", encoding="utf-8")
    yield EditScenario("a name", "index.html", plan, f"名称: {SAMPLE_NAME}")
    yield EditScenario("a text", "index.html", plan, "主題: ")
    yield EditScenario("a file", "measures/children-learning.html", text, "この文章")


def sample_plan_scenarios(folder: Path, nodes: int) -> Iterator[EditScenario]:
    """Lay out a plan with so many nodes; one of those in the middle has its text in content/."""
    tops = sample_plans.sample_tree(nodes)
    leaves = [node for top in tops for node in top.walk() if not node.children]
    typed, apart = leaves[len(leaves) // 2], leaves[len(leaves) // 3]
    sample_plans.write_plan(tops, folder, apart=[apart.id])
    plan, page = folder / "plan.yaml", f"{typed.folder}/{typed.id}.html"
    yield EditScenario("a name", page, plan, f"名称: {typed.title}")
    yield EditScenario(
        "a text",
        page,
        plan,
        f"名称: {typed.title}\n{' ' * 4 * (typed.depth + 1)}本文: |\n      {' ' * 4 * typed.depth}",
    )
    yield EditScenario(
        "a file", f"{apart.folder}/{apart.id}.html", folder / f"content/nodes/{apart.id}.md", "大切にすること"
    )


def measure_reload(page: Page, kind: EditScenario, text: str, word: str) -> float:
    """Save another word and return how long it takes to come."""
    saved = text.replace(kind.word, f"{kind.word}{word}", 1).encode()
    if word.encode() not in saved:
        raise ValueError(kind)
    began = time.perf_counter()
    kind.file.write_bytes(saved)
    while True:
        try:
            if page.evaluate("word => document.body.textContent.includes(word)", word):
                return time.perf_counter() - began
        except Error:  # the page is just being loaded
            pass
        time.sleep(0.002)


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Serve a plan; give the address."""
    words = [sys.executable, "-u", str(ROOT / "build.py"), "serve", "--root", str(folder), "--port", "0"]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has those in the background ignore it
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stdout  # noqa: S101  # it is a pipe
        try:
            yield running.stdout.readline().split()[-1]
        finally:
            running.send_signal(signal.SIGINT)
            running.communicate()


def main(options: argparse.Namespace) -> None:
    """Print median, best and worst of each kind."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        kinds = list(sample_plan_scenarios(folder, options.nodes) if options.nodes else real_plan_scenarios(folder))
        texts = {kind.file: kind.file.read_text(encoding="utf-8") for kind in kinds}
        with running_server(folder) as address:
            browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(300_000)
            for kind in kinds:
                page.goto(address + kind.path)
                took = []
                for turn in range(options.times):
                    time.sleep(options.rest + 0.017 * turn)  # so that the saves fall anywhere between two looks
                    took.append(1000 * measure_reload(page, kind, texts[kind.file], f"改めた言葉{kind.name}{turn:03}"))
                told = f"median {statistics.median(took):.0f} ms, best {min(took):.0f}, worst {max(took):.0f}"
                print(f"{kind.name}: {told}", flush=True)


if __name__ == "__main__":
    argument_parser = argparse.ArgumentParser()
    argument_parser.add_argument("--nodes", type=int, default=0)
    argument_parser.add_argument("--times", type=int, default=20)
    argument_parser.add_argument("--rest", type=float, default=0.4, help="seconds between the word and the next save")
    argument_parser.add_argument("--browser", default="/usr/bin/chromium-headless-shell")
    main(argument_parser.parse_args())
