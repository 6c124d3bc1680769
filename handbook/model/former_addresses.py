"""The paths of pages that exist no more, with what became of them: the rows of 以前の住所."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from handbook.diagnostics import SourceSpan
from handbook.model.values import Markdown
from handbook.patterns import PAGE_PATH_PATTERN

FORMER_ADDRESSES_KEY = "以前の住所"
ENDED_TEXT = "この住所のページは、いまの計画にはありません"
"""The text that a hint proposes for a page without a successor. It is true in every case."""
_HOST = re.compile(r"(?:[a-z]+:)?//[^/]*/?")


@dataclass(frozen=True, slots=True)
class FormerAddress:
    """A row of 以前の住所: a path that was published, and what became of its page."""

    path: str
    target: str
    """The path to which readers are led; empty if a page with `text` is shown instead."""
    text: Markdown | None
    """What became of the page; None if there is a target."""
    span: SourceSpan
    """Place of `path`."""
    target_span: SourceSpan
    """Place of the target or the text."""
    excerpt: str
    """The source line of `path`."""

    @property
    def typed(self) -> str:
        """The row as it was typed: `path: target`."""
        return f"{self.path}: {self.text.text if self.text else self.target}"


def former_address_hint(path: str, target: str = ENDED_TEXT, *, in_braces: bool = False) -> str:
    """Return the hint to add a row to 以前の住所. Several such hints can be followed in any order.

    `in_braces`: 計画 is written in `{ }`.
    """
    if in_braces:
        return (
            f"`計画` の `{{ }}` の中に `{FORMER_ADDRESSES_KEY}: {{{path}: {target}}}` と書き足します"
            f"（`{FORMER_ADDRESSES_KEY}` がもうあれば、その `{{ }}` の中に `{path}: {target}`）"
        )
    advice = "" if target.endswith(".html") else "。引き継ぐページがあれば、文の代わりにその住所を書きます"
    return (
        f"`計画` の `{FORMER_ADDRESSES_KEY}` の下に `{path}: {target}` の行を足します"
        f"（`{FORMER_ADDRESSES_KEY}:` の行がまだなければ、先に書きます）{advice}"
    )


def normalized_path(text: str) -> str:
    """Return the path of a page that a text probably means, or `""`: without host, with `/` and `.html`."""
    path = unicodedata.normalize("NFKC", text).strip().replace("\\", "/").lower()
    path = _HOST.sub("", re.split("[?#]", path)[0], count=1).removeprefix("./").strip("/").removeprefix("output/")
    path = re.sub(r"(?:\.html?)?$", ".html", path, count=1)
    return path if PAGE_PATH_PATTERN.fullmatch(path) else ""
