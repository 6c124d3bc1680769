"""Find raw HTML that the sanitizer removes: elements, attributes, and words that look like an element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handbook.diagnostics import Diagnostic
from handbook.markdown_reader.allowed_html import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, OTHER_TAGS, REMOVED_WITH_CONTENT
from handbook.markdown_reader.places import in_running_text
from handbook.model import Markdown
from handbook.text_edits import TextEdit

_VALUE = r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+"
_TAG = re.compile(
    rf"(?<!\\)<(?P<end>/?+)(?P<name>[a-zA-Z][a-zA-Z0-9-]*+)(?P<attributes>(?:\s++[^\s\"'=<>/]++{_VALUE})*+)\s*+/?>"
)
_ATTRIBUTE = re.compile(rf"\s+(?P<name>[^\s\"'=<>/]++){_VALUE}")
MAX_DOUBTFUL = 200
"""Most tags of a text that are looked at."""
_HINTS = {
    **dict.fromkeys(("details", "summary"), "見出し（`### 題`）と、ふつうの文章にします"),
    **dict.fromkeys(("font", "big", "center", "span"), "印を消します。目立たせるなら `**太字**` にします"),
    **dict.fromkeys(("iframe", "video", "audio", "embed", "object"), "`[言葉](https://…)` のリンクにします"),
    **dict.fromkeys(("h1", "header"), "見出しは `## 題` と書きます"),
    **dict.fromkeys(("strike",), "`~~消す言葉~~` と書きます"),
    **dict.fromkeys(("tt", "samp", "var"), "`` `文字` `` と書きます"),
    "input": "`- [ ] 用事` と書きます",
}
"""What to write instead of an element."""


def html_notices(markdown: Markdown) -> Iterator[Diagnostic]:
    """Yield a notice for each element and attribute of a text that the page does not have."""
    tags = list(_TAG.finditer(markdown.text))
    starts = (tag for tag in tags if not tag["end"])
    doubtful = [tag for tag in starts if tag["name"].lower() not in ALLOWED_TAGS or tag["attributes"].strip()]
    del doubtful[MAX_DOUBTFUL:]
    seen = in_running_text(markdown.text, (tag.start() for tag in doubtful)) if doubtful else ()
    end_tags = _end_tags(tags) if doubtful else {}
    for tag in doubtful:
        if tag.start() not in seen:
            continue
        name = tag["name"].lower()
        if name in ALLOWED_TAGS:
            yield from _removed_attributes(markdown, tag)
        elif name in OTHER_TAGS:
            yield _removed_element(markdown, tag, end_tags.get(tag.start()))
        else:
            yield _no_element(markdown, tag)


def _end_tags(tags: Iterable[re.Match[str]]) -> dict[int, re.Match[str]]:
    """Return the end tag of each element that has one, by the start of its start tag."""
    found: dict[int, re.Match[str]] = {}
    opened: dict[str, list[re.Match[str]]] = {}
    for tag in tags:
        stack = opened.setdefault(tag["name"].lower(), [])
        if not tag["end"]:
            stack.append(tag)
        elif stack:
            found[stack.pop().start()] = tag
    return found


def _notice(markdown: Markdown, start: int, width: int, rule: str, message: str, hint: str) -> Diagnostic:
    span, excerpt = markdown.place(start, width)
    return Diagnostic(span, rule, message, hint, excerpt)


def _deletion(markdown: Markdown, start: int, old: str) -> TextEdit | None:
    """Return the edit that deletes a text; None if it is on two lines."""
    span, _ = markdown.place(start)
    return None if "\n" in old else TextEdit(file=span.file, line=span.line, column=span.column, old=old, new="")


def _removed_element(markdown: Markdown, tag: re.Match[str], end: re.Match[str] | None) -> Diagnostic:
    name = tag["name"].lower()
    if name in REMOVED_WITH_CONTENT:
        message = f"`<{name}>` は使えません。中の文字も出ません"
        hint = f"`<{name}>` から `</{name}>` までを消します"
        notice = _notice(markdown, tag.start(), len(tag[0]), "removed-html", message, hint)
        whole = markdown.text[tag.start() : end.end()] if end else tag[0]
        return notice.with_fix(_deletion(markdown, tag.start(), whole))
    message = f"`<{name}>` は使えないので、取り除かれます"
    hint = _HINTS.get(name, f"`<{name}>` を消します")
    notice = _notice(markdown, tag.start(), len(tag[0]), "removed-html", message, hint)
    edits = [_deletion(markdown, part.start(), part[0]) for part in (tag, end) if part]
    return notice.with_fix(*edits, title=f"`<{name}>` を消します（中の文字は残ります）")


def _removed_attributes(markdown: Markdown, tag: re.Match[str]) -> Iterator[Diagnostic]:
    name = tag["name"].lower()
    allowed = ALLOWED_ATTRIBUTES["*"] | ALLOWED_ATTRIBUTES.get(name, set())
    for attribute in _ATTRIBUTE.finditer(tag["attributes"]):
        if attribute["name"].lower() not in allowed:
            start = tag.start("attributes") + attribute.start("name")
            typed = attribute[0].lstrip()
            message = f"`<{name}>` の `{attribute['name']}` は使えないので、取り除かれます"
            notice = _notice(markdown, start, len(typed), "removed-html", message, f"`{typed}` を消します")
            spaces = attribute[0][: -len(typed)]
            whole = "" if "\n" in spaces else spaces
            yield notice.with_fix(_deletion(markdown, start - len(whole), whole + typed))


def _no_element(markdown: Markdown, tag: re.Match[str]) -> Diagnostic:
    message = f"`{tag[0]}` は HTML の印とみなされて、出ません"
    notice = _notice(
        markdown, tag.start(), len(tag[0]), "removed-html", message, f"文字として出すには `\\{tag[0]}` と書きます"
    )
    span, _ = markdown.place(tag.start())
    edit = TextEdit(file=span.file, line=span.line, column=span.column, old="<", new="\\<")
    return notice.with_fix(edit)
