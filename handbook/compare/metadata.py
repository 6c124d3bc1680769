"""What stands beside the tree of two plans: the plan's own words, levels, vocabularies, free pages, pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handbook.compare.matching import match_levels
from handbook.compare.nodes import text_change
from handbook.compare.texts import record_text, value_text
from handbook.compare.word_diff import diff_list, normalize
from handbook.diagnostics import SourceSpan
from handbook.field_types import Field
from handbook.fields import DEPARTMENTS_KEY, LEVEL_FIELDS, PLAN_FIELDS
from handbook.fiscal_year import Period
from handbook.model import Change, ChangeKind, Department, FreePageSource, Level, Plan
from handbook.patterns import PLAN_FILE
from handbook.record_fields import DEPARTMENT_FIELDS

_HOME = "index.html"


def _new_change(level: str, name: str, path: str, place: SourceSpan | None = None, item: str = "") -> Change:
    """Return a change of something that is no node, to be filled in."""
    where = place or SourceSpan(PLAN_FILE, 1, 1)
    return Change(kind="事項", key="", id=item, level=level, name=name, number="", ancestors=(), path=path, span=where)


def metadata_changes(before: Plan, after: Plan) -> Iterator[Change]:
    """Yield what changed in the words about the plan, its levels and its lists of words."""
    blank = _new_change("計画", after.name, _HOME)
    for field in PLAN_FIELDS:
        old, new = _text(field, before), _text(field, after)
        # If plan.yaml has no day, only git may have one, and not for every edition.
        known = field.name != "更新日" or (old and new)
        if old != new and known:
            yield text_change(blank, field.kind, field.name, old, new)
    yield from _levels(before.levels, after.levels)
    yield from _departments(before.departments, after.departments)
    old_lists = {**before.vocabularies, "異表記": _spelling_groups(before.spellings)}
    new_lists = {**after.vocabularies, "異表記": _spelling_groups(after.spellings)}
    for name in dict.fromkeys((*new_lists, *old_lists)):
        old_words, new_words = old_lists.get(name, ()), new_lists.get(name, ())
        if old_words != new_words:
            yield _vocabulary(name, old_words, new_words)


def _text(field: Field, plan: Plan) -> str:
    """Return the value of one of the plan's own fields, a period in both calendars."""
    value = plan.values.get(field.name)
    return str(value) if isinstance(value, Period) else value_text(field, value)


def _spelling_groups(spellings: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple("＝".join(row) for row in spellings)


def _vocabulary(name: str, before: Sequence[str], after: Sequence[str]) -> Change:
    old, new = diff_list(before, after)
    same = list(map(normalize, before)) == list(map(normalize, after))
    kind: ChangeKind = "表記のみ" if same else "並べ替え" if sorted(before) == sorted(after) else "事項"
    told = "、".join(before), "、".join(after)
    return replace(
        _new_change("一覧", name, ""),
        kind=kind,
        key=name,
        before=told[0],
        after=told[1],
        old_segments=old,
        new_segments=new,
    )


def _levels(before: Sequence[Level], after: Sequence[Level]) -> Iterator[Change]:
    """Yield what changed in the table of levels."""
    known = {now: was for was, now in match_levels(before, after).items()}
    was_by_name = {level.name: level for level in before}
    for level in after:
        blank = _new_change("階層", level.name, "")
        was = was_by_name.get(known.get(level.name, ""))
        if not was:
            yield text_change(blank, "新設", "階層", "", _level_text(level))
        elif _level_text(was) != _level_text(level):
            yield text_change(
                blank, "改称" if was.name != level.name else "事項", "階層", _level_text(was), _level_text(level)
            )
        elif was.rank != level.rank and len(before) == len(after):
            yield text_change(blank, "並べ替え", "階層", f"{was.rank + 1} 段め", f"{level.rank + 1} 段め")
    for name in [name for name in was_by_name if name not in known.values()]:
        yield text_change(_new_change("階層", name, ""), "廃止", "階層", _level_text(was_by_name[name]), "")


def _departments(before: Sequence[Department], after: Sequence[Department]) -> Iterator[Change]:
    """Yield what changed in the departments that both plans have; new and removed names are in the list 組織."""
    was = {department.name: record_text(DEPARTMENT_FIELDS, department) for department in before}
    for department in after:
        old, new = was.get(department.name, ""), record_text(DEPARTMENT_FIELDS, department)
        if old and old != new:
            yield text_change(_new_change(DEPARTMENTS_KEY, department.name, ""), "事項", DEPARTMENTS_KEY, old, new)


def _level_text(level: Level) -> str:
    return record_text(LEVEL_FIELDS, level)


def file_changes(before: Plan, after: Plan) -> Iterator[Change]:
    """Yield what changed in the free pages and the pictures, by name."""
    was, now = ({leaf.name: leaf for leaf in plan.free_pages} for plan in (before, after))
    for name in sorted({*was, *now}):
        yield from _free_page_change(was.get(name), now.get(name))
    old, new = ({image.path: image.data for image in plan.images} for plan in (before, after))
    for path in sorted({*old, *new}):
        if old.get(path) != new.get(path):
            yield _image_change(path, old.get(path), new.get(path))


def _free_page_change(was: FreePageSource | None, now: FreePageSource | None) -> Iterator[Change]:
    leaf = now or was
    if not leaf:
        return
    blank = _new_change("ページ", leaf.title, f"{leaf.name}.html", replace(leaf.text.span, line=1), leaf.name)
    if not was or not now:
        said = f"{leaf.title}\n{leaf.text.text.strip()}"
        yield text_change(blank, "廃止" if was else "新設", "ページ", said if was else "", said if now else "")
        return
    if was.title != now.title:
        yield text_change(blank, "改称", "題", was.title, now.title)
    old, new = was.text.text.strip("\n"), now.text.text.strip("\n")
    if old != new:
        yield text_change(blank, "本文", "本文", old, new)


def _image_change(path: str, was: bytes | None, now: bytes | None) -> Change:
    name = path.rpartition("/")[2]
    blank = _new_change("画像", name, "", SourceSpan(f"content/{path}", 1, 1), name)
    kind: ChangeKind = "新設" if was is None else "廃止" if now is None else "事項"
    old, new = (f"{len(data):,} バイト" if data is not None else "" for data in (was, now))
    return text_change(blank, kind, "画像", old, f"{new}（差し替え）" if old and new else new)
