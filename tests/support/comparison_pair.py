"""Two plans whose comparison contains every kind of change."""

from __future__ import annotations

import functools
from pathlib import Path
from tempfile import TemporaryDirectory

from handbook import compare, parse
from handbook.model import Comparison, Edition, Plan
from support.random_edits import Edits, write_plan

EVERY = ("新設", "廃止", "移動", "並べ替え", "改称", "本文", "注記", "事項", "表記のみ", "id")
Sides = tuple[Comparison, Edition, Edition]


@functools.cache
def sides(seed: int = 11) -> Sides:
    """Return a comparison with every kind of change, and its two editions."""
    edits = Edits(seed, kinds=EVERY)
    plans: list[Plan] = []
    for edited in (edits.before, edits.after):
        with TemporaryDirectory() as folder:
            plans.append(parse.load_plan(write_plan(edited, Path(folder))))
    before, after = (
        Edition(label=label, commit="", day="2026-04-01", plan=plan, diagnostics=())
        for label, plan in zip(("前", "後"), plans, strict=True)
    )
    return compare.compare_plans(*plans), before, after
