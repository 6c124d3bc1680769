"""content/ → the Markdown of nodes and free pages, and the pictures they show."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan, suggestion_hint
from handbook.model import FreePageSource, GlossaryTerm, Markdown, OutputFile
from handbook.parse.glossary import read_terms
from handbook.parse.markdown_checks import markdown_errors
from handbook.parse.source import Source, decode_source, list_folder, read_bytes, read_source, unconfirmed_marks
from handbook.patterns import GLOSSARY_PAGE, ID_PATTERN, WINDOWS_DEVICE_NAMES

RESERVED_STEMS = frozenset(
    "index structure list audiences kana search reading sitemap accessibility changes data".split()  # noqa: SIM905  # not ten lines
    + "site 404 progress gaps".split()  # noqa: SIM905
)
"""Pages the build makes itself."""
_TEXT, _IMAGE_SUFFIXES = (".md",), (".png", ".jpg", ".jpeg", ".webp", ".gif")
_ALLOWED_SUFFIXES: dict[str, tuple[str, ...]] = {"": (), "nodes": _TEXT, "pages": _TEXT, "images": _IMAGE_SUFFIXES}
"""The folders of content/ and the endings of the files that may stand in each."""
MAX_IMAGE_PIXELS = 100_000_000
"""Points; one that is larger than any camera's fills the memory of whoever opens it."""
_TRACKED_TEXT = re.compile(rf"content/(?P<part>nodes|pages)/(?P<stem>{ID_PATTERN.pattern})\.md")


@dataclass(slots=True)
class Content:
    """What content/ holds."""

    texts: dict[str, tuple[Source, Markdown]] = field(default_factory=dict)
    """Markdown of nodes, by id."""
    free_pages: list[FreePageSource] = field(default_factory=list)
    terms: list[GlossaryTerm] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    images: list[OutputFile] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    notices: list[Diagnostic] = field(default_factory=list)


def read_content(root: Path) -> Content:
    """Read content/nodes/<id>.md, content/pages/<name>.md and content/images/."""
    found = Content()
    for part, allowed in _ALLOWED_SUFFIXES.items():
        place = f"content/{part}".rstrip("/")
        inside, wrong = list_folder(root / place, place)
        found.errors += wrong
        for file in inside:
            name = f"{place}/{file.name}"
            if not part and file.name in _ALLOWED_SUFFIXES:
                continue
            if misplaced := _misplaced(file, name, allowed):
                found.errors.append(misplaced)
            elif part == "images":
                _image(found, file, name)
            else:
                _add_text(found, *read_source(file.path, name), part, _stem(file.name))
    return found


def parse_content_file(name: str, held: bytes) -> Content:
    """Return what one text of content/ holds, by its path; nothing for a file that is none."""
    found, match = Content(), _TRACKED_TEXT.fullmatch(name)
    if match and (match["part"] == "nodes" or match["stem"] not in RESERVED_STEMS):
        _add_text(found, *decode_source(held, name), match["part"], match["stem"])
    return found


def merge_content(parts: Iterable[Content]) -> Content:
    """Return what several hold."""
    found = Content()
    for part in parts:
        found.texts |= part.texts
        found.free_pages += part.free_pages
        found.terms += part.terms
        found.sources += part.sources
        found.errors += part.errors
    return found


def _stem(name: str) -> str:
    """Return a file's name without its ending."""
    return name.rpartition(".")[0]


def _misplaced(file: os.DirEntry[str], name: str, allowed: tuple[str, ...]) -> Diagnostic | None:
    """Say why a file cannot be used, if it cannot."""
    place, stem = SourceSpan(name, 1, 1), _stem(file.name)
    if file.is_dir(follow_symlinks=False):
        return Diagnostic(
            place, "unknown-file", f"フォルダー `{name}` は使われません", "content/ の中は nodes pages images だけです"
        )
    if not file.name.endswith(allowed):
        hint = "文章は content/nodes/ か content/pages/ の .md、絵は content/images/ に置きます"
        return Diagnostic(place, "unknown-file", f"`{name}` は使われません", hint)
    taken = WINDOWS_DEVICE_NAMES | RESERVED_STEMS if name.startswith("content/pages/") else WINDOWS_DEVICE_NAMES
    if not ID_PATTERN.fullmatch(stem) and stem not in taken:
        hint = "半角の英小文字・数字・`-` だけの名前にしてください"
        return Diagnostic(place, "bad-file-name", f"ファイル名 `{file.name}` は使えません", hint)
    if stem in taken:
        return Diagnostic(
            place, "reserved-name", f"`{stem}` はほかで使う名前なので使えません", "ほかの名前にしてください"
        )
    return None


def _image(found: Content, file: os.DirEntry[str], name: str) -> None:
    held = read_bytes(file.path, name)
    taken = held if isinstance(held, Diagnostic) else _check_image(held, name)
    if isinstance(taken, Diagnostic):
        found.errors.append(taken)
    else:
        found.images.append(taken)


@lru_cache(maxsize=256)  # while a plan is edited its pictures are the same again
def _check_image(held: bytes, name: str) -> OutputFile | Diagnostic:
    """Return a picture, or why no browser and no booklet can show it."""
    from PIL import Image  # noqa: PLC0415  # only where there are pictures

    form = name.rpartition(".")[2].upper().replace("JPG", "JPEG")
    try:
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),  # the limit is ours
            Image.open(io.BytesIO(held), formats=[form]) as picture,
        ):
            width, height = picture.size
            if width * height <= MAX_IMAGE_PIXELS:
                picture.draft("L", (1, 1))  # a JPEG is read as well at an eighth of its size
                picture.load()
                return OutputFile(name.removeprefix("content/"), held)
    except Image.DecompressionBombError:
        pass
    except Exception:  # noqa: BLE001  # the reader fails in as many ways as a file can be broken
        hint = "絵を開けるソフトで、名前の終わりのとおりの形式（PNG や JPEG）で保存し直してください"
        return Diagnostic(SourceSpan(name, 1, 1), "broken-picture", f"`{name}` は {form} の絵として読めません", hint)
    message = f"絵が大きすぎます（縦と横の点をかけて {MAX_IMAGE_PIXELS:,} まで）"
    return Diagnostic(SourceSpan(name, 1, 1), "too-large", message, "小さくして保存し直してください")


def _add_text(found: Content, source: Source, wrong: Iterable[Diagnostic], part: str, stem: str) -> None:
    """Take in a Markdown file, `part` being its folder in content/."""
    found.errors += wrong
    if not source.lines:
        return
    found.notices += unconfirmed_marks(source)
    found.sources.append(source)
    text = "\n".join(source.lines)
    if part == "nodes":
        found.texts[stem] = source, Markdown(text, SourceSpan(source.file, 1, 1))
        found.errors += markdown_errors(source, 1, len(source.lines))
        if not text.strip():
            found.errors.append(
                source.mistake(1, 1, 1, "empty-value", "文章が空です", "書くか、ファイルを消してください")
            )
        return
    first = next((n for n, line in enumerate(source.lines) if line.strip()), 0)
    title = source.lines[first].removeprefix("# ").strip()
    if not source.lines[first].startswith("# ") or not title:
        hint = "1 行めに `# ページの題` と書きます"
        found.errors.append(source.mistake(first + 1, 1, 1, "missing-title", "ページの題がありません", hint))
        return
    found.errors += markdown_errors(source, first + 2, len(source.lines))
    body = "\n".join(source.lines[first + 1 :])
    found.free_pages.append(FreePageSource(stem, title, Markdown(body, SourceSpan(source.file, first + 2, 1))))
    if stem == GLOSSARY_PAGE:
        found.terms, wrong = read_terms(source)
        found.errors += wrong


def orphan_texts(found: Content, knows: Callable[[str], bool], ids: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield the texts in content/nodes/ that belong to no node."""
    for name, (source, _) in found.texts.items():
        if not knows(name):
            hint = suggestion_hint(name, sorted(ids), most=0) or "plan.yaml の id と同じ名前にします"
            yield source.mistake(1, 1, 1, "unknown-node", f"id が `{name}` の節は plan.yaml にありません", hint)
