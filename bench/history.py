"""How fast the past of a plan is read from git and told. Not a test: a busy machine is no fault.

    python3 bench/history.py [REVISIONS] [A_DAY]

The real plan gets so many made-up revisions, A_DAY of them on a day, each of which changes one name. They live in a
repository of their own that is gone afterwards.
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


def make_repository(root: Path, revisions: int, a_day: int) -> None:
    """Make a repository whose every commit changes one place of the plan."""
    lines = (ROOT / "plan.yaml").read_text(encoding="utf-8").split("\n")
    names = [number for number, line in enumerate(lines) if re.match(r" +名称: ", line)]
    stream = []
    for number in range(revisions):
        at = names[number * 7 % len(names)]
        lines[at] = re.sub("( [０-９]+)?$", f" {number}".translate(FULLWIDTH_DIGITS), lines[at])
        text = "\n".join(lines).encode()
        when = int((datetime(2020, 1, 1, 12, tzinfo=UTC) + timedelta(days=number // a_day)).timestamp())
        head = f"commit refs/heads/main\ncommitter a <a@example.org> {when} +0900\ndata 0\n"
        stream += [head.encode(), b"M 100644 inline plan.yaml\ndata %d\n%s\n" % (len(text), text)]
    subprocess.run([GIT, "init", "-q", "-b", "main", root], check=True)
    subprocess.run([GIT, "-C", root, "fast-import", "--quiet"], input=b"".join(stream), check=True)
    subprocess.run([GIT, "-C", root, "reset", "-q", "--hard"], check=True)


def main(revisions: int, a_day: int) -> None:
    """Print how long it takes, and how far back it goes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_repository(root, revisions, a_day)
        plan = parse.load_plan(root)
        began, worked = time.perf_counter(), time.process_time()
        history = compare.build_history(plan, parse.daily_plans(root))
        took, work = time.perf_counter() - began, time.process_time() - worked
        told = f"{revisions:,} revisions, {a_day} a day: {len(history.days):,} days told in {took:.2f} s"
        print(f"{told} ({work:.2f} s at work), {'to the beginning' if history.is_complete else 'older ones left out'}")


if __name__ == "__main__":
    main(*map(int, (*sys.argv[1:], *("1000", "1")[len(sys.argv) - 1 :])))
