"""Profile one build of a made-up plan, all of it in this process. Not a test.

    python3 bench/profile_build.py [NODES] [TOP]

Prints the time of each package, then the functions with the longest own time. A profiler makes small functions look
slower than they are; measure the effect of a change with bench/generators.py.
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

from handbook import cli, parallel  # noqa: E402  # in the parent folder, which was just added to the path


def profile(nodes: int) -> pstats.Stats:
    """Build a plan with a number of nodes, without the booklet, and return the profile."""
    parallel.MIN_ITEMS_PER_WORKER = sys.maxsize  # cProfile measures one process only
    with tempfile.TemporaryDirectory() as folder:
        sample_plans.write_plan(sample_plans.sample_tree(nodes), Path(folder))
        profiler = cProfile.Profile()
        profiler.runcall(cli.main, ["build", "--root", folder, "--no-booklet"])
    return pstats.Stats(profiler)


def seconds_by_package(stats: pstats.Stats) -> Counter[str]:
    """Return the seconds spent in the code of each package of the handbook and of each library."""
    seconds: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        parts = Path(file).parts
        if "handbook" in parts:
            seconds["handbook/" + parts[len(parts) - parts[::-1].index("handbook")].removesuffix(".py")] += own
        elif "site-packages" in parts:
            seconds[parts[parts.index("site-packages") + 1]] += own
        else:
            seconds["templates" if file.endswith(".html") else "Python itself"] += own
    return seconds


def main(nodes: int, top: int) -> None:
    """Print both tables."""
    stats = profile(nodes)
    for package, seconds in seconds_by_package(stats).most_common(12):
        print(f"{seconds:7.2f} s  {package}")
    print()
    ordered = sorted(stats.stats.items(), key=lambda item: -item[1][2])  # type: ignore[attr-defined]
    for (file, line, name), (_, calls, own, cumulative, _) in ordered[:top]:
        print(
            f"{own:7.2f} s  {cumulative:7.2f} s in all  {calls:10,} ×  {'/'.join(Path(file).parts[-2:])}:{line} {name}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, int(sys.argv[2]) if len(sys.argv) > 2 else 25)
