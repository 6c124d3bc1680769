"""The state that the preview server shows: the last buildable site, the errors, and a stamp that changes with a page.

A preview renders a page when it is requested. So after a save the browser does not wait for the other pages, however
many there are; `background_check` renders and checks them afterwards.
"""

from __future__ import annotations

import posixpath
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from handbook.diagnostics import Diagnostic, SourceError, SourceSpan, WorkerKilledError
from handbook.model import OutputFile
from handbook.serve import inject

_LOADED = re.compile(rb'\b(?:src="([^":]+)"|href="([^":]+\.css)")')
"""URLs of the scripts, images and stylesheets that the browser loads with a page."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A site whose files are rendered when they are requested."""

    file_bytes: Callable[[str], bytes | None]
    """Returns the bytes of the file at a path, or None if there is no file. Raises SourceError."""
    all_files: Callable[[], Iterable[OutputFile]]
    """Returns an iterable of all files, which raises SourceError after the last one if any of them has an error."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check of all files of a preview."""

    mistakes: tuple[Diagnostic, ...]
    digest_by_path: Mapping[str, int]
    """A checksum of each file; incomplete if there are mistakes."""


BuildPreview = Callable[[], Preview]
EMPTY_PREVIEW = Preview(lambda _: None, lambda: ())


@dataclass(frozen=True, slots=True)
class ServeSession:
    """The preview that browsers see now, and the errors in the sources."""

    preview: Preview = EMPTY_PREVIEW
    """The last one that could be built."""
    build_number: int = 0
    """Number of successful builds so far; 0 if none has succeeded."""
    mistakes: tuple[Diagnostic, ...] = ()
    """Errors in the sources as they are now, or in the files made of them."""
    is_current: bool = False
    """Whether the preview was built from the sources as they are now; else they have errors and could not be built."""
    is_checked: bool = False
    """Whether every file of the preview has been checked."""
    changed_count: int = 0
    """Number of files that differ from the last preview without errors; valid if `is_checked`."""
    digests: Mapping[str, int] = field(default_factory=dict)
    """Checksums of the files of the last preview without errors, by path."""
    build_seconds: float = 0.0
    """Seconds that the last rebuild or check took."""


def rebuild(build: BuildPreview, before: ServeSession, paths: Iterable[str]) -> ServeSession:
    """Run the build and render the pages at these paths. If that fails, keep the preview of the session before."""
    began = time.perf_counter()
    try:
        preview = build()
        for path in paths:
            preview.file_bytes(path)
    except Exception as error:  # noqa: BLE001  # a bug of the product must not end the session of an editor
        after = replace(before, mistakes=diagnostics_of(error), is_current=False, is_checked=False)
    else:
        after = ServeSession(preview, before.build_number + 1, is_current=True, digests=before.digests)
    return replace(after, build_seconds=time.perf_counter() - began)


def with_check_result(session: ServeSession, result: CheckResult, seconds: float) -> ServeSession:
    """Return the session with the result of the background check, which took so many seconds."""
    before = session.digests
    changed = sum(before.get(path) != digest for path, digest in result.digest_by_path.items())
    changed += len(before.keys() - result.digest_by_path.keys())
    digests = before if result.mistakes else result.digest_by_path
    return replace(
        session,
        mistakes=result.mistakes,
        is_checked=True,
        changed_count=changed,
        digests=digests,
        build_seconds=seconds,
    )


def diagnostics_of(error: Exception) -> tuple[Diagnostic, ...]:
    """Return the mistakes of a SourceError, or one that reports any other exception as a bug of the product."""
    if isinstance(error, SourceError):
        return error.mistakes
    message = f"この道具の誤りです。開発者に知らせてください: {type(error).__name__}: {error}"
    message = str(error) if isinstance(error, WorkerKilledError) else message
    return (Diagnostic(SourceSpan("build.py", 1, 1), "internal-error", message),)


@dataclass(frozen=True, slots=True)
class Response:
    """The HTTP response for a path."""

    status: int
    data: bytes
    stamp: str = ""
    """Fingerprint of a page and of all that the browser loads with it; empty for other files."""
    mistakes: tuple[Diagnostic, ...] = ()
    """Errors to show with the page."""


def respond(session: ServeSession, path: str) -> Response:
    """Return the response for a path. If there is no file, it is a page with the reason that reloads after a save."""
    if not session.build_number:
        return Response(404, inject.NOT_BUILT_PAGE.encode(), "0", session.mistakes)
    try:
        data = session.preview.file_bytes(path)
        if data is None:
            return Response(404, inject.NOT_FOUND_PAGE.encode(), "404", session.mistakes)
        return Response(200, data, _page_fingerprint(session.preview, path, data), session.mistakes)
    except Exception as error:  # noqa: BLE001  # as in `rebuild`
        return Response(500, inject.UNAVAILABLE_PAGE.encode(), "500", diagnostics_of(error))


def _page_fingerprint(preview: Preview, path: str, page: bytes) -> str:
    if not path.endswith(".html"):
        return ""
    folder = posixpath.dirname(path)
    urls = [(src or href).decode() for src, href in _LOADED.findall(page)]
    loaded = (preview.file_bytes(posixpath.normpath(posixpath.join(folder, url))) for url in urls)
    return f"{hash((page, *loaded)):x}"
