"""Create `.venv` in the folder of build.py on the first run and install the pinned, hashed requirements.

Imports only the standard library, because it runs before any package is installed. If the packages are installed
already, nothing is changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parents[1]
RUNTIME_PACKAGES = (
    *("yaml", "jinja2", "markdown", "graphviz", "nh3", "budoux", "xlsxwriter", "openpyxl"),
    *("tinycss2", "coloraide", "PIL"),
)
"""Modules that a build imports. The layout engine is not included, because a build works without it."""
SERVE_PACKAGES = ("livereload", "tornado")
TEST_PACKAGES = (
    *SERVE_PACKAGES,
    *("pytest", "xdist", "hypothesis", "playwright", "pypdfium2"),
    *("jsonschema", "check_jsonschema", "yamllint", "mypy", "ruff"),
)


class InstallError(Exception):
    """The packages are missing and could not be installed; the message states the remedy, in Japanese."""


def ensure_packages(names: tuple[str, ...], requirements: str, arguments: list[str]) -> None:
    """Return if all packages are installed; otherwise run the command again inside `.venv` and exit with its status.

    Installs the requirements into `.venv` first if needed. Raises InstallError if that fails.
    """
    if all(importlib.util.find_spec(name) for name in names):
        return
    folder = PROJECT_DIR / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if Path(sys.prefix).resolve() == folder.resolve() and _stamp(folder, requirements).exists():
        missing = "、".join(name for name in names if not importlib.util.find_spec(name))
        message = f".venv に {missing} がありません。.venv を消してから、もう一度実行してください"
        raise InstallError(message)
    if not python.exists() or not _stamp(folder, requirements).exists():
        print(f"必要なパッケージがないので、{folder} に用意します（初回だけ、1 分ほど）…", file=sys.stderr, flush=True)
        _install(folder, python, requirements)
    command = [str(python), str(PROJECT_DIR / "build.py"), *arguments]
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)  # noqa: S606  # the interpreter of .venv and build.py


def _stamp(folder: Path, requirements: str) -> Path:
    """Return the path of the file that marks the current version of the requirements as installed."""
    digest = hashlib.sha256((PROJECT_DIR / requirements).read_bytes()).hexdigest()[:16]
    return folder / f"{requirements.removesuffix('.txt')}-{digest}.ok"


def _install(folder: Path, python: Path, requirements: str) -> None:
    clear = [] if python.exists() else ["--clear"]  # a .venv without Python cannot be reused
    command = [sys.executable, "-m", "venv", *clear, str(folder)]
    venv = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if venv.returncode:
        message = (
            "Python の venv を使えません。Debian・Ubuntu なら `apt install python3-venv` のあと、"
            "もう一度実行してください\n" + (venv.stdout + venv.stderr).strip()[-500:]
        )
        raise InstallError(message)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["-r", str(PROJECT_DIR / requirements)]
    pip = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if pip.returncode:
        message = (
            f"{requirements} を入れられません。ネットワークのつながりを確かめてください\n{pip.stderr.strip()[-1500:]}"
        )
        raise InstallError(message)
    _stamp(folder, requirements).touch()
