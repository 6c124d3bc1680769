"""The sources as git remembers them → the plan as it stood at the end of each day, the newest first.

A version that has mistakes was never published: it is passed over, and what it changed counts on the day of the next
good one. Slips of the keyboard are mistakes too, so they are not looked for: YAML stumbles over nearly all of them.
Pictures are left out, and so is a plan's own `更新日`, which says when rather than what.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handbook.load import git, history, marked
from handbook.load.content import Content, recorded, together, unknown_texts
from handbook.load.source import LARGEST_FILE, Source, decoded
from handbook.load.tree import Tree
from handbook.load.whole import whole
from handbook.model import Edition, Plan
from handbook.patterns import PLAN_FILE

MOST = 12_000_000
"""Bytes of plan.yaml that are read: some 400 days of a plan with 84 nodes, in two or three seconds."""
FEWEST = 10
"""Days that are read however large the plan is."""


def past(root: Path) -> Iterator[Edition | None]:
    """Yield the plan as it stood at the end of each day on which it changed, the newest first.

    None comes last where there are older ones that were not read, because it would take too long. Nothing comes where
    git does not know the sources, or not all of their past.
    """
    versions = list(history.versions(root))
    if not versions:
        return
    read, days, last, texts = 0, 0, "", dict[tuple[str, str], Content]()
    with git.reader(root) as content:
        for version in versions:
            plan = version.files.get(PLAN_FILE)
            if version.day == last or not plan:
                continue
            if read > MOST and days >= FEWEST:
                yield None
                return
            # Most texts stay as they are from day to day, so each is read once.
            beside = sorted(at for at in version.files.items() if at[0] != PLAN_FILE)
            texts = {at: texts.get(at) or recorded(at[0], content(at[1])) for at in beside}
            held = content(plan)
            read += len(held)
            found = _plan(held, together(texts.values()))
            if found:
                last, days = version.day, days + 1
                yield Edition(label="", revision=version.commit, day=version.day, plan=found, flaws=())


def _plan(held: bytes, beside: Content) -> Plan | None:
    """Return the plan that a file holds with what stands beside it, or None where there is any mistake in them."""
    if len(held) > LARGEST_FILE:
        return None
    source, mistakes = decoded(held, PLAN_FILE)
    if mistakes or beside.mistakes or not source.lines:
        return None
    # Full-width spaces alone in a line are nothing to a reader, but much to YAML.
    source = Source(source.file, tuple(line if line.strip() else "" for line in source.lines))
    value, wrong, lost = marked.tree(source)
    tree = Tree(source, lost, beside, flawed=bool(wrong))
    tree.read(value)
    if wrong or tree.values.mistakes or any(unknown_texts(beside, tree.references.knows, tree.references.levels)):
        return None
    return whole(tree, beside, repository=tree.repository).with_value("更新日", None)
