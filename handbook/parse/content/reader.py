"""Read content/: the Markdown of nodes and free pages, the terms of the glossary, and images."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan, closest_match
from handbook.model import FreePageSource, GlossaryTerm, Markdown, Picture
from handbook.parse.content.file_names import ALLOWED_SUFFIXES, RESERVED_STEMS, misplaced_file_error
from handbook.parse.content.glossary import read_terms
from handbook.parse.content.markdown_checks import UNREADABLE, front_matter_error, markdown_errors
from handbook.parse.content.markdown_notices import markdown_notices
from handbook.parse.content.pictures import read_picture
from handbook.parse.edits.source_edits import replace_line
from handbook.parse.notices.look_alikes import look_alikes
from handbook.parse.source import Source, decode_source, list_folder, read_source, unconfirmed_marks
from handbook.patterns import GLOSSARY_PAGE, ID_PATTERN

_ORPHAN_HINT = "節を消したのなら、このファイルも消します。節の id を変えたのなら、ファイルの名前も同じにします"
_TRACKED_TEXT = re.compile(rf"content/(?P<folder>nodes|pages)/(?P<stem>{ID_PATTERN.pattern})\.md")


@dataclass(slots=True)
class Content:
    """The texts and images in content/, with the diagnostics on them."""

    texts: dict[str, tuple[Source, Markdown]] = field(default_factory=dict)
    """Markdown of nodes, by id."""
    free_pages: list[FreePageSource] = field(default_factory=list)
    terms: list[GlossaryTerm] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    markdown: list[Markdown] = field(default_factory=list)
    """All texts whose references are to be checked."""
    images: list[Picture] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    notices: list[Diagnostic] = field(default_factory=list)

    def add_text(self, markdown: Markdown) -> bool:
        """Add the errors in a text. Return whether it has none that keeps it from being read."""
        errors = markdown_errors(markdown)
        self.errors += errors
        if any(error.rule == UNREADABLE for error in errors):
            return False
        self.markdown.append(markdown)
        self.notices += markdown_notices(markdown)
        return True


def read_content(root: Path) -> Content:
    """Read content/nodes/<id>.md, content/pages/<name>.md and content/images/."""
    content = Content()
    for folder in ALLOWED_SUFFIXES:
        folder_path = f"content/{folder}".rstrip("/")
        files, errors = list_folder(root / folder_path, folder_path)
        content.errors += errors
        taken = {_stem(file.name) for file in files}
        for file in files:
            path = f"{folder_path}/{file.name}"
            if not folder and file.name in ALLOWED_SUFFIXES:
                continue
            if misplaced := misplaced_file_error(file, path, folder, taken):
                content.errors.append(misplaced)
            elif folder == "images":
                _add_image(content, file, path)
            else:
                _add_text(content, *read_source(file.path, path), folder, _stem(file.name))
    return content


def parse_content_file(path: str, data: bytes) -> Content:
    """Return the content of one Markdown file by its path. It is empty if the path is not that of a text."""
    content, match = Content(), _TRACKED_TEXT.fullmatch(path)
    if match and (match["folder"] == "nodes" or match["stem"] not in RESERVED_STEMS):
        _add_text(content, *decode_source(data, path), match["folder"], match["stem"])
    return content


def merge_content(parts: Iterable[Content]) -> Content:
    """Return the content of several files as one, without images and notices."""
    content = Content()
    for part in parts:
        content.texts |= part.texts
        content.free_pages += part.free_pages
        content.terms += part.terms
        content.sources += part.sources
        content.markdown += part.markdown
        content.errors += part.errors
    return content


def _stem(name: str) -> str:
    """Return a file's name without its suffix."""
    return name.rpartition(".")[0]


def _add_image(content: Content, file: os.DirEntry[str], path: str) -> None:
    picture, diagnostics = read_picture(file.path, path)
    if picture:
        content.images.append(picture)
        content.notices += diagnostics
    else:
        content.errors += diagnostics


def _add_text(content: Content, source: Source, errors: Iterable[Diagnostic], folder: str, stem: str) -> None:
    """Add a Markdown file to the content; `folder` is `nodes` or `pages`."""
    content.errors += errors
    if not source.lines:
        return
    content.notices += [*unconfirmed_marks(source), *look_alikes(source, is_markdown=True)]
    content.sources.append(source)
    text = "\n".join(source.lines)
    if error := front_matter_error(Markdown(text, SourceSpan(source.file, 1, 1))):
        content.errors.append(error)
        return
    if folder == "nodes":
        markdown = Markdown(text, SourceSpan(source.file, 1, 1))
        content.texts[stem] = source, markdown
        content.add_text(markdown)
        if not text.strip():
            content.errors.append(
                source.mistake(1, 1, 1, "empty-value", "文章が空です", "書くか、ファイルを消してください")
            )
        return
    first = next((n for n, line in enumerate(source.lines) if line.strip()), 0)
    title = source.lines[first].removeprefix("# ").strip()
    body = Markdown("\n".join(source.lines[first + 1 :]), SourceSpan(source.file, first + 2, 1))
    is_readable = content.add_text(body)
    if not source.lines[first].startswith("# ") or not title:
        words = source.lines[first].lstrip("#＃").strip()
        hint = f"{first + 1} 行めを `# {words}` とします" if words else "1 行めに `# ページの題` と書きます"
        mistake = source.mistake(first + 1, 1, 1, "missing-title", "ページの題がありません", hint)
        content.errors.append(mistake.with_fix(replace_line(source, first + 1, f"# {words}") if words else None))
        return
    content.free_pages.append(FreePageSource(stem, title, body))
    content.markdown.append(Markdown(title, SourceSpan(source.file, first + 1, 3), source.lines[first]))
    if is_readable and stem == GLOSSARY_PAGE:
        content.terms, errors = read_terms(body)
        content.errors += errors
        content.markdown += [term.text for term in content.terms]


def orphan_texts(content: Content, has_id: Callable[[str], bool], ids: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield an error for each text in content/nodes/ whose node does not exist.

    `ids` are those of all nodes, for the hint.
    """
    for node_id, (source, _) in content.texts.items():
        if not has_id(node_id):
            near = closest_match(node_id, sorted(ids))
            hint = f"`{near}` のことですか。ファイルの名前を `{near}.md` に変えます" if near else _ORPHAN_HINT
            yield source.mistake(1, 1, 1, "unknown-node", f"id が `{node_id}` の節は plan.yaml にありません", hint)
