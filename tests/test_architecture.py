"""The rules of the code: layers, cycles, sizes, names, and which packages may use the disk and other programs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import FIRST, ROOT
from support import import_graph, source_tree
from support.import_graph import LAYERS
from support.source_tree import modules, package_of

SHARED_LIBRARIES = {
    "markdown": "`converter` puts its reader together from `block_elements` and `inline_syntax`, which use its classes",
    "pikepdf": "`post_process` edits the PDF of Typst in several steps, `imposition` makes new ones of its pages",
    "PIL": "`pixels` prepares pictures for publication, `print_copy` scales them for print",
    "markupsafe": "the type of text that is HTML already; both modules of `render` exchange it",
    "tornado": "the server and its request handlers are two modules",
}
MAX_MODULE_LINES, MAX_FUNCTION_LINES, MAX_MODULES_PER_NAME = 250, 40, 2
ALLOWED_NAMES = {"__all__", "main", "run", "T", "NAME", "HELP", "arguments"}
"""The last three are in each module of `commands`."""
READS = {"open", "read_text", "read_bytes", "iterdir", "glob", "rglob", "lstat"}
WRITES = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "rmtree", "touch"}
MAY_READ = {"parse", "git", "importer", "write", "bootstrap", "serve", "commands", "cli", "markdown"}
"""`markdown` reads its list of words, `write` compares with the files of the last build, `serve` polls the sources,
`cli` opens the null device."""
MAY_WRITE = {"write", "bootstrap", "booklet", "git", "interrupts", "build"}
"""The Typst compiler gets a temporary folder of fonts, `git` checks out a revision; `interrupts` deletes both."""
MAY_START = {"programs", "diagram", "git", "bootstrap", "commands"}
"""`programs` starts Graphviz, git and browsers; `diagram` and `git` use its exceptions. Others: pip, linters."""
MAY_PRINT = {"cli", "commands", "japanese_argparse", "bootstrap", "build"}


def _in_memory(call: ast.Call) -> bool:
    """Return whether a call opens bytes instead of a file: `Pdf.open(io.BytesIO(data))`."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Call) and ast.unparse(first.func) == "io.BytesIO"


def edge_violations(root: Path) -> Iterator[str]:
    """Yield each use of the disk, of other programs, of the terminal and of globals where it is not allowed."""
    for path, tree in modules(root).items():
        package = package_of(path)
        if package not in MAY_START and any(module == "subprocess" for module, _ in source_tree.imported(tree)):
            yield f"{path} starts programs"
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                yield f"{path} has a global"
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in READS and package not in MAY_READ and not _in_memory(node):
                yield f"{path} reads the disk with {called}"
            if called in WRITES and package not in MAY_WRITE:
                yield f"{path} writes the disk with {called}"
            if called in {"print", "exit"} and package not in MAY_PRINT:
                yield f"{path} calls {called}"


def plant(root: Path, **files: str) -> Path:
    """Write a small tree: `handbook__site="…"` becomes handbook/site.py, `t__x` becomes templates/x.html."""
    for name, code in files.items():
        top, *rest = name.split("__")
        path = root / "templates" / f"{rest[0]}.html" if top == "t" else root.joinpath(top, *rest).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    return root


def test_the_whole_source_tree_is_read() -> None:
    assert len(modules(ROOT)) > 100
    assert "build.py" in modules(ROOT)


# --- imports ---


def test_no_modules_import_each_other() -> None:
    assert list(source_tree.import_cycles(ROOT)) == []


def test_a_planted_cycle_is_found(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        handbook__model__a="from handbook.model import b",
        handbook__model__b="if True:\n    from handbook.model.c import x",
        handbook__model__c="import handbook.model.a",
    )
    (cycle,) = source_tree.import_cycles(root)
    assert cycle.count("→") == 3
    plant(tmp_path, handbook__model__c="def late():\n    import handbook.model.a")
    assert list(source_tree.import_cycles(root)) == []


def test_packages_import_lower_packages_only() -> None:
    assert list(source_tree.layer_violations(ROOT, LAYERS)) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("handbook__site__tree", "from handbook import render"),
        ("handbook__site__tree", "from handbook.parse import plan_reader"),
        ("handbook__model__plan", "from handbook.site import site"),
        ("handbook__fields", "def late():\n    from handbook import model"),
        ("handbook__compare", "import handbook.parse.plan_reader"),
        ("handbook__new", "x = 1"),
    ],
)
def test_a_planted_import_of_a_higher_package_is_found(name: str, code: str, tmp_path: Path) -> None:
    assert list(source_tree.layer_violations(plant(tmp_path, **{name: code}), LAYERS))
    allowed = plant(tmp_path / "good", handbook__site__tree="from handbook.model import Plan\nimport html")
    assert list(source_tree.layer_violations(allowed, LAYERS)) == []


def test_the_picture_of_the_imports_is_fresh(pytestconfig: pytest.Config) -> None:
    drawn = ROOT / "docs" / "architecture.svg"
    picture = import_graph.picture(ROOT)
    if pytestconfig.getoption("--golden"):
        drawn.write_text(picture, encoding="utf-8")
    assert import_graph.titles(drawn.read_text(encoding="utf-8")) == import_graph.titles(picture)


def test_a_new_import_makes_the_picture_stale(tmp_path: Path) -> None:
    root = plant(
        tmp_path, handbook__model__a="", handbook__parse__a="from handbook.model import a", handbook__git__a=""
    )
    before = import_graph.titles(import_graph.picture(root))
    assert "parse&#45;&gt;model" in before
    plant(tmp_path, handbook__parse__b="from handbook.git import a")
    assert set(import_graph.titles(import_graph.picture(root))) - set(before) == {"parse&#45;&gt;git"}


def test_the_map_names_every_package_and_only_files_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall("`((?:handbook|templates|theme|tests)/[a-z_./-]*)`", text))
    assert len(named) > 60
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    tops = {"/".join(path.split("/")[:2]) for path in modules(ROOT) if path.startswith("handbook/")}
    assert sorted(tops - {path.rstrip("/") for path in named} - {"handbook/__init__.py"}) == []


def test_each_library_is_imported_by_one_module() -> None:
    assert list(source_tree.library_violations(ROOT, SHARED_LIBRARIES)) == []


def test_a_library_imported_twice_is_found(tmp_path: Path) -> None:
    root = plant(tmp_path, handbook__parse__a="import yaml", handbook__export="def f():\n    from yaml import load")
    (found,) = source_tree.library_violations(root, SHARED_LIBRARIES)
    assert found.startswith("yaml is imported by")


def test_engines_are_imported_on_first_use() -> None:
    code = "import sys; sys.argv=['build.py']; import build; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    libraries = {
        module.partition(".")[0] for tree in modules(ROOT).values() for module, _ in source_tree.imported(tree)
    }
    libraries -= sys.stdlib_module_names | {"handbook", "build"}
    assert len(libraries) > 10
    assert libraries & set(done.stdout.split()) == set()


# --- edges ---


def test_only_the_allowed_packages_use_disk_programs_and_terminal() -> None:
    assert list(edge_violations(ROOT)) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("handbook__check", "import subprocess"),
        ("handbook__compare", "from subprocess import run"),
        ("handbook__site", "open('x')"),
        ("handbook__render", "p.write_text('x')"),
        ("handbook__markdown", "print('x')"),
        ("handbook__parse", "def f():\n    global x"),
    ],
)
def test_a_planted_use_of_disk_programs_and_terminal_is_found(name: str, code: str, tmp_path: Path) -> None:
    assert list(edge_violations(plant(tmp_path, **{name: code})))


# --- sizes and names ---


def test_modules_and_functions_are_short() -> None:
    assert list(source_tree.long_modules(ROOT, MAX_MODULE_LINES, {})) == []
    assert list(source_tree.long_functions(ROOT, MAX_FUNCTION_LINES, {})) == []


def test_a_planted_long_module_and_function_are_found(tmp_path: Path) -> None:
    root = plant(
        tmp_path, handbook__a="x = 1\n" * 251, handbook__b="class C:\n    def f(self):\n" + "        x = 1\n" * 40
    )
    assert list(source_tree.long_modules(root, MAX_MODULE_LINES, {})) == ["handbook/a.py has 251 lines"]
    assert list(source_tree.long_functions(root, MAX_FUNCTION_LINES, {})) == ["handbook/b.py:f has 41 lines"]


def test_no_public_name_is_defined_in_more_than_two_modules() -> None:
    assert list(source_tree.repeated_names(ROOT, MAX_MODULES_PER_NAME, ALLOWED_NAMES)) == []


def test_a_planted_repeated_name_is_found(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        handbook__a="def shared(): ...\ndef main(): ...",
        handbook__b="shared: int = 1\nmain = 1",
        handbook__c="class shared: ...\nmain, own = 1, 2",
    )
    (found,) = source_tree.repeated_names(root, MAX_MODULES_PER_NAME, ALLOWED_NAMES)
    assert found.startswith("shared is defined in")


def levels() -> tuple[set[str], set[str]]:
    """Return the names of the levels of the plan in this repository, with its city, and the folders of their pages."""
    plan = yaml.safe_load((FIRST / "plan.yaml").read_text(encoding="utf-8"))
    return {"苫小牧", *(level["名称"] for level in plan["階層"])}, {level["path"] for level in plan["階層"]}


def test_the_code_names_no_level() -> None:
    names, folders = levels()
    assert (len(names), len(folders)) == (7, 6)
    assert list(source_tree.level_names(ROOT, names, folders)) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"handbook__a": "x = '基本目標'"},
        {"handbook__a": "# 施策の展開"},
        {"handbook__a": "path = 'priorities/x.html'"},
        {"build": "def f(level='goals'): ..."},
        {"t__list": "<h2>具体的な施策</h2>"},
    ],
)
def test_a_planted_level_name_is_found(planted: dict[str, str], tmp_path: Path) -> None:
    assert list(source_tree.level_names(plant(tmp_path, **planted), *levels()))


def test_a_folder_of_pages_may_be_in_an_example(tmp_path: Path) -> None:
    assert list(source_tree.level_names(plant(tmp_path, handbook__a="Field(example='goals')"), *levels())) == []


# --- requirements ---


def test_requirements_are_pinned_hashed_and_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-serve.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and line[0] not in " #" and line != "-r requirements.txt"]
        assert all("==" in pin for pin in pins)
        assert all("--hash=sha256:" in lines[lines.index(pin) + 1] for pin in pins)
        assert not [line for line in lines if "://" in line or "index" in line]


def test_the_tests_use_the_same_versions_as_a_build() -> None:
    pins: dict[str, set[str]] = {}
    for name in ("requirements.txt", "requirements-serve.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if "==" in line and line[0] not in " #":
                package, _, version = line.partition("==")
                pins.setdefault(package, set()).add(version.split(" ")[0])
    assert {package: versions for package, versions in pins.items() if len(versions) > 1} == {}
