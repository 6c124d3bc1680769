"""plan.yaml, content/, theme/ and templates/ → frozen values, or every mistake in them at once.

The only room that reads the sources. Inside: `source` makes bytes into lines, `slips` mends what a Japanese
keyboard does to YAML, `marked` knows PyYAML, `values` the form of a value, `syntax` reads on behind a broken line,
`references` sees that nothing points nowhere, `tree` the plan, `content` the Markdown, `glossary` its terms, `look`
templates and theme, `history` what git remembers, `addresses` what was published, `modeline` what editors read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from handbook import kana
from handbook.load import marked, slips
from handbook.load.addresses import addresses
from handbook.load.content import content, unknown_texts
from handbook.load.history import updated
from handbook.load.look import theme
from handbook.load.modeline import schema
from handbook.load.source import Source, places_of, read, unconfirmed
from handbook.load.tree import Tree
from handbook.mistakes import Mistake, SourceError
from handbook.model import Again, Node, Plan

__all__ = ["plan", "theme", "without_glyph"]

BY_INDENT = frozenset({"yaml-syntax", "deeper-indent", "shallow-indent", "uneven-indent"})
"""Mistakes that follow from one in the indentation of the same line."""
CAUSES = {"unknown-word": "一覧", "unknown-id": "節の id "}
"""What may be wrong instead, where many places are mistaken in the same way."""
MANY = 2
"""Others that make a mistake one of many."""


def plan(root: Path) -> Plan:
    """Return all that the sources under `root` say.

    Raises SourceError with every mistake in plan.yaml and content/.
    """
    source, mistakes = read(root / "plan.yaml", "plan.yaml")
    beside = content(root)
    known, wrong = addresses(root)
    mistakes += [*beside.mistakes, *wrong]
    if not source.lines:
        raise SourceError(mistakes)
    mended, slipped = slips.mended(source)
    value, wrong, lost = marked.tree(mended)
    uneven = {slip.place.line for slip in slipped if slip.rule.endswith("-indent")}
    wrong = [m for m in wrong if m.place.line not in uneven or m.rule not in BY_INDENT]
    tree = Tree(mended, lost, beside, flawed=bool(wrong))
    tree.read(value)
    mistakes += [*slipped, *(_as_typed(mistake, mended, source) for mistake in (*wrong, *tree.values.mistakes))]
    if tree.levels and not lost and not tree.values.levels_unsure:  # else its node may be one that was not read
        mistakes += unknown_texts(beside, tree.references.knows, tree.references.levels)
    if mistakes:
        raise SourceError(_with_causes(mistakes))
    about = tree.plan
    day, unknown = (about["更新日"], []) if "更新日" in about else updated(root)
    notes = [*unconfirmed(source), *beside.notes, *_odd(tree.items, source), *unknown]
    return Plan(
        name=about["名称"],
        municipality=about.get("自治体", ""),
        subject=about.get("主題", ""),
        text=tree.plan_text,
        period=about.get("期間", ""),
        contact=about.get("連絡先", ""),
        licence=about.get("ライセンス", ""),
        permalink=about["公開URL"].rstrip("/") + "/" if "公開URL" in about else "",
        updated=day,
        vocabularies=tree.vocabularies,
        audience_note=about.get("対象の注記", ""),
        spellings=tree.spellings,
        levels=tree.levels,
        schema=schema(root, source.lines),
        items=tree.items,
        leaves=tuple(beside.leaves),
        terms=tuple(beside.terms),
        addresses=tuple(known),
        images=tuple(beside.images),
        notes=tuple(sorted(notes)),
        gaps=tuple(sorted(tree.gaps)),
    )


def without_glyph(root: Path, signs: Sequence[str]) -> list[Mistake]:
    """Return where the sources under `root` have signs that the booklet cannot print."""
    sources = [read(root / "plan.yaml", "plan.yaml")[0], *content(root).sources] if signs else []
    return [mistake for sign in signs for mistake in places_of(sources, sign)]


def _with_causes(mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Say where a mistake may have its cause that many places share: in the one that they all name."""
    found = set(mistakes)
    times = Counter((mistake.rule, mistake.message) for mistake in found)
    for mistake in found:
        others = times[mistake.rule, mistake.message] - 1
        if others >= MANY and mistake.rule in CAUSES:
            told = f"同じ知らせがほかに {others} 件あります。ここが正しければ、{CAUSES[mistake.rule]}の方を直します"
            mistake = replace(mistake, hint=f"{mistake.hint}（{told}）")  # noqa: PLW2901  # the same, better told
        yield mistake


def _as_typed(mistake: Mistake, mended: Source, source: Source) -> Mistake:
    """Show the line, and the place in it, as the editor typed it, not as it was mended to read on."""
    place = mistake.place
    if place.file != source.file or not mistake.excerpt:
        return mistake
    typed = source.lines[place.line - 1]
    column = slips.as_typed(place.column, mended.lines[place.line - 1], typed)
    return replace(mistake, place=replace(place, column=column), excerpt=typed)


def _odd(items: Iterable[Node | Again], source: Source) -> Iterator[Mistake]:
    """Note what happens but is worth a second look: an only child named as its parent, a reading that does not fit."""
    for node in (item for item in items if isinstance(item, Node)):
        if node.reading and not kana.over(node.name, node.reading):
            message = f"`よみ` が `名称` に合いません（`{node.name}` と `{node.reading}`）"
            hint = "名称にあるかなが、よみに同じ順で出てくるかを確かめてください"
            yield Mistake(node.place, "reading-differs", message, hint, source.lines[node.place.line - 1])
        for child in node.children if len(node.items) == 1 else ():
            if child.name == node.name:
                message = f"{node.level.name}と、そのただ 1 つの{child.level.name}が同じ名前です（`{node.name}`）"
                yield Mistake(child.place, "same-name", message, "", source.lines[child.place.line - 1])
        yield from _odd(node.items, source)
