"""The pipeline: a file built alone equals the one built with all others, and a build computes nothing twice."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from handbook import booklet, chart, diagram, parallel, parse, write
from handbook.diagnostics import Diagnostic, SourceError, SourceSpan
from handbook.diagram import graphviz_engine
from handbook.markdown.renderer import MarkdownRenderer
from handbook.pipeline import Outputs, load_site

EXAMPLE = ROOT / "example"
SMALL = """計画: {名称: 架空の計画, 自治体: 架空市, 主題: 学び, 公開URL: "https://city.example/plan/"}
階層: [{名称: 柱, path: pillars}]
柱: [{id: first, 名称: ひとつめ, 本文: "[[second]]へ", 予算: {2025: 3}}, {id: second, 名称: ふたつめ}]
"""


def outputs_of(root: Path, *, with_booklet: bool = False) -> Outputs:
    site, theme, _ = load_site(root, with_history=False)
    return Outputs(site, theme, with_booklet=with_booklet, prefer_dot=False)


def files_in(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del found[write.MANIFEST]
    return found


@pytest.mark.parametrize("with_booklet", [False, True])
def test_every_file_built_alone_equals_the_one_of_a_full_build(
    plan_of: Callable[..., Path], tmp_path: Path, with_booklet: bool
) -> None:
    root = plan_of(SMALL)
    outputs = outputs_of(root, with_booklet=with_booklet)
    write.write_output(outputs.checked(), tmp_path / "output", root)
    built = files_in(tmp_path / "output")
    assert set(outputs) == built.keys()
    assert len(outputs) == len(built)
    for path, data in built.items():
        fresh = outputs.unshared()
        assert "texts" not in vars(fresh)
        assert fresh[path].data == data, path


def test_all_files_read_in_any_order_equal_the_built_ones_with_booklet(tmp_path: Path) -> None:
    write.write_output(outputs_of(EXAMPLE, with_booklet=True).checked(), tmp_path / "output", EXAMPLE)
    built = files_in(tmp_path / "output")
    paths = sorted(built)
    random.Random(5).shuffle(paths)  # noqa: S311  # not for secrets
    outputs = outputs_of(EXAMPLE, with_booklet=True)
    assert [path for path in paths if outputs[path].data != built[path]] == []
    assert set(outputs) == built.keys()


def test_a_path_without_a_file_is_missing(plan_of: Callable[..., Path]) -> None:
    outputs = outputs_of(plan_of(SMALL))
    for path in ("none.html", "data/none.csv", "diagrams/none.svg", "search-index-9.js", "booklet/handbook.pdf", ""):
        assert path not in outputs
        assert outputs.get(path) is None
        with pytest.raises(KeyError):
            outputs[path]


def test_a_page_needs_neither_data_nor_search_index_nor_charts_of_others(plan_of: Callable[..., Path]) -> None:
    outputs = outputs_of(plan_of(SMALL))
    assert outputs["pillars/second.html"].data
    assert not {"data", "groups"} & vars(outputs).keys()
    assert not outputs.charts._values


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="workers are forked")
def test_a_build_with_two_workers_renders_each_diagram_chart_and_document_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = tmp_path / "calls"

    def counted(owner: Any, name: str, label: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def wrapper(*arguments: Any, **named: Any) -> Any:
            with calls.open("a", encoding="utf-8") as log:  # a file, since workers count too
                log.write(f"{name} {label(*arguments)}\n")
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, wrapper)

    counted(diagram, "_position_boxes", lambda spec, *_: f"{spec.style} {spec.name}")
    counted(chart, "_chart_svg", lambda drawn, _: drawn.name)
    counted(booklet, "build_booklet", lambda *_: "")
    counted(graphviz_engine, "_run_engine", lambda graphs, _: str(hash(graphs)))
    counted(MarkdownRenderer, "render_page", lambda *_: "")
    monkeypatch.setattr(parallel, "MIN_ITEMS_PER_WORKER", 20)
    monkeypatch.setattr(parallel, "cpu_count", lambda: 2)
    monkeypatch.setattr(parallel, "can_fork", lambda: True)
    graphviz_engine.layout_graphs.cache_clear()
    graphviz_engine._layout_graph.cache_clear()
    outputs = outputs_of(EXAMPLE, with_booklet=True)
    assert len(list(outputs.checked())) == len(outputs)
    found = Counter(calls.read_text(encoding="utf-8").splitlines())
    pages = found.pop("render_page ")
    assert pages == len(outputs.site.pages) + len(outputs.site.plan.terms)
    assert {name.split()[0] for name in found} == {"_position_boxes", "_chart_svg", "build_booklet", "_run_engine"}
    figures, sheets = len(outputs.site.diagram_specs), len(outputs.site.booklet_diagram_specs)
    assert sum(name.startswith("_position_boxes") for name in found) == figures + sheets
    engine_calls = sum(min(2, number // graphviz_engine.PARALLEL_THRESHOLD) or 1 for number in (figures, sheets))
    assert sum(name.startswith("_run_engine") for name in found) == engine_calls
    assert [name for name, count in found.items() if count > 1] == []


def test_missing_diagrams_and_pdfs_are_errors_after_every_page_is_made_and_nothing_is_printed(
    plan_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_engine(*_: object) -> None:
        raise graphviz_engine.layout_error("図を描けません")

    def no_booklet(*_: object) -> None:
        raise SourceError([Diagnostic(SourceSpan("plan.yaml", 1, 1), "no-booklet", "書体がありません")])

    graphviz_engine.layout_graphs.cache_clear()
    graphviz_engine._layout_graph.cache_clear()
    monkeypatch.setattr(graphviz_engine, "_run_engine", no_engine)
    monkeypatch.setattr(booklet, "build_booklet", no_booklet)
    root = plan_of(SMALL)
    for with_diagrams, message in ((True, "図を描けません"), (False, "書体がありません")):
        site, theme, _ = load_site(root, with_history=False)
        outputs = Outputs(site, theme, with_booklet=True, prefer_dot=False, with_diagrams=with_diagrams)
        paths: set[str] = set()
        with pytest.raises(SourceError) as raised:
            paths.update(file.path for file in outputs.checked())
        assert [mistake.message for mistake in raised.value.mistakes] == [message]
        paths.update(file.path for file, _ in outputs.stream(lambda _: None))
        assert "index.html" in paths
        assert not any(path.startswith(("diagrams/", "booklet/")) for path in paths)
    assert capsys.readouterr().err == ""


def test_a_plan_with_errors_is_returned_with_them_but_not_as_a_sound_plan(
    plan_of: Callable[..., Path],
) -> None:
    result = parse.read_plan(plan_of(SMALL.replace("名称: ふたつめ", "名稱: ふたつめ")))
    assert result.plan
    assert next(iter(result.plan.nodes)).id == "first"
    assert {mistake.rule for mistake in result.report.errors} >= {"unknown-key"}
    with pytest.raises(SourceError) as raised:
        result.sound_plan()
    assert set(raised.value.mistakes) == set(result.report.errors)


def test_a_folder_without_a_plan_has_an_error_and_no_plan(tmp_path: Path) -> None:
    result = parse.read_plan(tmp_path)
    assert result.plan is None
    assert [mistake.rule for mistake in result.report.errors] == ["missing-file"]
