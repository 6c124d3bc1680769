"""Where the time goes: one build of a made-up plan, all of it in this process. Not a test.

    python3 bench/profile_build.py [NODES] [TOP]

First the time of each room, then the functions that took the longest themselves. A profiler makes small functions
look slower than they are; what a change is worth, bench/generators.py says.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
from collections import Counter
from pathlib import Path

import sample_plans

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


from handbook import cli, parallel  # noqa: E402  # they live beside this folder


def profile(nodes: int) -> pstats.Stats:
    """Build a plan of so many nodes without the booklet and return what took how long."""
    parallel.MIN_ITEMS_PER_WORKER = sys.maxsize  # a profiler sees one process
    with tempfile.TemporaryDirectory() as folder:
        sample_plans.write_plan(sample_plans.sample_tree(nodes), Path(folder))
        run = cProfile.Profile()
        run.runcall(cli.main, ["build", "--root", folder, "--no-booklet"])
    return pstats.Stats(run)


def seconds_by_package(stats: pstats.Stats) -> Counter[str]:
    """Seconds spent in each room's own code and in each library."""
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        parts = Path(file).parts
        if "handbook" in parts:
            spent["handbook/" + parts[len(parts) - parts[::-1].index("handbook")].removesuffix(".py")] += own
        elif "site-packages" in parts:
            spent[parts[parts.index("site-packages") + 1]] += own
        else:
            spent["templates" if file.endswith(".html") else "Python itself"] += own
    return spent


def main(nodes: int, top: int) -> None:
    """Print both tables."""
    stats = profile(nodes)
    for room, seconds in seconds_by_package(stats).most_common(12):
        print(f"{seconds:7.2f} s  {room}")
    print()
    ordered = sorted(stats.stats.items(), key=lambda item: -item[1][2])  # type: ignore[attr-defined]
    for (file, line, name), (_, calls, own, whole, _) in ordered[:top]:
        print(
            f"{own:7.2f} s  {whole:7.2f} with all below  {calls:10,} ×  {'/'.join(Path(file).parts[-2:])}:{line} {name}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, int(sys.argv[2]) if len(sys.argv) > 2 else 25)
