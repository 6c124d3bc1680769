"""Valid HTML, SVG and CSS, by the Nu checker of the W3C and by html-validate."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from browser.sites import HERE, Folder, accept, checker, program

Faults = dict[str, list[str]]


def nu(folder: Folder) -> Faults:
    """The errors of the Nu checker in all files of a folder. Its warnings are advice, not rules."""
    command = [program("java"), "-jar", str(checker("vnu-jar/build/dist/vnu.jar")), "--format", "json"]
    command += ["--errors-only", "--exit-zero-always", "--skip-non-html", "--also-check-svg", "--also-check-css"]
    done = subprocess.run([*command, str(folder.path)], capture_output=True, text=True, check=True)
    faults: Faults = {}
    for error in json.loads(done.stderr)["messages"]:
        page = error.get("url", "").removeprefix(f"{folder.path.as_uri().replace('file:///', 'file:/')}/")
        place = f" in {error['extract'].strip()!r}" if "extract" in error else ""
        faults.setdefault(page, []).append(f"{error['message']}{place}")
    return faults


def html_validate(folder: Folder, report: Path) -> Faults:
    """The errors of html-validate in all pages of a folder; it cuts a long report short unless that goes to a file."""
    command = [program("node"), str(checker("html-validate/bin/html-validate.mjs"))]
    command += ["--config", str(HERE / "htmlvalidate.cjs"), "--formatter", f"json={report}"]
    files = [str(folder.path / page) for page in folder.pages]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert report.exists(), done.stderr
    return {
        Path(file["filePath"]).relative_to(folder.path).as_posix(): [
            f"{error['ruleId']}: {error['message']} at {error.get('selector') or error['line']}"
            for error in file["messages"]
        ]
        for file in json.loads(report.read_text(encoding="utf-8"))
    }


def test_the_nu_checker_finds_no_error(folder: Folder) -> None:
    accept(nu(folder))


def test_html_validate_finds_no_error(folder: Folder, tmp_path: Path) -> None:
    accept(html_validate(folder, tmp_path / "report.json"))


@pytest.fixture
def invalid(tmp_path: Path) -> Folder:
    """A folder with one bad file of each kind."""
    page = (HERE / "planted/invalid.html").read_text(encoding="utf-8")
    (tmp_path / "invalid.html").write_text(page, encoding="utf-8")
    (tmp_path / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><box/></svg>', encoding="utf-8")
    (tmp_path / "sheet.css").write_text("h1 { colour: red }", encoding="utf-8")
    return Folder(tmp_path)


def test_an_invalid_page_drawing_and_sheet_are_seen(invalid: Folder, tmp_path: Path) -> None:
    faults = nu(invalid)
    assert set(faults) == {"invalid.html", "drawing.svg", "sheet.css"}
    assert len(faults["invalid.html"]) >= 6
    rules = {fault.partition(":")[0] for fault in html_validate(invalid, tmp_path / "report.json")["invalid.html"]}
    assert {"deprecated", "no-dup-id", "element-permitted-content", "wcag/h37"} <= rules
