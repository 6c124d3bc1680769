"""Two plans → what changed, by id, in words a council member reads.

Inside: `matching` finds each node again, `order` says what really moved, `nodes` and `beside` compare what is said in
the tree and beside it, `marks` finds the words that differ, `addresses` sees that no address dies. `summary` and
`record` write it down, for a pull request and for other programs; `told` makes the rows of a history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from handbook.compare import addresses, beside, nodes, told
from handbook.compare.matching import pairs
from handbook.compare.order import shifts
from handbook.compare.record import record
from handbook.compare.summary import summary
from handbook.model import Changed, Comparison, Day, Edition, History, Plan, Revised

__all__ = ["history", "plans", "record", "summary"]


def plans(before: Plan, after: Plan) -> Comparison:
    """Return everything that differs. Depends on the two plans alone, never on where they were read."""
    found = pairs(before, after)
    in_tree = list(nodes.changes(found))
    numbers = {change.id for change in in_tree if change.kind == "番号のみ"}
    changes = (*beside.plan(before, after), *in_tree, *beside.files(before, after))
    old, new = addresses.pages(before), addresses.pages(after)
    told = [change.path for change in changes if change.path and change.kind != "番号のみ"]
    return Comparison(
        changes=changes,
        shifts=tuple(shifts(found, numbers)),
        born=tuple(path for path in new if path not in old),
        touched=tuple(dict.fromkeys(path for path in told if path in new and path in old)),
        gone=tuple(path for path in old if path not in new),
        mistakes=tuple(sorted(addresses.dying(found))),
    )


def history(plan: Plan, editions: Iterable[Edition | None]) -> History:
    """Return what changed on each day, and when everything in `plan` last changed.

    `editions` are the plan as it stood, the newest first; None comes last where older ones were not read. What
    differs between the newest and `plan` is not recorded yet: it comes first and has no day.
    """
    days: dict[str, list[Revised]] = {}
    last: dict[str, Changed] = {}
    after, day, whole = replace(plan.with_value("更新日", None), images=()), "", True
    for edition in editions:
        if not edition:
            whole = False
            break
        for row in told.rows(plans(edition.plan, after)):
            days.setdefault(day, []).append(row)
            last.setdefault(row.key, Changed(day, row.ways))
        after, day = edition.plan, edition.day
    since = Changed(day, ("記録のはじまり" if whole else "またはそれより前",))
    last = {key: since for key in told.keys(after) if day} | last
    return History(tuple(Day(day, tuple(rows)) for day, rows in days.items()), last, day, whole)
