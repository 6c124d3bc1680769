"""The benchmarks in bench/: generated plans have the requested size; their build is measured without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FIRST, ROOT, Built

sys.path.insert(0, str(ROOT / "bench"))
import generator_inputs
import generators
import sample_plans


@pytest.mark.parametrize("nodes", [1, 2, 17, 200, 1_000])
def test_a_generated_plan_has_exactly_the_requested_number_of_nodes(nodes: int) -> None:
    nodes_of_plan = [node for top in sample_plans.sample_tree(nodes) for node in top.walk()]
    assert len(nodes_of_plan) == len({node.id for node in nodes_of_plan}) == nodes
    assert max(node.depth for node in nodes_of_plan) < len(sample_plans.LEVELS)


@pytest.mark.parametrize("name", generator_inputs.INPUT_WRITERS)
def test_the_same_seed_makes_the_same_files(tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        generator_inputs.INPUT_WRITERS[name](sample_plans.sample_tree(60), tmp_path / folder)
    contents = [
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*") if path.is_file()}
        for top in (tmp_path / "one", tmp_path / "two")
    ]
    assert contents[0] == contents[1]
    if name != "handbook":
        assert sum(path.name.startswith("n") and path.suffix == ".md" for path in contents[0]) == 60


@pytest.mark.skipif(sys.platform == "win32", reason="LOUD: Windows does not report the CPU time of a finished process")
@pytest.mark.parametrize("work", [30, FIRST], ids=["generated", "real"])
def test_a_build_of_this_product_is_measured_without_a_network(work: int | Path) -> None:
    nodes, found = generators.median_measurements(work, 1, ["handbook"], Path())
    measured = found["handbook"]
    assert nodes == (84 if work == FIRST else work)
    assert 0 < measured.cpu_seconds < 60
    assert 10 < measured.peak_mb < 2_000
    assert 1 < measured.gzip_kb < measured.page_kb < 1_000
    head, rule, row = (
        line.strip("|").split("|") for line in generators.markdown_table({str(nodes): found}).splitlines()
    )
    assert len(head) == len(rule) == len(row)
    assert row[1].strip() == "handbook"
    assert row[-1].strip() == "1.00"


@pytest.mark.skipif(sys.platform == "win32", reason="LOUD: Windows does not report the CPU time of a finished process")
def test_the_memory_of_a_command_does_not_contain_that_of_the_measuring_process(tmp_path: Path) -> None:
    memory = b"x" * 300_000_000
    assert generators.measure_command([sys.executable, "-c", "pass"], tmp_path).peak_mb < 100
    assert len(memory) == 300_000_000
    with pytest.raises(subprocess.CalledProcessError) as caught:
        generators.measure_command([sys.executable, "-c", "print('why'); raise SystemExit(3)"], tmp_path)
    assert (caught.value.returncode, caught.value.output) == (3, "why\n")


def test_a_build_that_makes_too_few_pages_is_not_measured(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text("<p>", encoding="utf-8")
    with pytest.raises(RuntimeError, match="1 pages of 2"):
        generators.with_page_sizes(generators.Measurement(1, 1, 1), tmp_path, 2)


def test_other_generators_get_a_real_plan_with_every_node(example: Built, tmp_path: Path) -> None:
    site, files = example
    (tmp_path / "plan.json").write_text(files["data/plan.json"], encoding="utf-8")
    tops = sample_plans.read_exported_plan(tmp_path / "plan.json")
    made = {node.id: node for top in tops for node in top.walk()}
    assert {node.id: node.title for node in made.values()} == {node.id: node.name for node in site.plan.nodes}
    assert {f"{node.folder}/{node.id}.html" for node in made.values()} == {node.path for node in site.plan.nodes}
    assert [node.text for node in made.values()] == [node.text.text if node.text else "" for node in site.plan.nodes]
    generator_inputs.INPUT_WRITERS["Hugo"](tops, tmp_path / "hugo")
    assert len(list((tmp_path / "hugo/content").rglob("*.md"))) == len(made)
