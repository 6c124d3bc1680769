"""Read pictures as they are published, with a notice of what was changed, or the error if they are unusable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import Picture
from handbook.parse.source import Source, read_bytes
from handbook.pictures import PictureError, clean_picture

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
"""Of pictures in content/images/. A theme may also contain SVG files."""
_PICTURES = "content/images/"
MAX_USES = 3
"""Places that use an unusable picture and are named in its message."""


def read_picture(file: str | Path, path: str) -> tuple[Picture | None, list[Diagnostic]]:
    """Return a picture with its notices, or None with its errors. `path` is relative to the plan's folder."""
    data = read_bytes(file, path)
    return (None, [data]) if isinstance(data, Diagnostic) else prepare_picture(data, path)


def prepare_picture(data: bytes, path: str) -> tuple[Picture | None, list[Diagnostic]]:
    """Return the picture with this data and its notices, or None and its errors."""
    span = SourceSpan(path, 1, 1)
    try:
        clean = clean_picture(data, f".{path.rpartition('.')[2]}")
    except PictureError as error:
        return None, [Diagnostic(span, error.rule, error.message, error.hint)]
    steps = [f"見えない情報（{'、'.join(clean.removed)}）を除いて"] if clean.removed else []
    steps += [f"{'と'.join(clean.changes)}を直して"] if clean.changes else []
    message = f"絵は、{'、'.join(steps)}公開します。元のファイルはそのままです"
    picture = Picture(path.removeprefix("content/"), clean.data, clean.width, clean.height)
    return picture, [Diagnostic(span, "changed-picture", message)] if steps else []


def with_uses(errors: Iterable[Diagnostic], sources: Iterable[Source]) -> Iterator[Diagnostic]:
    """Yield errors; those of a picture also name the first places of the sources that use it."""
    texts = tuple(sources)
    for error in errors:
        if not error.span.file.startswith(_PICTURES):
            yield error
            continue
        name = error.span.file.removeprefix("content/")
        uses = [f"{s.file}:{number}" for s in texts for number, line in enumerate(s.lines, 1) if name in line]
        shown = "、".join(uses[:MAX_USES]) + ("など" if len(uses) > MAX_USES else "")
        use = f"{shown} で使っています" if uses else "使っている文章はありません"
        yield replace(error, message=f"{error.message}（{use}）")
