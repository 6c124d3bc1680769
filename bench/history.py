"""Measure the time to read the history of a plan from git and compare its days. Not a test.

    python3 bench/history.py [REVISIONS] [PER_DAY]

The real plan gets REVISIONS made-up revisions, PER_DAY on each day. Each changes one name. They are committed to a
temporary repository.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from handbook import compare, parse

ROOT = Path(__file__).resolve().parents[1]
GIT = shutil.which("git") or "git"
FULLWIDTH_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def make_repository(root: Path, revisions: int, per_day: int) -> None:
    """Create a repository in which every commit changes one name of the plan."""
    lines = (ROOT / "plan.yaml").read_text(encoding="utf-8").split("\n")
    name_lines = [index for index, line in enumerate(lines) if re.match(r" +名称: ", line)]
    stream = []
    for number in range(revisions):
        index = name_lines[number * 7 % len(name_lines)]
        lines[index] = re.sub("( [０-９]+)?$", f" {number}".translate(FULLWIDTH_DIGITS), lines[index])
        text = "\n".join(lines).encode()
        seconds = int((datetime(2020, 1, 1, 12, tzinfo=UTC) + timedelta(days=number // per_day)).timestamp())
        head = f"commit refs/heads/main\ncommitter a <a@example.org> {seconds} +0900\ndata 0\n"
        stream += [head.encode(), b"M 100644 inline plan.yaml\ndata %d\n%s\n" % (len(text), text)]
    subprocess.run([GIT, "init", "-q", "-b", "main", root], check=True)
    subprocess.run([GIT, "-C", root, "fast-import", "--quiet"], input=b"".join(stream), check=True)
    subprocess.run([GIT, "-C", root, "reset", "-q", "--hard"], check=True)


def main(revisions: int, per_day: int) -> None:
    """Print the time, and whether the history reaches the first revision."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_repository(root, revisions, per_day)
        plan = parse.load_plan(root)
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        history = compare.build_history(plan, parse.daily_plans(root))
        wall, cpu = time.perf_counter() - wall_start, time.process_time() - cpu_start
        extent = "back to the first revision" if history.is_complete else "without older ones"
        print(f"{revisions:,} revisions, {per_day} per day: {len(history.days):,} days {extent}")
        print(f"{wall:.2f} s, {cpu:.2f} s of CPU in this process")


if __name__ == "__main__":
    main(*map(int, (*sys.argv[1:], *("1000", "1")[len(sys.argv) - 1 :])))
