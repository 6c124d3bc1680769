"""Words that names, comments and docstrings avoid, since they make a person of a program or are out of use.

    PYTHONPATH=tests python3 -m support.vocabulary [FOLDER …]

lists each use in these folders, or the number of uses in every folder.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
AVOIDED = re.compile(
    "told|tells?|said|says?|held|hands?|heaps?|aside|beside|asked|asks|whoever|whatever|nought|nobody|anew|beneath"
    "|mend|mends|mended|lends?|dying|knows|standing|annals|tangled?|slips?|desk|doors?|victim|lest|forgets?|remembers?"
)
ALLOWED = {
    ("templates", "aside"): "the HTML element",
    ("theme", "aside"): "the HTML element",
    ("docs", "tell"): "a method of files",
    ("docs", "nobody"): "an anchor in an example of a mistake",
    ("templates", "tell"): "an anchor of accessibility.html, which other sites may link to",
}
"""Reasons for words that may be used, by top folder and word."""
TOPS = ("build.py", "handbook", "tests", "bench", "templates", "theme", "docs", "README.md")
SUFFIXES = frozenset({".py", ".html", ".css", ".js", ".typ", ".md"})
SKIPPED = frozenset({"node_modules", "golden", "first-published-plan", "mistakes", "__pycache__"})
"""Installed packages, and expected outputs."""
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
"""One word of an identifier or a text: `planPath`, `PLAN_PATH` and `plan-path` have two."""


class Use(NamedTuple):
    """An avoided word at its place."""

    path: str
    line: int
    word: str


def python_texts(code: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each comment, docstring and identifier. Other strings are left out."""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(code)):
        line = getattr(node, "lineno", 1)
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield from enumerate(text.split("\n"), line)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield line, name
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield line, name
            case ast.keyword(arg=str(name)) | ast.alias(name=name):
                yield line, name


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of what a file is checked for: all of a template, a script or a style sheet."""
    text = path.read_text(encoding="utf-8")
    yield from python_texts(text) if path.suffix == ".py" else enumerate(text.split("\n"), 1)


def uses(root: Path, folder: str) -> Iterator[Use]:
    """Yield each avoided word in a folder (or file) under the root."""
    top = root / folder
    files = [top] if top.is_file() else sorted(file for file in top.rglob("*") if file.suffix in SUFFIXES)
    for file in files:
        path = file.relative_to(root)
        if SKIPPED & set(path.parts):
            continue
        for line, text in texts(file):
            for word in map(str.lower, PART.findall(text)):
                if AVOIDED.fullmatch(word) and (path.parts[0], word) not in ALLOWED:
                    yield Use(path.as_posix(), line, word)


def count_by_folder(root: Path) -> Counter[str]:
    """Return the number of uses for each package, folder of tests, and other top folder."""
    counts: Counter[str] = Counter()
    for top in TOPS:
        for use in uses(root, top):
            parts = use.path.split("/")
            inner = len(parts) > 1 and top in ("handbook", "tests")
            counts["/".join(parts[:2]) if inner and (top == "handbook" or len(parts) > 2) else top] += 1
    return counts


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        for use in uses(ROOT, argument):
            print(f"{use.path}:{use.line}: {use.word}")
    if not sys.argv[1:]:
        for name, number in count_by_folder(ROOT).most_common():
            print(f"{number:5} {name}")
