"""Checks of a Python source tree: each function takes the root of a tree and yields one line per violation."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

PACKAGE = "handbook"
Layers = Sequence[Collection[str]]


def modules(root: Path) -> dict[str, ast.Module]:
    """Return the parsed modules of the package and build.py, by path relative to the root."""
    paths = [path for path in (root / "build.py", *sorted((root / PACKAGE).rglob("*.py"))) if path.exists()]
    return {path.relative_to(root).as_posix(): _parse(path.read_text(encoding="utf-8")) for path in paths}


@lru_cache(maxsize=512)
def _parse(code: str) -> ast.Module:
    """Parse a module once for all checks."""
    return ast.parse(code)


def package_of(path: str) -> str:
    """Return the top-level part of a path: `handbook/parse/plan_reader.py` → `parse`, `handbook/kana.py` → `kana`."""
    return path.split("/")[1].removesuffix(".py") if "/" in path else path.removesuffix(".py")


def imported(tree: ast.AST, *, in_functions: bool = True) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of each import; the name is empty for `import module`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif in_functions or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from imported(node, in_functions=in_functions)


def _file_of(module: str, name: str, known: Collection[str]) -> str | None:
    """Return the file that an import loads, or None if it is not part of the tree."""
    folder = module.replace(".", "/")
    candidates = (f"{folder}/{name}.py", f"{folder}/{name}/__init__.py", f"{folder}.py", f"{folder}/__init__.py")
    return next((path for path in candidates if path in known), None)


def import_cycles(root: Path) -> Iterator[str]:
    """Yield each cycle of top-level imports between modules."""
    parsed = modules(root)
    graph = {
        path: sorted(
            {found for one in imported(tree, in_functions=False) if (found := _file_of(*one, parsed))} - {path}
        )
        for path, tree in parsed.items()
    }
    done: set[str] = set()

    def visit(path: str, trail: tuple[str, ...]) -> Iterator[str]:
        if path in trail:
            yield " → ".join((*trail[trail.index(path) :], path))
        elif path not in done:
            for other in graph[path]:
                yield from visit(other, (*trail, path))
            done.add(path)

    for path in graph:
        yield from visit(path, ())


def layer_violations(root: Path, layers: Layers) -> Iterator[str]:
    """Yield each import of a package of the same or a higher layer, and each package that is in no layer."""
    level = {name: number for number, names in enumerate(layers) for name in names}
    for path, tree in modules(root).items():
        own = package_of(path)
        if path != f"{PACKAGE}/__init__.py" and own not in level:
            yield f"{path}: {own} is in no layer"
            continue
        for module, name in imported(tree):
            if module.partition(".")[0] == PACKAGE:
                other = module.split(".")[1] if "." in module else name
                if other != own and level.get(other, 0) >= level[own]:
                    yield f"{path}: imports {other}, which is not in a lower layer"


def library_violations(root: Path, shared: Mapping[str, str]) -> Iterator[str]:
    """Yield each third-party library that several modules import. `shared` maps exceptions to their reasons."""
    users: dict[str, set[str]] = defaultdict(set)
    for path, tree in modules(root).items():
        for module, _ in imported(tree):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names | {PACKAGE, "build"}:
                users[top].add(path)
    for library, paths in sorted(users.items()):
        if len(paths) > 1 and library not in shared:
            yield f"{library} is imported by {', '.join(sorted(paths))}"


def long_modules(root: Path, limit: int, exceptions: Mapping[str, str]) -> Iterator[str]:
    """Yield each module with more lines than the limit."""
    for path in modules(root):
        lines = (root / path).read_text(encoding="utf-8").count("\n")
        if lines > limit and path not in exceptions:
            yield f"{path} has {lines} lines"


def long_functions(root: Path, limit: int, exceptions: Mapping[str, str]) -> Iterator[str]:
    """Yield each function with more lines than the limit, from its `def` to its last line."""
    for path, tree in modules(root).items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > limit and f"{path}:{node.name}" not in exceptions:
                    yield f"{path}:{node.name} has {lines} lines"


def _top_level_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        for target in node.targets if isinstance(node, ast.Assign) else ():
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def repeated_names(root: Path, limit: int, exceptions: Collection[str]) -> Iterator[str]:
    """Yield each public top-level name that more modules define than the limit."""
    users: dict[str, set[str]] = defaultdict(set)
    for path, tree in modules(root).items():
        for name in _top_level_names(tree):
            users[name].add(path)
    for name, paths in sorted(users.items()):
        if len(paths) > limit and not name.startswith("_") and name not in exceptions:
            yield f"{name} is defined in {', '.join(sorted(paths))}"


def level_names(root: Path, names: Collection[str], folders: Collection[str]) -> Iterator[str]:
    """Yield each use of a level's name in code or templates, and of the folder of its pages in code.

    The value of `example=` is documentation, so it may contain a folder.
    """
    for path, tree in modules(root).items():
        documented = {
            id(word.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for word in node.keywords
            if word.arg == "example"
        }
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in documented else None
            if isinstance(text, str) and text.partition("/")[0] in folders:
                yield f"{path}:{ast.unparse(node)} names the folder of a level"
    templates = sorted(file for file in (root / "templates").rglob("*") if file.is_file())
    for file in (*map(root.joinpath, modules(root)), *templates):
        text = file.read_text(encoding="utf-8")
        yield from (f"{file.relative_to(root).as_posix()}: names the level {name}" for name in names if name in text)
