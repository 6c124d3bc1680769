"""Join the lines of a Japanese text, because a browser shows the end of a line as a space."""

from __future__ import annotations

import re

_EAST_ASIAN_WIDE = (
    "[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]"
)
_SOFT_BREAK = re.compile(
    rf"(?:(?<={_EAST_ASIAN_WIDE})((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?={_EAST_ASIAN_WIDE}))"
    rf"|(?:(?<=[、。「」『』（）！？・])((?:</[a-z]+>)*)[ \t]*\n[ \t]*((?:<[a-z][^>]*>)*)(?=\S))"
)
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)


def join_japanese_lines(html: str) -> str:
    """Return HTML in which lines between Japanese characters are joined, except those of code."""
    if "<pre>" not in html:
        return _joined(html)
    return "".join(part if part.startswith("<pre>") else _joined(part) for part in _PRE.split(html))


def _joined(html: str) -> str:
    return _SOFT_BREAK.sub(lambda match: "".join(part for part in match.groups() if part), html)
