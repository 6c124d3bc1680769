"""plan.yaml, content/, theme/ and templates/ → frozen values, or every mistake in them at once.

The only room that reads the sources. Inside: `source` makes bytes into lines, `slips` mends what a Japanese
keyboard does to YAML, `marked` knows PyYAML, `values` the form of a value, `tree` the plan, `content` the Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from handbook.load import marked, slips
from handbook.load.content import content, unknown_texts
from handbook.load.source import LITTER, Source, read, unconfirmed
from handbook.load.tree import Tree
from handbook.mistakes import Mistake, Place, SourceError
from handbook.model import File, Node, Plan, Theme

OWN = Path(__file__).resolve().parents[2]
"""Where the templates/ and theme/ stand that serve when a plan's folder has none of its own."""
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_SCHEME = re.compile(r"@media[^{]*\{(?:[^{}]|\{[^{}]*\})*\}")
BY_INDENT = frozenset({"yaml-syntax", "deeper-indent", "shallow-indent", "uneven-indent"})
"""Mistakes that follow from one in the indentation of the same line."""


def plan(root: Path) -> Plan:
    """Return all that the sources under `root` say.

    Raises SourceError with every mistake in plan.yaml and content/.
    """
    source, mistakes = read(root / "plan.yaml", "plan.yaml")
    beside = content(root)
    mistakes += beside.mistakes
    if not source.lines:
        raise SourceError(mistakes)
    mended, slipped = slips.mended(source)
    value, wrong, lost = marked.tree(mended)
    uneven = {slip.place.line for slip in slipped if slip.rule.endswith("-indent")}
    wrong = [m for m in wrong if m.place.line not in uneven or m.rule not in BY_INDENT]
    tree = Tree(mended, lost, beside, flawed=bool(wrong))
    tree.read(value)
    mistakes += [*slipped, *(_as_typed(mistake, mended, source) for mistake in (*wrong, *tree.values.mistakes))]
    if tree.levels and not lost:
        mistakes += unknown_texts(beside, set(tree.references.levels))
    if mistakes:
        raise SourceError(mistakes)
    notes = [*unconfirmed(source), *beside.notes, *_same_names(tree.items, source)]
    about = tree.plan
    return Plan(
        name=about["名称"],
        municipality=about.get("自治体", ""),
        subject=about.get("主題", ""),
        text=tree.plan_text,
        period=about.get("期間", ""),
        contact=about.get("連絡先", ""),
        licence=about.get("ライセンス", ""),
        permalink=about["公開URL"].rstrip("/") + "/" if "公開URL" in about else "",
        levels=tree.levels,
        items=tree.items,
        leaves=tuple(beside.leaves),
        images=tuple(beside.images),
        notes=tuple(sorted(notes)),
        gaps=tuple(sorted(tree.gaps)),
    )


def _as_typed(mistake: Mistake, mended: Source, source: Source) -> Mistake:
    """Show the line, and the place in it, as the editor typed it, not as it was mended to read on."""
    place = mistake.place
    if place.file != source.file or not mistake.excerpt:
        return mistake
    typed = source.lines[place.line - 1]
    column = slips.as_typed(place.column, mended.lines[place.line - 1], typed)
    return replace(mistake, place=replace(place, column=column), excerpt=typed)


def _same_names(items: object, source: Source) -> Iterator[Mistake]:
    """Note each only child that bears its parent's name: it happens, and is worth a second look."""
    stack = [item for item in items if isinstance(item, Node)] if isinstance(items, tuple) else []
    while stack:
        node = stack.pop()
        children = list(node.children)
        stack += children
        if len(node.items) == 1 and children and children[0].name == node.name:
            place = children[0].place
            message = f"{node.level.name}と、そのただ 1 つの{children[0].level.name}が同じ名前です（`{node.name}`）"
            yield Mistake(place, "same-name", message, "", source.lines[place.line - 1])


def theme(root: Path) -> Theme:
    """Return templates and theme: the folder's own files first, the product's for the rest.

    Raises SourceError where a file cannot be read.
    """
    mistakes: list[Mistake] = []
    templates = _texts(root, "templates", mistakes)
    files = _bytes(root, "theme", mistakes)
    if mistakes:
        raise SourceError(mistakes)
    tokens: dict[str, str] = {}
    for css in ((OWN / "theme/tokens.css").read_bytes(), files["tokens.css"]):
        light = _SCHEME.sub("", css.decode("utf-8", "replace"))
        tokens |= {found[1]: found[2].strip() for found in _TOKEN.finditer(light)}
    return Theme(templates, tuple(File(f"theme/{name}", data) for name, data in sorted(files.items())), tokens)


def _texts(root: Path, folder: str, mistakes: list[Mistake]) -> dict[str, str]:
    texts = {}
    for name, data in _bytes(root, folder, mistakes).items():
        try:
            texts[name] = data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            place = Place(f"{folder}/{name}", 1, 1)
            hint = "文字コードを UTF-8 にして保存し直してください"
            mistakes.append(Mistake(place, "not-utf-8", "文字コードが UTF-8 ではありません", hint))
    return texts


def _bytes(root: Path, folder: str, mistakes: list[Mistake]) -> dict[str, bytes]:
    """Read a folder's files by name, those of the plan's own folder over those of the product."""
    found: dict[str, bytes] = {}
    for place in dict.fromkeys((OWN, root.resolve())):
        for path in sorted((place / folder).glob("*")):
            if path.name.lower() in LITTER or path.name.startswith("."):
                continue
            if path.is_symlink() or not path.is_file():
                where = Place(f"{folder}/{path.name}", 1, 1)
                message = "ふつうのファイルではありません（リンクやフォルダーは読みません）"
                mistakes.append(Mistake(where, "not-a-file", message))
                continue
            found[path.name] = path.read_bytes()
    return found
