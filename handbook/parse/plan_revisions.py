"""Read the plan from git at the end of each day, the newest first.

A version with errors was never published, so it is skipped and its changes count for the day of the next valid one.
Typing errors are not searched, since nearly all of them are YAML errors too. Images are left out, and so is `更新日`,
which is the date of a change and not its content.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handbook.git import client, snapshots
from handbook.model import Edition, Plan
from handbook.parse.assemble import assemble_plan
from handbook.parse.content.reader import Content, merge_content, orphan_texts, parse_content_file
from handbook.parse.plan_reader import PlanReader
from handbook.parse.source import Source, decode_source
from handbook.parse.yaml import reader as yaml_reader
from handbook.patterns import MAX_SOURCE_BYTES, PLAN_FILE

MAX_TOTAL_BYTES = 12_000_000
"""Bytes of plan.yaml to read over all days: 400 days of a plan with 84 nodes, in two or three seconds."""
MIN_SNAPSHOTS = 10
"""Days to read even if they exceed MAX_TOTAL_BYTES."""


def daily_plans(root: Path) -> Iterator[Edition | None]:
    """Yield the plan at the end of each day on which it changed, the newest first.

    The last item is None if older days were not read because of the limit. Yields no items if the sources are not in
    git or the clone is shallow.
    """
    versions = list(snapshots.iter_snapshots(root))
    if not versions:
        return
    total_bytes, days, last_day, content_by_blob = 0, 0, "", dict[tuple[str, str], Content]()
    with client.open_blob_reader(root) as read_blob:
        for version in versions:
            plan_blob = version.blob_by_path.get(PLAN_FILE)
            if version.day == last_day or not plan_blob:
                continue
            if total_bytes > MAX_TOTAL_BYTES and days >= MIN_SNAPSHOTS:
                yield None
                return
            # Most texts are unchanged from day to day, so each version is parsed once.
            text_blobs = sorted(blob for blob in version.blob_by_path.items() if blob[0] != PLAN_FILE)
            content_by_blob = {
                blob: content_by_blob.get(blob) or parse_content_file(blob[0], read_blob(blob[1]))
                for blob in text_blobs
            }
            data = read_blob(plan_blob)
            total_bytes += len(data)
            parsed = _parse_snapshot(data, merge_content(content_by_blob.values()))
            if parsed:
                last_day, days = version.day, days + 1
                yield Edition(label="", commit=version.commit, day=version.day, plan=parsed, diagnostics=())


def _parse_snapshot(data: bytes, content: Content) -> Plan | None:
    """Return the plan of a version, or None if there is any error in plan.yaml or content/."""
    if len(data) > MAX_SOURCE_BYTES:
        return None
    source, mistakes = decode_source(data, PLAN_FILE)
    if mistakes or content.errors or not source.lines:
        return None
    # A line of full-width spaces looks blank, but is a YAML error.
    source = Source(source.file, tuple(line if line.strip() else "" for line in source.lines))
    value, yaml_errors, unread_lines = yaml_reader.read_yaml(source)
    reader = PlanReader(source, unread_lines, content, has_yaml_errors=bool(yaml_errors))
    reader.read(value)
    if (
        yaml_errors
        or reader.values.mistakes
        or any(orphan_texts(content, reader.references.has_id, reader.references.levels))
    ):
        return None
    return assemble_plan(reader, content, repository=reader.repository).with_value("更新日", None)
