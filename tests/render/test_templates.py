"""Own templates: a plan's folder replaces single files, and every file in a wrong place is reported."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HANDBOOK, ROOT
from support.building import build_in_memory
from support.pdf_document import PdfDocument

from handbook import cli, diagnostics, model, parse
from handbook.diagnostics import Diagnostic, SourceError
from handbook.former_names.templates import NEW_ATTRIBUTES, NEW_MACROS, NEW_PATHS
from handbook.parse.theme.reader import TEMPLATE_FOLDERS

PLAN = """\
計画:
  名称: 計画
階層:
  - {名称: 柱, path: pillars}
柱:
  - {id: one, 名称: 一つめ}
  - {id: two, 名称: 二つめ}
"""
HINT = re.compile(r"このファイルを `(.+)` に移してください")


def write_text(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def theme_errors(root: Path) -> tuple[Diagnostic, ...]:
    """Return all errors in the templates and the theme of a folder."""
    try:
        parse.load_theme(root)
    except SourceError as error:
        return error.mistakes
    return ()


def site_errors(root: Path) -> tuple[Diagnostic, ...]:
    """Return all errors of a site without a booklet."""
    try:
        build_in_memory(root)
    except SourceError as error:
        return error.mistakes
    return ()


@pytest.mark.parametrize("former", NEW_PATHS)
def test_a_template_at_its_former_path_is_an_error_whose_hint_corrects_it(former: str, tmp_path: Path) -> None:
    write_text(tmp_path, former, (ROOT / NEW_PATHS[former]).read_text(encoding="utf-8"))
    (error,) = theme_errors(tmp_path)
    assert (error.span.file, error.rule) == (former, "moved-template")
    hint = HINT.fullmatch(error.hint)
    assert hint
    (tmp_path / hint[1]).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(tmp_path / former, tmp_path / hint[1])
    assert theme_errors(tmp_path) == ()


def test_all_templates_at_former_paths_are_reported_at_once(tmp_path: Path) -> None:
    for former in NEW_PATHS:
        write_text(tmp_path, former, "")
    assert sorted(error.span.file for error in theme_errors(tmp_path)) == sorted(NEW_PATHS)


def test_every_template_that_had_a_former_path_is_listed() -> None:
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.*")}
    added = {path for path in templates if path.startswith("templates/booklet/")} - set(NEW_PATHS.values())
    added |= {"templates/pages/stratml.xml", "templates/pages/former_page.html", "templates/partials/anywhere.html"}
    assert {*templates, "theme/comparison.css"} - added == set(NEW_PATHS.values())


def test_a_former_name_in_a_template_is_an_error_whose_hint_corrects_it(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    page = '{% extends "base.html" %}\n{% block main %}<h1>題</h1>{% endblock %}'
    write_text(root, "templates/pages/404.html", page)
    (error,) = site_errors(root)
    assert (error.span.file, error.span.line, error.rule) == ("templates/pages/404.html", 1, "broken-template")
    hint = re.fullmatch("`(.+)` を `(.+)` に直してください", error.hint)
    assert hint
    write_text(root, "templates/pages/404.html", page.replace(hint[1], hint[2]))
    assert site_errors(root) == ()


def test_a_former_attribute_in_a_template_is_an_error_whose_hint_corrects_it(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    page = (ROOT / "templates/pages/404.html").read_text(encoding="utf-8")
    page = page.replace("{% block main %}", "{% block main %}{{ site.listed|length }} {{ page.changed }}")
    for line_is_broken in (True, True, False):
        write_text(root, "templates/pages/404.html", page)
        errors = site_errors(root)
        assert bool(errors) == line_is_broken
        for error in errors:
            hint = re.fullmatch("`(.+)` を `(.+)` に直してください", error.hint)
            assert hint
            page = page.replace(f".{hint[1]}", f".{hint[2]}")


PAGES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").glob("pa*/*.html"))
"""All pages and partials."""


@pytest.mark.every(4)
@pytest.mark.parametrize("former", [former for former, name in NEW_MACROS.items() if f".{name}(" in PAGES])
def test_a_copy_with_a_former_macro_is_named_with_the_edit_that_corrects_it(
    plan_of: Callable[..., Path], former: str
) -> None:
    root, current = plan_of((ROOT / "example/plan.yaml").read_text(encoding="utf-8")), NEW_MACROS[former]
    texts = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "templates/partials").iterdir()}
    (name,) = (name for name, text in texts.items() if f"macro {current}(" in text)
    write_text(root, f"templates/partials/{name}", re.sub(rf"(?<!\.)\b{current}\(", f"{former}(", texts[name]))
    (error,) = site_errors(root)
    assert error.span.file == f"templates/partials/{name}"
    assert f"macro {former}(" in error.excerpt
    assert f"マクロ `{current}` がありません（templates/" in error.message
    assert error.hint.startswith(f"`{former}` を `{current}` に直してください。")


def test_a_page_that_uses_a_former_macro_is_named_with_the_edit_that_corrects_it(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    page = (ROOT / "templates/pages/structure.html").read_text(encoding="utf-8")
    write_text(root, "templates/pages/structure.html", page.replace("nodes.level_counts(", "nodes.counts("))
    (error,) = site_errors(root)
    assert error.span.file == "templates/pages/structure.html"
    assert error.excerpt[error.span.column - 1 :].startswith("counts(")
    assert error.message == "templates/partials/nodes.html に、マクロ `counts` はありません"
    assert error.hint == "`counts` を `level_counts` に直してください"


@pytest.mark.parametrize("former", NEW_ATTRIBUTES)
def test_every_former_attribute_leads_to_one_that_exists(former: str) -> None:
    class_name, _, name = former.partition(".")
    owner = getattr(model, class_name, None) or getattr(diagnostics, class_name)
    attributes = dir(owner) + list(owner.__annotations__)
    assert NEW_ATTRIBUTES[former] in attributes
    assert name not in attributes


@pytest.mark.parametrize(("path", "unknown"), [("own.html", "own.html"), ("page/own.html", "page"), ("x.txt", "x.txt")])
def test_an_unused_file_in_templates_is_an_error_whose_hint_corrects_it(
    path: str, unknown: str, tmp_path: Path
) -> None:
    write_text(tmp_path, f"templates/{path}", "x")
    (error,) = theme_errors(tmp_path)
    assert (error.span.file, error.rule) == (f"templates/{unknown}", "unknown-file")
    folders = re.findall("`(templates/.+?/)`", error.hint)
    assert folders == [f"templates/{name}/" for name in TEMPLATE_FOLDERS]
    write_text(tmp_path, folders[1] + Path(path).name, "x")
    place = tmp_path / error.span.file
    shutil.rmtree(place) if "フォルダーを消して" in error.hint else place.unlink()
    (unused,) = theme_errors(tmp_path)  # it is in a right folder now, and no template names it
    assert (unused.span.file, unused.rule) == (f"templates/partials/{Path(path).name}", "unknown-file")
    page = (ROOT / "templates/pages/404.html").read_text(encoding="utf-8")
    write_text(tmp_path, "templates/pages/404.html", f"{page}{{# {Path(path).name} #}}")
    assert theme_errors(tmp_path) == ()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("pages/hoem.html", "pages/home.html"),
        ("pages/Home.html", "pages/home.html"),
        ("partials/home.html", "pages/home.html"),
        ("partials/node.html", "pages/node.html"),
        ("booklet/setting.typ", "booklet/settings.typ"),
        ("pages/my-own-thing.html", ""),
    ],
)
def test_an_unused_template_is_reported_with_the_nearest_name(name: str, meant: str, tmp_path: Path) -> None:
    write_text(tmp_path, f"templates/{name}", "y")
    (error,) = theme_errors(tmp_path)
    assert (error.span.file, error.rule) == (f"templates/{name}", "unknown-file")
    assert error.hint == (
        f"`templates/{meant}` のことですか" if meant else "使うテンプレートに名前を書くか、消してください"
    )


@pytest.mark.parametrize("path", [".DS_Store", "~home.html", "pages/.home.html", "booklet/Thumbs.db", ".vscode/x.json"])
def test_hidden_files_and_backups_in_templates_are_left_alone(path: str, tmp_path: Path) -> None:
    write_text(tmp_path, f"templates/{path}", "{% if %}")
    assert theme_errors(tmp_path) == ()


@pytest.mark.parametrize("path", ["templates/pages/home.html", "templates/booklet/cover.typ", "theme/comparison.css"])
def test_a_template_that_is_not_utf_8_is_reported(path: str, tmp_path: Path) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes("表紙".encode("cp932"))
    assert [(error.span.file, error.rule) for error in theme_errors(tmp_path)] == [(path, "not-utf-8")]


def test_an_own_page_may_include_an_own_partial(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    write_text(root, "templates/partials/own.html", "<h1>{{ plan.name }}のページはありません</h1>")
    write_text(
        root,
        "templates/pages/404.html",
        '{% extends "partials/base.html" %}{% block main %}{% include "partials/own.html" %}{% endblock %}',
    )
    files = {file.path: file.data.decode() for file in build_in_memory(root)[1] if file.path == "404.html"}
    assert "<h1>計画のページはありません</h1>" in files["404.html"]


def test_an_own_booklet_file_replaces_the_default_one_and_may_import_another(plan_of: Callable[..., Path]) -> None:
    root = plan_of(PLAN)
    cover = (ROOT / "templates/booklet/cover.typ").read_text(encoding="utf-8")
    write_text(root, "templates/booklet/motto.typ", '#let motto = "みんなの合い言葉"\n')
    write_text(
        root,
        "templates/booklet/cover.typ",
        '#import "motto.typ": motto\n' + cover.replace("  v(40mm)\n", "  v(40mm)\n  motto\n", 1),
    )
    assert cli.main(["--root", str(root)]) == 0
    assert "みんなの合い言葉" in PdfDocument((root / "output" / HANDBOOK).read_bytes()).text(1)


def test_an_own_style_of_the_comparison_is_used_and_never_published(tmp_path: Path) -> None:
    write_text(tmp_path, "theme/comparison.css", "p { color: inherit }")
    theme = parse.load_theme(tmp_path)
    assert theme.comparison_css == "p { color: inherit }"
    assert "theme/comparison.css" not in {file.path for file in theme.files}
