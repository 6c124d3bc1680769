"""Random Markdown as municipal staff write it, and its structure as GitHub's own reader (cmark-gfm) finds it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import cmarkgfm
from cmarkgfm.cmark import Options

from handbook.html_tree import HtmlNode, parse_fragment

Structure = tuple[str, str, tuple[object, ...]]
"""Tag, attribute that matters or `""`, and the contents: texts and structures."""
BOXES = {False: "[ ]", True: "[x]"}
"""How the boxes of tasks are written in a structure."""
ATTRIBUTES = {"a": "href", "img": "src", "ol": "start", "td": "align", "th": "align"}


def github_structure(text: str) -> tuple[object, ...]:
    """Return the structure of a text as GitHub's reader finds it."""
    return structure(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))


def structure(html: str) -> tuple[object, ...]:
    """Return elements and texts, without the white space that no reader sees."""
    return _contents(parse_fragment(html), is_code=False)


def _contents(node: HtmlNode, *, is_code: bool) -> tuple[object, ...]:
    parts: list[object] = []
    for child in node.iter(include_text=True):
        if child.is_text_node:
            text = child.text_content or ""
            text = re.sub(r"[ \t]*(\n)\s*|[ \t]+", r"\1 ", text).strip() if is_code else " ".join(text.split())
            if text and parts and isinstance(parts[-1], str):
                text = f"{parts.pop()} {text}"
            parts += [text] if text else []
        elif child.is_element_node:
            tag = child.tag or ""
            if tag == "input":
                parts.append(BOXES["checked" in child.attributes])
                continue
            value = child.attributes.get(ATTRIBUTES.get(tag, "")) or ""
            inner = _contents(child, is_code=is_code or tag == "pre")
            if (
                tag in ("p", "h1", "h2") and parts and parts[-1] in BOXES.values()
            ):  # GitHub puts the box before the paragraph
                first = f"{parts.pop()} {inner[0]}" if isinstance(inner[0], str) else parts.pop()
                inner = (first, *inner[isinstance(inner[0], str) :])
            parts.append((tag, value, inner))
    return tuple(parts)


class GithubTextMaker:
    """Makes one text: blocks after one another and in one another, with and without blank lines between them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def text(self) -> str:
        lines: list[str] = []
        for _ in range(self.chance.randint(1, 5)):
            lines += [*self._block(3), *[""] * self.chance.choice([0, 0, 1, 1, 1, 2])]
        return "\n".join(lines)

    def _words(self) -> str:
        forms = [
            "市民の学び",
            "水辺を守る",
            "**重点** の取組",
            "~~廃止~~ した事業",
            "*強調* と `コード`",
            "[案内](https://example.org/a_b)",
            "https://example.org/a?b=c&d=1 を見る",
            "(https://example.org/a) など",
            "mail@example.org へ",
            "<b>太字</b> の字",
            "![絵](a.png)",
            "5 \\* 3 と \\[字\\]",
            "snake_case_name",
            "二行に\nわたる文",
            "行の終わり  \n次の行",
            "行の終わり\\\n次の行",
            "a | b",
            "- でない",
            "第 1. の",
            "#タグ",
            "**太い *斜め* 字**",
            "~~**消した**~~ 字",
            "www.example.org/x",
            "&amp; と &lt;",
            "1 < 2 > 0",
        ]
        return self.chance.choice(forms)

    def _block(self, depth: int) -> list[str]:
        forms: list[Callable[[], list[str]]] = [
            lambda: self._words().split("\n"),
            lambda: [*self._words().split("\n"), *self._words().split("\n")],
            lambda: [self.chance.choice(["# ", "## ", "### ", "  ## ", "##", "####### "]) + "見出し"],
            lambda: ["見出し", self.chance.choice(["---", "===", "-"])],
            lambda: [self.chance.choice(["---", "***", "- - -", "___"])],
            self._fence,
            self._table,
            lambda: ["    コードの行", "", "    次の行"],
            lambda: ["<div>", self._words(), "</div>"],
            lambda: ["<!-- 注", "続き -->"],
            lambda: ["<div>", "", self._words(), "", "</div>"],
            lambda: ["<span>", self._words(), "</span>"],
        ]
        if depth and self.chance.random() < 0.55:
            return self._list(depth) if self.chance.random() < 0.75 else self._quote(depth)
        return self.chance.choice([*forms[:2], *forms])()

    def _fence(self) -> list[str]:
        fence = self.chance.choice(["```", "~~~", "````"])
        inner = self.chance.choice([["a = 1"], ["- x", "", "  y"], ["```" if fence[0] == "~" else "~~~", "z"], []])
        last = self.chance.choice([fence, fence, fence, f"{fence}``"[:5] if fence[0] == "`" else fence, f"  {fence}"])
        return [fence + self.chance.choice(["", " python"]), *inner, last]

    def _table(self) -> list[str]:
        rows = [f"| {self.chance.choice(['一', '**二**', ''])} | 三 |" for _ in range(self.chance.randint(1, 3))]
        if self.chance.random() < 0.3:
            rows.append(self.chance.choice(["| 一 |", "| 一 | 二 | 三 |", "一 | 二", "ただの行", "| a \\| b | `c` |"]))
        return [
            self.chance.choice(["| 名 | 数 |", "名 | 数"]),
            self.chance.choice(["|---|--:|", "| :-: | --- |"]),
            *rows,
        ]

    def _quote(self, depth: int) -> list[str]:
        lines = self._block(depth - 1)
        sign = self.chance.choice(["> ", ">", "> "])
        is_lazy = self.chance.random() < 0.4 and not any(re.match("[^<市水]", line) for line in lines)
        return [line if is_lazy and number else sign + line for number, line in enumerate(lines)]

    def _list(self, depth: int) -> list[str]:
        mark = self.chance.choice(["- ", "* ", "+ ", "-   ", "1. ", "1) ", "3. ", "10. ", "-\t"])
        lines = list[str]()
        is_loose = self.chance.random() < 0.3
        width = self.chance.choice([len(mark)] * 6 + [2, 4])
        for _ in range(self.chance.randint(1, 4)):
            inner = list[str]()
            for row in range(self.chance.choice([1, 1, 1, 2, 3])):
                inner += [""] if row and self.chance.random() < 0.5 else []
                inner += self._block(depth - 1) if row or self.chance.random() < 0.1 else [self._task()]
            inner = "\n".join(inner).split("\n")
            pad = "\t" if mark == "-\t" else " " * width
            lines += [mark + inner[0], *(pad + line if line else "" for line in inner[1:]), *[""] * is_loose]
        return lines[:-1] if is_loose else lines

    def _task(self) -> str:
        return self.chance.choice(["", "", "", "[ ] ", "[x] "]) + self._words()
