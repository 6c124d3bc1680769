"""What a browser is shown: a draft of the site, what is wrong with it, and when a page of it has become another.

A draft makes a page when it is asked for, and only those. So after a save nobody waits for pages that nobody looks
at, however many there are; that the rest is sound is found out aside, by `proof`.
"""

from __future__ import annotations

import posixpath
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan, WorkerKilled
from handbook.model import OutputFile
from handbook.serve import inject

_LOADED = re.compile(rb'\b(?:src="([^":]+)"|href="([^":]+\.css)")')
"""What the browser loads together with a page."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A site of which nothing is made before somebody asks for it."""

    file_bytes: Callable[[str], bytes | None]
    """The bytes at a path, as a build makes them; None where there is no file. Raises SourceError."""
    all_files: Callable[[], Iterable[OutputFile]]
    """All files, each looked at as it goes by. Raises SourceError with what is wrong in them when the last has gone."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found in all files of a draft."""

    mistakes: tuple[Diagnostic, ...]
    digest_by_path: Mapping[str, int]
    """A checksum of each file; of some only, where there are mistakes."""


BuildPreview = Callable[[], Preview]
EMPTY_PREVIEW = Preview(lambda _: None, lambda: ())


@dataclass(frozen=True, slots=True)
class ServeSession:
    """What a browser sees now."""

    preview: Preview = EMPTY_PREVIEW
    """The last that could be built."""
    build_number: int = 0
    """Of the draft; 0 where there was none yet."""
    mistakes: tuple[Diagnostic, ...] = ()
    """What keeps the sources as they are now from becoming a site."""
    is_current: bool = False
    """Whether the draft is one of the sources as they are now; else the mistakes keep them from being shown at all."""
    is_checked: bool = False
    """Whether every file of the draft was looked at."""
    changed_count: int = 0
    """How many files differ from those of the last draft in which all were right; known once all were looked at."""
    digests: Mapping[str, int] = field(default_factory=dict)
    """Of the files of that draft."""
    build_seconds: float = 0.0
    """How long the last step took."""


def rebuild(build: BuildPreview, before: ServeSession, paths: Iterable[str]) -> ServeSession:
    """Run the build and make the pages at these paths. Where that cannot be, the draft stays the one before."""
    began = time.perf_counter()
    try:
        draft = build()
        for path in paths:
            draft.file_bytes(path)
    except Exception as error:  # noqa: BLE001  # a fault of ours must not end the session of an editor
        now = replace(before, mistakes=diagnostics_of(error), is_current=False, is_checked=False)
    else:
        now = ServeSession(draft, before.build_number + 1, is_current=True, digests=before.digests)
    return replace(now, build_seconds=time.perf_counter() - began)


def with_check_result(shown: ServeSession, found: CheckResult, seconds: float) -> ServeSession:
    """Return the same with what was found in it."""
    before = shown.digests
    changed = sum(before.get(path) != digest for path, digest in found.digest_by_path.items())
    changed += len(before.keys() - found.digest_by_path.keys())
    digests = before if found.mistakes else found.digest_by_path
    return replace(
        shown, mistakes=found.mistakes, is_checked=True, changed_count=changed, digests=digests, build_seconds=seconds
    )


def diagnostics_of(error: Exception) -> tuple[Diagnostic, ...]:
    """Return what an error says to an editor: mistakes in the sources, or that the fault is ours."""
    if isinstance(error, SourceError):
        return error.mistakes
    message = f"この道具の誤りです。開発者に知らせてください: {type(error).__name__}: {error}"
    message = str(error) if isinstance(error, WorkerKilled) else message
    return (Diagnostic(SourceSpan("build.py", 1, 1), "internal-error", message),)


@dataclass(frozen=True, slots=True)
class Response:
    """What is sent for a path."""

    status: int
    data: bytes
    stamp: str = ""
    """Of a page: stays the same as long as the page does, with all that the browser loads for it."""
    mistakes: tuple[Diagnostic, ...] = ()
    """What to tell beside it."""


def respond(shown: ServeSession, path: str) -> Response:
    """Return what is sent for a path; where there is no file, a page that says so and waits for the next save."""
    if not shown.build_number:
        return Response(404, inject.NOT_BUILT_PAGE.encode(), "0", shown.mistakes)
    try:
        data = shown.preview.file_bytes(path)
        if data is None:
            return Response(404, inject.NOT_FOUND_PAGE.encode(), "404", shown.mistakes)
        return Response(200, data, _page_fingerprint(shown.preview, path, data), shown.mistakes)
    except Exception as error:  # noqa: BLE001  # as above
        return Response(500, inject.UNAVAILABLE_PAGE.encode(), "500", diagnostics_of(error))


def _page_fingerprint(draft: Preview, path: str, page: bytes) -> str:
    if not path.endswith(".html"):
        return ""
    folder = posixpath.dirname(path)
    loaded = [(one or other).decode() for one, other in _LOADED.findall(page)]
    return f"{hash((page, *(draft.file_bytes(posixpath.normpath(posixpath.join(folder, link))) for link in loaded))):x}"
