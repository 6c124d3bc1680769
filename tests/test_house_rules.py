"""The laws of the house: who may import whom, who may touch the world. Read from the code, not from goodwill."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

NOUNS = {
    "mistakes",
    "model",
    "fields",
    "field_types",
    "patterns",
    "json_types",
    "kana",
    "years",
    "tables",
    "rules",
    "hands",
}
"""Every room may use these; `hands` is no noun, but it does nothing of its own either."""
LIBRARY = {
    "yaml": "load",
    "markdown": "typeset",
    "nh3": "typeset",
    "budoux": "typeset",
    "jinja2": "render",
    "markupsafe": "render",
    "graphviz": "draw",
    "typst": "bind",
    "pikepdf": "bind",
    "segno": "bind",
    "livereload": "serve",
    "tornado": "serve",
    "xlsxwriter": "export",
    "openpyxl": "restore",
    "PIL": "load",
}
"""One library, one room."""
READS = {"open", "read_text", "read_bytes", "iterdir", "glob", "rglob", "lstat"}
WRITES = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "rmtree", "touch"}
MAY_READ = {"load", "restore", "write", "ensure", "serve"}
"""Restore reads tables from outside, write compares with what stands there, ensure runs before there is a house, serve
looks whether a source changed."""
MAY_WRITE = {"write", "ensure", "bind", "load"}
"""The press lays its engine's one folder out, load an earlier revision. Jinja2 keeps what it has compiled beside what
Python has."""
MAY_START = {"draw", "ensure", "load"}  # load asks git when the sources were changed, and how they were


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "handbook").parts[0].removesuffix(".py")


def _in_memory(call: ast.Call) -> bool:
    """Whether what is opened is a value: `Pdf.open(io.BytesIO(data))`."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Call) and ast.unparse(first.func) == "io.BytesIO"


def faults(room: str, code: str) -> Iterator[str]:
    """Every law that a module of a room breaks."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
            names = [alias.name for alias in node.names]
            top, _, rest = module.partition(".")
            if top == "handbook":
                for other in [rest.split(".")[0]] if rest else names:
                    if other != room and other not in NOUNS:
                        yield f"{room} imports the verb {other}"
            if LIBRARY.get(top, room) != room:
                yield f"{room} imports {top}, which belongs to {LIBRARY[top]}"
            if top == "subprocess" and room not in MAY_START:
                yield f"{room} starts programs"
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in READS and room not in MAY_READ and not _in_memory(node):
                yield f"{room} reads the disk with {called}"
            if called in WRITES and room not in MAY_WRITE:
                yield f"{room} writes the disk with {called}"
            if called in {"print", "exit"} and room != "ensure":
                yield f"{room} calls {called}"
        elif isinstance(node, ast.Global):
            yield f"{room} has a global"


def test_every_room_keeps_the_laws() -> None:
    modules = sorted((ROOT / "handbook").rglob("*.py"))
    assert len(modules) > 15
    broken = [f for m in modules for f in faults(room_of(m), m.read_text(encoding="utf-8"))]
    assert broken == []


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("route", "from handbook import render"),
        ("route", "from handbook.load import tree"),
        ("render", "import yaml"),
        ("check", "import subprocess"),
        ("compare", "import subprocess"),
        ("compare", "from handbook import load"),
        ("route", "open('x')"),
        ("render", "p.write_text('x')"),
        ("typeset", "print('x')"),
        ("model", "import jinja2"),
        ("load", "def f():\n    global x"),
    ],
)
def test_a_broken_law_is_seen(room: str, code: str) -> None:
    assert list(faults(room, code))


def test_nouns_import_no_verbs_and_the_code_names_no_level() -> None:
    levels = {"基本目標", "推進の重点", "推進の方向", "施策の展開", "具体的な施策", "事業", "priorities", "苫小牧"}
    for path in [ROOT / "build.py", *(ROOT / "handbook").rglob("*.py"), *(ROOT / "templates").iterdir()]:
        text = path.read_text(encoding="utf-8")
        assert not {word for word in levels if word in text}, path


def test_engines_are_imported_when_their_room_is_first_used() -> None:
    code = "import sys; sys.argv=['build.py']; import build; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not [name for name in LIBRARY if f"'{name}'" in done.stdout]


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_the_linters_find_nothing(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_requirements_are_pinned_hashed_and_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-serve.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and line[0] not in " #" and line != "-r requirements.txt"]
        assert all("==" in pin for pin in pins)
        assert all("--hash=sha256:" in lines[lines.index(pin) + 1] for pin in pins)
        assert not [line for line in lines if "://" in line or "index" in line]


def test_what_runs_and_what_is_tested_are_the_same_packages() -> None:
    pins: dict[str, set[str]] = {}
    for name in ("requirements.txt", "requirements-serve.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if "==" in line and line[0] not in " #":
                package, _, version = line.partition("==")
                pins.setdefault(package, set()).add(version.split(" ")[0])
    assert {package: versions for package, versions in pins.items() if len(versions) > 1} == {}
