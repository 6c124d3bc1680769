"""The sources as git remembers them → the plan as it stood at the end of each day, the newest first.

A version that has mistakes was never published: it is passed over, and what it changed counts on the day of the next
good one. Slips of the keyboard are mistakes too, so they are not looked for: YAML stumbles over nearly all of them.
Pictures are left out, and so is a plan's own `更新日`, which says when rather than what.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handbook.git import client, snapshots
from handbook.model import Edition, Plan
from handbook.parse import yaml_reader
from handbook.parse.assemble import assemble_plan
from handbook.parse.content import Content, merge_content, orphan_texts, parse_content_file
from handbook.parse.plan_reader import PlanReader
from handbook.parse.source import Source, decode_source
from handbook.patterns import MAX_SOURCE_BYTES, PLAN_FILE

MAX_TOTAL_BYTES = 12_000_000
"""Bytes of plan.yaml that are read: some 400 days of a plan with 84 nodes, in two or three seconds."""
MIN_SNAPSHOTS = 10
"""Days that are read however large the plan is."""


def daily_plans(root: Path) -> Iterator[Edition | None]:
    """Yield the plan as it stood at the end of each day on which it changed, the newest first.

    None comes last where there are older ones that were not read, because it would take too long. Nothing comes where
    git does not know the sources, or not all of their past.
    """
    versions = list(snapshots.iter_snapshots(root))
    if not versions:
        return
    read, days, last, texts = 0, 0, "", dict[tuple[str, str], Content]()
    with client.open_blob_reader(root) as content:
        for version in versions:
            plan = version.blob_by_path.get(PLAN_FILE)
            if version.day == last or not plan:
                continue
            if read > MAX_TOTAL_BYTES and days >= MIN_SNAPSHOTS:
                yield None
                return
            # Most texts stay as they are from day to day, so each is read once.
            beside = sorted(at for at in version.blob_by_path.items() if at[0] != PLAN_FILE)
            texts = {at: texts.get(at) or parse_content_file(at[0], content(at[1])) for at in beside}
            held = content(plan)
            read += len(held)
            found = _parse_snapshot(held, merge_content(texts.values()))
            if found:
                last, days = version.day, days + 1
                yield Edition(label="", commit=version.commit, day=version.day, plan=found, diagnostics=())


def _parse_snapshot(held: bytes, beside: Content) -> Plan | None:
    """Return the plan that a file holds with what stands beside it, or None where there is any mistake in them."""
    if len(held) > MAX_SOURCE_BYTES:
        return None
    source, mistakes = decode_source(held, PLAN_FILE)
    if mistakes or beside.errors or not source.lines:
        return None
    # Full-width spaces alone in a line are nothing to a reader, but much to YAML.
    source = Source(source.file, tuple(line if line.strip() else "" for line in source.lines))
    value, wrong, lost = yaml_reader.read_yaml(source)
    tree = PlanReader(source, lost, beside, flawed=bool(wrong))
    tree.read(value)
    if wrong or tree.values.mistakes or any(orphan_texts(beside, tree.references.has_id, tree.references.levels)):
        return None
    return assemble_plan(tree, beside, repository=tree.repository).with_value("更新日", None)
