"""How soon a saved word stands in the browser, from the write of plan.yaml to the new word in the page. Not a test.

    python3 bench/serve.py [CHROMIUM] [TIMES]

Two kinds of word: one in a name, which stands in many pages and in diagrams, and one in the plan's own text.
"""

from __future__ import annotations

import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
KINDS = {"a name": "名称: 子どもの学習支援", "a text": "主題: "}


def seconds(page: Page, plan: Path, text: str, kind: str, turn: int) -> float:
    """Save another word and return how long it takes to come."""
    word = f"改めた言葉{turn}"
    began = time.perf_counter()
    plan.write_text(text.replace(KINDS[kind], f"{KINDS[kind]}{word}", 1), encoding="utf-8")
    while True:
        try:
            if page.evaluate("word => document.body.textContent.includes(word)", word):
                return time.perf_counter() - began
        except Error:  # the page is just being loaded
            pass
        time.sleep(0.002)


def main(browser: str, times: int) -> None:
    """Print median, best and worst of each kind."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shutil.copytree(ROOT / "content", Path(folder) / "content")
        plan = Path(shutil.copy(ROOT / "plan.yaml", folder))
        text = plan.read_text(encoding="utf-8")
        words = [sys.executable, "-u", str(ROOT / "build.py"), "serve", "--root", folder, "--port", "0"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as running:
            assert running.stdout  # noqa: S101  # it is a pipe
            address = running.stdout.readline().split()[-1]
            opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            page = opened.new_page()
            page.goto(address)
            for kind in KINDS:
                took = []
                for turn in range(times):
                    time.sleep(0.4 + 0.017 * turn)  # so that the saves fall anywhere between two looks
                    took.append(1000 * seconds(page, plan, text, kind, turn))
                print(f"{kind}: median {statistics.median(took):.0f} ms, best {min(took):.0f}, worst {max(took):.0f}")
            opened.close()
            running.send_signal(signal.SIGINT)
            running.communicate()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium", int(sys.argv[2]) if len(sys.argv) > 2 else 20)
