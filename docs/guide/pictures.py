"""The guide's examples, read out of it and made true: the messages it quotes, and its pictures.

    python3 docs/guide/pictures.py

Rewrites every quoted message in docs/guide.md and every picture in docs/guide/ from what the tool does now with
example/. Needs the packages of requirements-dev.txt and a Chromium (path in HANDBOOK_BROWSER). The tests read the
examples through this file too, so that no picture shows what no test has tried.
"""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import FloatRect, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GUIDE = HERE.parent / "guide.md"
TOOL = ROOT / "build.py"
BLOCK = re.compile(
    r"^ *(?P<label>[^\n]+):\n\n(?P<indent> *)```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
"""A fenced block and the line of text above it, which describes it."""
MOST = 100_000
"""Bytes of a picture."""


@dataclass
class Wrong:
    """A wrong edit, and the message for it in the guide."""

    before: str
    after: str
    message: str = ""


@dataclass
class Example:
    """What one chapter of the guide does to the plan."""

    edits: list[tuple[str, str]] = field(default_factory=list)
    """Before and after, to the letter; each stands once in the plan."""
    files: dict[str, str] = field(default_factory=dict)
    """Files that are written, by their path."""
    wrong: list[Wrong] = field(default_factory=list)


def examples(text: str) -> dict[str, Example]:
    """The examples of the guide by the heading of their chapter."""
    found: dict[str, Example] = {}
    for chapter in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        example, before = Example(), ""
        for block in BLOCK.finditer(chapter):
            indent, label = block["indent"], block["label"].strip()
            words = re.sub(rf"^{indent}", "", block["text"], flags=re.MULTILINE)
            if label == "直す前":
                before = words
            elif label == "直した後":
                example.edits.append((before, words))
            elif label == "まちがい":
                example.wrong.append(Wrong(before, words))
            elif label == "知らせ":
                example.wrong[-1].message = words
            elif label.startswith("`content/"):
                example.files[label.strip("`")] = words
        found[chapter.partition("\n")[0]] = example
    return found


def edited(root: Path, *edits: tuple[str, str]) -> Path:
    """The same plan with these edits made."""
    path = root / "plan.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in edits:
        if text.count(before) != 1:
            message = f"stands {text.count(before)} times in the plan:\n{before}"
            raise LookupError(message)
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8", newline="\n")
    return root


def planted(folder: Path, *edits: tuple[str, str], files: dict[str, str] | None = None) -> Path:
    """A copy of the fictitious plan with these edits made; a picture is put where a written text shows one."""
    shutil.copytree(ROOT / "example", folder, ignore=shutil.ignore_patterns("output", ".output*"))
    for name, words in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(words, encoding="utf-8", newline="\n")
        for image in re.findall(r"\]\((images/[a-z0-9-]+\.png)\)", words):
            (folder / "content/images").mkdir(exist_ok=True)
            shutil.copy(HERE / "shade-bench.png", folder / "content" / image)
    return edited(folder, *edits)


def build(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run build.py as an editor does."""
    command = [sys.executable, str(TOOL), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def error_report(folder: Path) -> str:
    """What the terminal shows of the mistakes of a plan, without its first line, which has a temporary folder."""
    lines = build("check", "--no-booklet", "--root", folder).stderr.splitlines(keepends=True)[1:]
    return "".join(line for line in lines if not re.match(r"  ページ [\d,]+ / ", line))  # progress on a slow machine


def error_message(folder: Path) -> str:
    """The mistakes of a plan, as the terminal shows them, without the sentence that counts them."""
    return error_report(folder).rpartition("\n\n")[0] + "\n"


def true(text: str) -> str:
    """Return the guide with every quoted message as the tool prints it now."""
    messages = []
    for example in examples(text).values():
        for wrong in example.wrong:
            with TemporaryDirectory() as folder:
                messages.append(error_message(planted(Path(folder, "plan"), (wrong.before, wrong.after))))
    quoted = iter(messages)
    return re.sub(r"(?ms)^(知らせ:\n\n```text\n).*?^```$", lambda found: f"{found[1]}{next(quoted)}```", text)


# --- pictures ---

WIDE, HIGH, SHARP = 880, 820, 1.5
BENCH = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 300" width="640" height="300">
<rect width="640" height="300" fill="#eef4ea"/><rect y="230" width="640" height="70" fill="#cfe0c3"/>
<rect x="306" y="110" width="28" height="130" fill="#8a6d4f"/><circle cx="320" cy="95" r="78" fill="#5d8f5a"/>
<circle cx="258" cy="118" r="50" fill="#6b9c66"/><circle cx="382" cy="118" r="50" fill="#6b9c66"/>
<g fill="#6b5138"><rect x="96" y="200" width="130" height="12"/><rect x="110" y="212" width="10" height="30"/>
<rect x="202" y="212" width="10" height="30"/><rect x="414" y="200" width="130" height="12"/>
<rect x="428" y="212" width="10" height="30"/><rect x="520" y="212" width="10" height="30"/></g></svg>"""
"""The drawing that the guide puts into a text: no place that there is."""
PAPER = """<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><style>
body { margin: 0; padding: 20px 24px; background: #fff; color: #1b1b1b; font: 15px/1.6 monospace; }
pre { margin: 0; font: inherit; white-space: pre; }
</style><pre>"""


def small(png: bytes) -> bytes:
    """The same picture in as many colours as its size allows."""
    with Image.open(io.BytesIO(png)) as whole:
        for colours in (256, 128, 64, 32, 24, 16):
            made = io.BytesIO()
            whole.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
            if made.tell() <= MOST:
                break
    return made.getvalue()


def git(folder: Path, *words: str) -> None:
    """Note something in a repository that lives as long as a picture takes."""
    name = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    day = "2026-04-01T09:00:00+09:00"  # shown in the picture
    env = {**os.environ, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
    subprocess.run(["git", *name, *words], cwd=folder, env=env, check=True)


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """The address at which `build.py serve` shows a plan."""
    command = [sys.executable, "-u", str(TOOL), "serve", "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stdout
        address = re.search(r"http://[^\s/]+", running.stdout.readline())
        assert address, "build.py serve says no address"
        yield address[0]
        running.terminate()


def browser() -> str:
    """Path of the Chromium that takes the pictures."""
    names = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
    found = os.environ.get("HANDBOOK_BROWSER") or next(filter(None, map(shutil.which, names)), None)
    return found or sys.exit("no Chromium: HANDBOOK_BROWSER names one")


@dataclass
class Camera:
    """A browser's window, and where the plans lie that it is shown."""

    page: Page
    scratch: Path

    def take(self, name: str, last: str, first: str = "") -> None:
        """Take what the page shows from one element, or its top, to another."""
        end = self.page.locator(last).first.bounding_box()
        start = self.page.locator(first).first.bounding_box() if first else {"y": 16.0}
        assert start, f"{name}: no {first}"
        assert end, f"{name}: no {last}"
        top = max(0, start["y"] - 16)
        clip: FloatRect = {"x": 0, "y": top, "width": WIDE, "height": end["y"] + end["height"] + 16 - top}
        self.keep(name, self.page.screenshot(clip=clip, full_page=True))

    def keep(self, name: str, png: bytes) -> None:
        """Save a picture in the folder of the guide."""
        (HERE / f"{name}.png").write_bytes(small(png))
        print(f"docs/guide/{name}.png")

    def site(self, name: str, example: Example, address: str, last: str) -> None:
        """Take a page of the site that an example makes, from its title on."""
        root = planted(self.scratch / name, *example.edits, files=example.files)
        done = build("--no-booklet", "--root", root)
        if done.returncode:
            sys.exit(done.stderr)
        self.page.goto((root / "output" / address).as_uri())
        self.take(name, last, "main .title")

    def comparison(self, *examples: Example) -> None:
        """Take the comparison that `build.py diff` makes of these examples and the published plan."""
        plan = planted(self.scratch / "before")
        git(plan, "init", "-qb", "main")
        git(plan, "add", "-A")
        git(plan, "commit", "-qm", "The plan as it is published")
        edited(plan, *(edit for example in examples for edit in example.edits))
        paper = self.scratch / "comparison.html"
        build("diff", "main", "--root", plan, "--format", "html", "--output", paper)
        self.page.goto(paper.as_uri())
        self.take("comparison", "table")

    def mistakes(self, *wrong: Wrong) -> None:
        """Take mistakes in the terminal, then as `build.py serve` shows them over a page."""
        bad = planted(self.scratch / "bad", *((one.before, one.after) for one in wrong))
        self.page.set_content(PAPER + html.escape(error_report(bad)))
        self.take("mistake", "pre")
        plan = planted(self.scratch / "served")
        with serving(plan) as address:
            self.page.goto(f"{address}/projects/pocket-parks.html")
            shutil.copy(bad / "plan.yaml", plan)
            self.page.locator("#handbook-mistakes_ li").first.wait_for()
            self.keep("serve", self.page.screenshot())


def main() -> None:
    """Make the guide true and take its pictures again."""
    text = true(GUIDE.read_text(encoding="utf-8"))
    GUIDE.write_text(text, encoding="utf-8", newline="\n")
    found = examples(text)
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": WIDE, "height": HIGH}, device_scale_factor=SHARP)
        camera = Camera(page, Path(scratch))
        page.set_content(BENCH)
        camera.keep("shade-bench", page.locator("svg").screenshot())
        camera.site("rename", found["言葉を 1 つ直す"], "projects/pocket-parks.html", "dl.facts")
        camera.site("add", found["事業を足す"], "efforts/vacant-land.html", "ul.children")
        camera.site("record", found["実績値と評価を書く"], "efforts/nature-classes.html", ".indicator-card")
        camera.site("end", found["終える"], "projects/street-tree-renewal.html", "dl.facts")
        camera.site("picture", found["絵を入れる"], "projects/pocket-parks.html", ".prose img")
        chapters = "言葉を 1 つ直す", "事業を足す", "別のところへ移す", "終える"
        camera.comparison(*(found[chapter] for chapter in chapters))
        wrong = found["赤い印が出たら"].wrong
        camera.mistakes(wrong[0], wrong[2], wrong[4])
        chromium.close()


if __name__ == "__main__":
    main()
