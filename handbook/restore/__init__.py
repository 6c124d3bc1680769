"""A table or our own data → a plan.yaml, and every doubt about it. The only room beside load that reads a file.

Inside: `sheets` opens files from outside, `archive` measures a workbook before, `records` reads our own tables back,
`nested` our plan.json, `heading` and `structure` a structure table with merged or lost cells, `typed` writes the plan
as a clerk would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from handbook.json_types import JsonObject, objects, string
from handbook.mistakes import Mistake, Place, SourceError
from handbook.model import Restored
from handbook.restore import nested, sheets, typed
from handbook.restore.records import Records, is_ours
from handbook.restore.structure import Structure
from handbook.tables import AGAIN, BENEATH, LEVEL_OF, PICTURE, all_tables, nodes_table

NEW_IDS = (
    "id と階層の path は仮のもの（level-1-1 など）です。ページの住所になるので、公開の前によい名前に直してください"
)
NO_PAGES = "content/pages/ の文章と絵は、データに入っていません。要るものは元のフォルダーから写してください"


def plan(path: Path) -> Restored:
    """Return the plan that a file holds. Raises SourceError where it cannot be one."""
    ending = path.suffix.lower()
    if ending == ".json":
        text, told = sheets.decoded(sheets.data(path), path)
        whole, doubts = nested.whole(text, path)
        return _restored(whole, doubts, (told, NO_PAGES))
    if ending == ".xlsx":
        book = {sheet.name: sheet for sheet in sheets.workbook(path)}
        if nodes_table().title in book and is_ours(book[nodes_table().title]):
            ours = {table.name: book[table.title] for table in all_tables() if table.title in book}
            return _tables(ours, guarded=False, told=())
        filled = [sheet for sheet in book.values() if sheet.cells]
        if not filled:
            raise SourceError([Mistake(Place(path.name, 1, 1), "empty-file", "どのシートにも何も書かれていません")])
        chosen = book[PICTURE] if PICTURE in book and book[PICTURE].cells else filled[0]
        others = "、".join(f"`{sheet.name}`" for sheet in filled if sheet is not chosen)
        return _structure(
            chosen, f"読んだのはシート `{chosen.name}` です。{others} は読みませんでした" if others else ""
        )
    sheet, told = sheets.text(path)
    if is_ours(sheet):
        return _tables(dict(_beside(path, sheet)), guarded=True, told=(told,))
    return _structure(sheet, told)


def _beside(path: Path, sheet: sheets.Sheet) -> Iterator[tuple[str, sheets.Sheet]]:
    """Yield the tables that lie beside a plan.csv."""
    yield nodes_table().name, sheet
    for table in all_tables()[1:]:
        other = path.with_name(f"{table.name}.csv")
        if other.exists():
            yield table.name, sheets.text(other)[0]


def _tables(found: Mapping[str, sheets.Sheet], *, guarded: bool, told: tuple[str, ...]) -> Restored:
    records = Records(found, guarded=guarded)
    whole = records.whole()
    missing = "、".join(
        f"`{table.name}.csv`" if guarded else f"`{table.title}`" for table in all_tables() if table.name not in found
    )
    where = "となりに" if guarded else "シートに"
    lacking = f"{where} {missing} がないので、その内容は入っていません" if missing else ""
    return _restored(whole, records.doubts, (*told, lacking, NO_PAGES))


def _structure(sheet: sheets.Sheet, told: str) -> Restored:
    structure = Structure(sheet)
    whole = structure.whole()
    return _restored(whole, structure.doubts, (told, NEW_IDS))


def _restored(whole: JsonObject, doubts: Iterable[Mistake], told: Iterable[str]) -> Restored:
    found = Counter(_levels(objects(whole, BENEATH)))
    names = [string(level, "名称") for level in objects(whole, "階層") if "名称" in level]
    counts = tuple((name, found[name]) for name in names)
    return Restored(typed.text(whole), counts, tuple(sorted(set(doubts))), tuple(filter(None, told)))


def _levels(nodes: Iterable[JsonObject]) -> Iterator[str]:
    """Yield the level of each node, those shown again left out."""
    for node in nodes:
        if AGAIN not in node:
            yield string(node, LEVEL_OF)
            yield from _levels(objects(node, BENEATH))
