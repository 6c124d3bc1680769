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

from handbook.mistakes import Killed, Mistake, Place, SourceError
from handbook.model import File
from handbook.serve import dress

_LOADED = re.compile(rb'\b(?:src="([^":]+)"|href="([^":]+\.css)")')
"""What the browser loads together with a page."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A site of which nothing is made before somebody asks for it."""

    file: Callable[[str], bytes | None]
    """The bytes at a path, as a build makes them; None where there is no file. Raises SourceError."""
    proof: Callable[[], Iterable[File]]
    """All files, each looked at as it goes by. Raises SourceError with what is wrong in them when the last has gone."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in all files of a draft."""

    mistakes: tuple[Mistake, ...]
    digests: Mapping[str, int]
    """A checksum of each file; of some only, where there are mistakes."""


Build = Callable[[], Draft]
NOTHING = Draft(lambda _: None, lambda: ())


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser sees now."""

    draft: Draft = NOTHING
    """The last that could be built."""
    number: int = 0
    """Of the draft; 0 where there was none yet."""
    mistakes: tuple[Mistake, ...] = ()
    """What keeps the sources as they are now from becoming a site."""
    current: bool = False
    """Whether the draft is one of the sources as they are now; else the mistakes keep them from being shown at all."""
    proofread: bool = False
    """Whether every file of the draft was looked at."""
    changed: int = 0
    """How many files differ from those of the last draft in which all were right; known once all were looked at."""
    digests: Mapping[str, int] = field(default_factory=dict)
    """Of the files of that draft."""
    seconds: float = 0.0
    """How long the last step took."""


def built(build: Build, before: Shown, paths: Iterable[str]) -> Shown:
    """Run the build and make the pages at these paths. Where that cannot be, the draft stays the one before."""
    began = time.perf_counter()
    try:
        draft = build()
        for path in paths:
            draft.file(path)
    except Exception as error:  # noqa: BLE001  # a fault of ours must not end the session of an editor
        now = replace(before, mistakes=mistakes_in(error), current=False, proofread=False)
    else:
        now = Shown(draft, before.number + 1, current=True, digests=before.digests)
    return replace(now, seconds=time.perf_counter() - began)


def proofread(shown: Shown, found: Found, seconds: float) -> Shown:
    """Return the same with what was found in it."""
    before = shown.digests
    changed = sum(before.get(path) != digest for path, digest in found.digests.items())
    changed += len(before.keys() - found.digests.keys())
    digests = before if found.mistakes else found.digests
    return replace(shown, mistakes=found.mistakes, proofread=True, changed=changed, digests=digests, seconds=seconds)


def mistakes_in(error: Exception) -> tuple[Mistake, ...]:
    """Return what an error says to an editor: mistakes in the sources, or that the fault is ours."""
    if isinstance(error, SourceError):
        return error.mistakes
    message = f"この道具の誤りです。開発者に知らせてください: {type(error).__name__}: {error}"
    message = str(error) if isinstance(error, Killed) else message
    return (Mistake(Place("build.py", 1, 1), "internal-error", message),)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for a path."""

    status: int
    data: bytes
    stamp: str = ""
    """Of a page: stays the same as long as the page does, with all that the browser loads for it."""
    mistakes: tuple[Mistake, ...] = ()
    """What to tell beside it."""


def answer(shown: Shown, path: str) -> Answer:
    """Return what is sent for a path; where there is no file, a page that says so and waits for the next save."""
    if not shown.number:
        return Answer(404, dress.NOTHING_YET.encode(), "0", shown.mistakes)
    try:
        data = shown.draft.file(path)
        if data is None:
            return Answer(404, dress.NO_SUCH_PAGE.encode(), "404", shown.mistakes)
        return Answer(200, data, _stamp(shown.draft, path, data), shown.mistakes)
    except Exception as error:  # noqa: BLE001  # as above
        return Answer(500, dress.NO_PAGE_NOW.encode(), "500", mistakes_in(error))


def _stamp(draft: Draft, path: str, page: bytes) -> str:
    if not path.endswith(".html"):
        return ""
    folder = posixpath.dirname(path)
    loaded = [(one or other).decode() for one, other in _LOADED.findall(page)]
    return f"{hash((page, *(draft.file(posixpath.normpath(posixpath.join(folder, link))) for link in loaded))):x}"
