"""Compare two plans without their nodes: plan fields, levels, vocabularies, departments, free pages and images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handbook.compare.as_read import marked_line, text_lines
from handbook.compare.matching import NodeMatches, match_levels
from handbook.compare.nodes import markdown_change, text_change
from handbook.compare.texts import record_text, value_text
from handbook.compare.word_diff import diff_list, normalize
from handbook.diagnostics import SourceSpan
from handbook.field_types import TEXT_TYPES, Field
from handbook.fields import DEPARTMENTS_KEY, LEVEL_FIELDS, PLAN_FIELDS, TECHNICAL_LISTS
from handbook.fiscal_year import Period
from handbook.model import Change, ChangeKind, Department, FreePageSource, Level, Plan, Record
from handbook.patterns import PLAN_FILE
from handbook.record_fields import DEPARTMENT_FIELDS

_HOME = "index.html"


def _new_change(level: str, name: str, path: str, span: SourceSpan | None = None, item_id: str = "") -> Change:
    """Return a change of something other than a node, without its texts."""
    span = span or SourceSpan(PLAN_FILE, 1, 1)
    return Change(
        kind="事項", key="", id=item_id, level=level, name=name, number="", ancestors=(), path=path, span=span
    )


def metadata_changes(pairs: NodeMatches) -> Iterator[Change]:
    """Yield the changes of the plan fields, the levels, the departments and the vocabularies."""
    before, after = pairs.old_plan.plan, pairs.new_plan.plan
    for field in PLAN_FIELDS:
        change = replace(_new_change("計画", after.name, _HOME), is_technical=field.is_technical)
        old, new = _field_text(field, before), _field_text(field, after)
        # Without 更新日 in plan.yaml, the date comes from git, which may not have one for each edition.
        is_comparable = field.name != "更新日" or (old and new)
        if old != new and is_comparable and field.type in TEXT_TYPES:
            shown = pairs.old_plan.as_read(old), pairs.new_plan.as_read(new)
            yield markdown_change(change, field.kind, field.name, (old, new), shown)
        elif old != new and is_comparable:
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
        old_lines=text_lines(old),
        new_lines=text_lines(new),
        is_technical=name in TECHNICAL_LISTS,
    )


def _level_changes(before: Sequence[Level], after: Sequence[Level]) -> Iterator[Change]:
    """Yield the changes of the levels."""
    old_name_by_new = {new_name: old for old, new_name in match_levels(before, after).items()}
    old_by_name = {level.name: level for level in before}
    for level in after:
        change = _new_change("階層", level.name, "")
        old = old_by_name.get(old_name_by_new.get(level.name, ""))
        if not old:
            yield from _record_changes(change, "新設", LEVEL_FIELDS, None, level)
        elif _record_texts(LEVEL_FIELDS, old) != _record_texts(LEVEL_FIELDS, level):
            yield from _record_changes(change, "改称" if old.name != level.name else "事項", LEVEL_FIELDS, old, level)
        elif old.rank != level.rank and len(before) == len(after):
            yield text_change(change, "並べ替え", "階層", f"{old.rank + 1} 段め", f"{level.rank + 1} 段め")
    for name in [name for name in old_by_name if name not in old_name_by_new.values()]:
        yield from _record_changes(_new_change("階層", name, ""), "廃止", LEVEL_FIELDS, old_by_name[name], None)


def _department_changes(before: Sequence[Department], after: Sequence[Department]) -> Iterator[Change]:
    """Yield the changes of departments in both plans. Added and removed names are changes of the vocabulary 組織."""
    old_by_name = {department.name: department for department in before}
    for department in after:
        if old := old_by_name.get(department.name):
            change = _new_change(DEPARTMENTS_KEY, department.name, "")
            yield from _record_changes(change, "事項", DEPARTMENT_FIELDS, old, department)


def _record_changes(
    change: Change, kind: ChangeKind, fields: Sequence[Field], old: Record | None, new: Record | None
) -> Iterator[Change]:
    """Yield the change of what readers see of a record, then the change of its technical fields."""
    texts = zip(_record_texts(fields, old), _record_texts(fields, new), strict=True)
    for is_technical, (before, after) in zip((False, True), texts, strict=True):
        if before != after:
            changed = text_change(change, "事項" if is_technical else kind, change.level, before, after)
            yield replace(changed, is_technical=is_technical)


def _record_texts(fields: Sequence[Field], record: Record | None) -> tuple[str, str]:
    """Return what readers see of a record, and its technical fields."""
    public, technical = ([field for field in fields if field.is_technical is wanted] for wanted in (False, True))
    return (record_text(public, record), record_text(technical, record)) if record else ("", "")


def file_changes(pairs: NodeMatches) -> Iterator[Change]:
    """Yield the changes of the free pages and the images, sorted by name."""
    before, after = pairs.old_plan.plan, pairs.new_plan.plan
    old_pages, new_pages = ({page.name: page for page in plan.free_pages} for plan in (before, after))
    for name in sorted({*old_pages, *new_pages}):
        yield from _free_page_changes(pairs, old_pages.get(name), new_pages.get(name))
    old_images, new_images = ({image.path: image.data for image in plan.images} for plan in (before, after))
    for path in sorted({*old_images, *new_images}):
        if old_images.get(path) != new_images.get(path):
            yield _image_change(path, old_images.get(path), new_images.get(path))


def _free_page_changes(pairs: NodeMatches, old: FreePageSource | None, new: FreePageSource | None) -> Iterator[Change]:
    page = new or old
    if not page:
        return
    change = _new_change("ページ", page.title, f"{page.name}.html", replace(page.text.span, line=1), page.name)
    typed = old.text.text.strip("\n") if old else "", new.text.text.strip("\n") if new else ""
    shown = pairs.old_plan.as_read(typed[0]), pairs.new_plan.as_read(typed[1])
    if not old or not new:
        before, after = (text and f"{marked_line('heading', page.title)}\n{text}" for text in shown)
        whole = text_change(change, "廃止" if old else "新設", "ページ", before, after)
        before, after = (f"{page.title}\n{text}" if side else "" for side, text in zip((old, new), typed, strict=True))
        yield replace(whole, before=before, after=after)
        return
    if old.title != new.title:
        yield text_change(change, "改称", "題", old.title, new.title)
    if typed[0] != typed[1]:
        yield markdown_change(change, "本文", "本文", typed, shown)


def _image_change(path: str, old_data: bytes | None, new_data: bytes | None) -> Change:
    name = path.rpartition("/")[2]
    change = _new_change("画像", name, "", SourceSpan(f"content/{path}", 1, 1), name)
    kind: ChangeKind = "新設" if old_data is None else "廃止" if new_data is None else "事項"
    old_size, new_size = (f"{len(data):,} バイト" if data is not None else "" for data in (old_data, new_data))
    new_text = f"{new_size}（差し替え）" if old_size and new_size else new_size
    return replace(text_change(change, kind, "画像", old_size, new_text), is_technical=True)
