"""Valid HTML, SVG and CSS, by the Nu checker of the W3C and by html-validate."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import ROOT

from browser import sites
from browser.conftest import opened_pages
from browser.sites import HERE, Folder, assert_no_faults, checker, program
from browser.test_comparison import comparison_folder

Faults = dict[str, list[str]]
"""Errors by the path of the file within its folder."""
NU = ["--format", "json", "--errors-only", "--exit-zero-always", "--skip-non-html", "--also-check-svg"]
NU += ["--also-check-css"]


def nu(folders: Sequence[Folder]) -> list[Faults]:
    """Return the errors of the Nu checker in each folder's sample, SVG and CSS files. Its warnings are advice."""
    command = [program("java"), "-jar", str(checker("vnu-jar/build/dist/vnu.jar")), *NU]
    paths = [str(folder.path) for folder in folders]
    files = [file for folder in folders for kind in ("*.svg", "*.css") for file in sorted(folder.path.rglob(kind))]
    files += [folder.path / page for folder in folders for page in folder.sample]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=True)
    found: list[Faults] = [{} for _ in folders]
    for error in json.loads(done.stderr)["messages"]:
        url = error.get("url", "").replace("file:///", "file:/")
        place = f" in {error['extract'].strip()!r}" if "extract" in error else ""
        for path, faults in zip(paths, found, strict=True):
            tops = f"file:{path}/", f"file:{quote(path)}/"
            if url.startswith(tops):
                page = url.removeprefix(tops[0]).removeprefix(tops[1])
                faults.setdefault(page, []).append(f"{error['message']}{place}")
                break
        else:
            pytest.fail(f"the checker failed: {error}", pytrace=False)
    return found


def html_validate(folders: Sequence[Folder], report: Path) -> list[Faults]:
    """Return the errors of html-validate in each folder's sample. The report is a file: standard output is cut."""
    command = [program("node"), str(checker("html-validate/bin/html-validate.mjs"))]
    command += ["--config", str(HERE / "htmlvalidate.cjs"), "--formatter", f"json={report}"]
    files = [str(folder.path / page) for folder in folders for page in folder.sample]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert report.exists(), done.stderr
    messages = {Path(file["filePath"]): file["messages"] for file in json.loads(report.read_text(encoding="utf-8"))}
    assert messages.keys() <= set(map(Path, files))  # those with an error
    return [
        {
            page: [
                f"{error['ruleId']}: {error['message']} at {error.get('selector') or error['line']}"
                for error in messages.get(folder.path / page, ())
            ]
            for page in folder.sample
        }
        for folder in folders
    ]


def invalid_folder(folder: Path) -> Folder:
    """Write one bad file of each kind."""
    folder.mkdir()
    page = (HERE / "seeded_faults/invalid.html").read_text(encoding="utf-8")
    (folder / "invalid.html").write_text(page, encoding="utf-8")
    (folder / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><box/></svg>', encoding="utf-8")
    (folder / "sheet.css").write_text("h1 { colour: red }", encoding="utf-8")
    return Folder(folder)


VALID = ("plan", "example", "comparison")


@pytest.fixture(scope="session")
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Folder]:
    """Both sites, the comparison and the invalid files, so that each checker starts once for all four."""
    top = tmp_path_factory.mktemp("markup")
    return {
        "plan": sites.built(ROOT, top / "plan" / "output", opened_pages(".", request.config)),
        "example": sites.built(ROOT / "example", top / "example" / "output", opened_pages("example", request.config)),
        "comparison": comparison_folder(top / "comparison"),
        "invalid": invalid_folder(top / "invalid"),
    }


@pytest.fixture(scope="session")
def nu_faults(folders: dict[str, Folder]) -> dict[str, Faults]:
    return dict(zip(folders, nu(list(folders.values())), strict=True))


@pytest.fixture(scope="session")
def html_validate_faults(folders: dict[str, Folder], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Faults]:
    report = tmp_path_factory.mktemp("report") / "report.json"
    return dict(zip(folders, html_validate(list(folders.values()), report), strict=True))


@pytest.mark.parametrize("name", VALID)
def test_the_nu_checker_finds_no_error(name: str, nu_faults: dict[str, Faults]) -> None:
    assert_no_faults(nu_faults[name])


@pytest.mark.parametrize("name", VALID)
def test_html_validate_finds_no_error(name: str, html_validate_faults: dict[str, Faults]) -> None:
    assert_no_faults(html_validate_faults[name])


def test_an_invalid_page_drawing_and_style_sheet_are_reported(
    nu_faults: dict[str, Faults], html_validate_faults: dict[str, Faults]
) -> None:
    faults = nu_faults["invalid"]
    assert set(faults) == {"invalid.html", "drawing.svg", "sheet.css"}
    assert len(faults["invalid.html"]) >= 6
    rules = {fault.partition(":")[0] for fault in html_validate_faults["invalid"]["invalid.html"]}
    assert {"deprecated", "no-dup-id", "element-permitted-content", "wcag/h37"} <= rules
