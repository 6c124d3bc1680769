"""Signs that Japanese writers put at the head of a line instead of those of Markdown, so that the line stays one."""

from __future__ import annotations

import re

_NUMBER = "[0-9０-９]{1,3}|[一二三四五六七八九十]{1,3}|[ァ-ヶｱ-ﾝ]|[ぁ-ん]|[a-zA-Zａ-ｚＡ-Ｚ]|[ivxIVXⅠ-Ⅻⅰ-ⅻ]{1,4}"
LINE_HEAD = re.compile(
    r"[ \u3000]*(?:"
    "[・･·•‣▪▸►▶▷●○◯◎■□◆◇★☆※▲△▼▽➢➤→⇒☐☑✓✔]"  # signs
    "|[①-⑳㉑-㉟⑴-⒇⒈-⒛❶-❿㋐-㋾㈠-㈩㊀-㊉Ⅰ-Ⅻⅰ-ⅻ]"  # numbers in one character
    f"|[(（〔](?:{_NUMBER})[)）〕]"  # （1） (ア)
    f"|(?:{_NUMBER})[）．]"  # １） ア．
    f"|(?:{_NUMBER})[ \\u3000](?<=\\u3000)"  # ア　 一
    "|第[0-9０-９一二三四五六七八九十百]{1,4}[ \\u3000]"
    ")"
)
"""Matches the head of a line of a list without signs of Markdown. The line break before it is kept."""
