"""Compare two plans without their nodes: plan fields, levels, vocabularies, departments, free pages and images."""

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


def _new_change(level: str, name: str, path: str, span: SourceSpan | None = None, item_id: str = "") -> Change:
    """Return a change of something other than a node, without its texts."""
    span = span or SourceSpan(PLAN_FILE, 1, 1)
    return Change(
        kind="事項", key="", id=item_id, level=level, name=name, number="", ancestors=(), path=path, span=span
    )


def metadata_changes(before: Plan, after: Plan) -> Iterator[Change]:
    """Yield the changes of the plan fields, the levels, the departments and the vocabularies."""
    change = _new_change("計画", after.name, _HOME)
    for field in PLAN_FIELDS:
        old, new = _field_text(field, before), _field_text(field, after)
        # Without 更新日 in plan.yaml, the date comes from git, which may not have one for each edition.
        is_comparable = field.name != "更新日" or (old and new)
        if old != new and is_comparable:
            yield text_change(change, field.kind, field.name, old, new)
    yield from _level_changes(before.levels, after.levels)
    yield from _department_changes(before.departments, after.departments)
    old_lists = {**before.vocabularies, "異表記": _spelling_groups(before.spellings)}
    new_lists = {**after.vocabularies, "異表記": _spelling_groups(after.spellings)}
    for name in dict.fromkeys((*new_lists, *old_lists)):
        old_words, new_words = old_lists.get(name, ()), new_lists.get(name, ())
        if old_words != new_words:
            yield _vocabulary_change(name, old_words, new_words)


def _field_text(field: Field, plan: Plan) -> str:
    """Return the text of a plan field, a period in both calendars."""
    value = plan.values.get(field.name)
    return str(value) if isinstance(value, Period) else value_text(field, value)


def _spelling_groups(spellings: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple("＝".join(row) for row in spellings)


def _vocabulary_change(name: str, before: Sequence[str], after: Sequence[str]) -> Change:
    old, new = diff_list(before, after)
    is_same = list(map(normalize, before)) == list(map(normalize, after))
    kind: ChangeKind = "表記のみ" if is_same else "並べ替え" if sorted(before) == sorted(after) else "事項"
    return replace(
        _new_change("一覧", name, ""),
        kind=kind,
        key=name,
        before="、".join(before),
        after="、".join(after),
        old_segments=old,
        new_segments=new,
    )


def _level_changes(before: Sequence[Level], after: Sequence[Level]) -> Iterator[Change]:
    """Yield the changes of the levels."""
    old_name_by_new = {new_name: old for old, new_name in match_levels(before, after).items()}
    old_by_name = {level.name: level for level in before}
    for level in after:
        change = _new_change("階層", level.name, "")
        old = old_by_name.get(old_name_by_new.get(level.name, ""))
        if not old:
            yield text_change(change, "新設", "階層", "", _level_text(level))
        elif _level_text(old) != _level_text(level):
            yield text_change(
                change, "改称" if old.name != level.name else "事項", "階層", _level_text(old), _level_text(level)
            )
        elif old.rank != level.rank and len(before) == len(after):
            yield text_change(change, "並べ替え", "階層", f"{old.rank + 1} 段め", f"{level.rank + 1} 段め")
    for name in [name for name in old_by_name if name not in old_name_by_new.values()]:
        yield text_change(_new_change("階層", name, ""), "廃止", "階層", _level_text(old_by_name[name]), "")


def _department_changes(before: Sequence[Department], after: Sequence[Department]) -> Iterator[Change]:
    """Yield the changes of departments in both plans. Added and removed names are changes of the vocabulary 組織."""
    old_texts = {department.name: record_text(DEPARTMENT_FIELDS, department) for department in before}
    for department in after:
        old, new = old_texts.get(department.name, ""), record_text(DEPARTMENT_FIELDS, department)
        if old and old != new:
            yield text_change(_new_change(DEPARTMENTS_KEY, department.name, ""), "事項", DEPARTMENTS_KEY, old, new)


def _level_text(level: Level) -> str:
    return record_text(LEVEL_FIELDS, level)


def file_changes(before: Plan, after: Plan) -> Iterator[Change]:
    """Yield the changes of the free pages and the images, sorted by name."""
    old_pages, new_pages = ({page.name: page for page in plan.free_pages} for plan in (before, after))
    for name in sorted({*old_pages, *new_pages}):
        yield from _free_page_changes(old_pages.get(name), new_pages.get(name))
    old_images, new_images = ({image.path: image.data for image in plan.images} for plan in (before, after))
    for path in sorted({*old_images, *new_images}):
        if old_images.get(path) != new_images.get(path):
            yield _image_change(path, old_images.get(path), new_images.get(path))


def _free_page_changes(old: FreePageSource | None, new: FreePageSource | None) -> Iterator[Change]:
    page = new or old
    if not page:
        return
    change = _new_change("ページ", page.title, f"{page.name}.html", replace(page.text.span, line=1), page.name)
    if not old or not new:
        text = f"{page.title}\n{page.text.text.strip()}"
        yield text_change(change, "廃止" if old else "新設", "ページ", text if old else "", text if new else "")
        return
    if old.title != new.title:
        yield text_change(change, "改称", "題", old.title, new.title)
    old_text, new_text = old.text.text.strip("\n"), new.text.text.strip("\n")
    if old_text != new_text:
        yield text_change(change, "本文", "本文", old_text, new_text)


def _image_change(path: str, old_data: bytes | None, new_data: bytes | None) -> Change:
    name = path.rpartition("/")[2]
    change = _new_change("画像", name, "", SourceSpan(f"content/{path}", 1, 1), name)
    kind: ChangeKind = "新設" if old_data is None else "廃止" if new_data is None else "事項"
    old_size, new_size = (f"{len(data):,} バイト" if data is not None else "" for data in (old_data, new_data))
    return text_change(change, kind, "画像", old_size, f"{new_size}（差し替え）" if old_size and new_size else new_size)
