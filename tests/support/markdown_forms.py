"""Random Markdown made of structures in one another, with references to nodes and levels in all of them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import count

LEVEL_NAMES = tuple(f"級{number}" for number in range(6))
NODE_IDS = tuple(f"u{number}" for number in range(60))
TOKEN = re.compile(r"(?<![a-z0-9])u[0-9]+(?![0-9])|級[0-9]")
"""Matches the target of any reference of a form; each target occurs once in a form."""


class FormMaker:
    """Makes one form: a Markdown text in which every reference has another target."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._nodes, self._levels = count(), iter(LEVEL_NAMES)

    def form(self) -> str:
        """Return a text of one to four blocks."""
        text = "\n\n".join("\n".join(self._block(2)) for _ in range(self.chance.randint(1, 4)))
        return text if self.chance.random() < 0.9 else text.replace("\n\n", "\n")

    def _reference(self) -> str:
        if self.chance.random() < 0.15 and (level := next(self._levels, "")):
            return f"[[数:{level}]]"
        target = NODE_IDS[next(self._nodes) % len(NODE_IDS)]
        return self.chance.choice(["[[{}]]", "[[{}]]", "[[{}|言葉]]", "[[ {} ]]", "[[{} | 言 葉]]"]).format(target)

    def _inline(self) -> str:
        """Return one line with one or more references."""
        ref = self._reference
        ticks = "`" * self.chance.randint(1, 3)
        forms: list[Callable[[], str]] = [
            lambda: f"文{ref()}です。",
            lambda: f"文 {ref()} と {ref()} です。",
            lambda: f"{ticks}{ref()}{ticks}",
            lambda: f"{ticks} 記号 {ref()} {ticks}と{ref()}",
            lambda: f"{ticks}{ref()} 閉じない",
            lambda: f"``{ref()}` ずれ {ref()}``",
            lambda: f"\\`{ref()}`",
            lambda: f"\\{ref()}",
            lambda: f"\\\\{ref()}",
            lambda: f"**{ref()}** *{ref()}*",
            lambda: f"<b>{ref()}</b> <code>{ref()}</code>",
            lambda: f"文 <!-- {ref()} --> 文",
            lambda: f"[言葉 {ref()}](index.html)",
            lambda: f"{ref()}(続き)",
            lambda: f"<kbd>{ref()}",
            lambda: f"1 < 2 {ref()} > 0 & {ref()}",
            lambda: f"![絵 {ref()}](index.html)",
            lambda: f'[言葉](index.html "{ref()}") <b title="{ref()}">字</b>',
            lambda: f"<https://example.org/{ref()}> <a href='index.html'>{ref()}</a>",
            lambda: f"文[^{self.chance.choice('ab')}]{ref()}",
            lambda: f"{ticks}{ticks}{ref()}{ticks} <i>{ref()}",
            lambda: f"{ref()}{ref()}]] [[ [[{ref()}]]",
        ]
        return self.chance.choice(forms)()

    def _block(self, depth: int) -> list[str]:
        """Return the lines of one block; `depth` is how many more blocks it may contain in one another."""
        simple: list[Callable[[], list[str]]] = [
            lambda: [self._inline()],
            lambda: [self._inline(), self._inline()],
            self._fence,
            self._fence,
            lambda: ["    " + self._inline()],
            lambda: ["\t" + self._inline()],
            lambda: ["| 一 | 二 |", "|---|---|", f"| {self._inline()} | {self._inline()} |"],
            lambda: ["用語", f": {self._inline()}"],
            lambda: ["## 見出し", self._inline()],
            lambda: [self._inline(), "-----"],
            lambda: ["<div>", self._inline(), "</div>"],
            lambda: [f"<p>{self._inline()}</p>"],
            lambda: ["<pre>", self._inline(), "</pre>", self._inline()],
            lambda: ["<!--", self._inline(), "-->", self._inline()],
            lambda: ["<details>", "", self._inline()],
            lambda: [f"[印]: {self._reference()}"],
            lambda: [f"[^{self.chance.choice('ab')}]: {self._inline()}", f"    {self._inline()}"],
            lambda: ["<table><tr><td>", self._inline(), f"</td><td>{self._inline()}</td></tr></table>"],
            lambda: ["<ul>", f"<li>{self._inline()}", "", self._inline(), "</ul>"],
            lambda: [f"<code>{self._inline()}", "", self._inline(), "</code>"],
            lambda: [f"<script>{self._inline()}</script>", f"<style>{self._inline()}"],
            lambda: [f"<svg><text>{self._inline()}</text></svg>", "<?php", self._inline(), "?>"],
            lambda: [f"<p {self._inline()}>", self._inline()],
        ]
        if depth and self.chance.random() < 0.35:
            return self._indented(self._block(depth - 1))
        return self.chance.choice(simple)()

    def _indented(self, lines: list[str]) -> list[str]:
        """Return lines inside a list item or a quotation, sometimes with the wrong indentation."""
        if self.chance.random() < 0.4:
            return [f"> {line}" if self.chance.random() < 0.9 else line for line in lines]
        mark = self.chance.choice(["- ", "* ", "1. ", "-   "])
        pad = self.chance.choice([" " * len(mark), "    ", "\t", ""])
        return [mark + lines[0], *(pad + line for line in lines[1:])]

    def _fence(self) -> list[str]:
        """Return a code block, in most cases with a first or last line that is odd."""
        sign, length = self.chance.choice("`~"), self.chance.randint(3, 5)
        fence = sign * length
        first = fence + self.chance.choice(["", "", " python", " { .x }", "  ", " 情報", f" {self._reference()}"])
        other = {"`": "~", "~": "`"}[sign]
        closing = [fence, fence, fence[1:], fence + sign, other * length, f"{fence} ", f" {fence}", f"    {fence}", ""]
        last = self.chance.choice([*closing, f"{fence} {self._reference()}"])
        inner = [self._inline() for _ in range(self.chance.randint(0, 2))]
        if self.chance.random() < 0.3:
            inner.insert(0, sign * 3)
        if self.chance.random() < 0.3:
            inner.append("")
        return [self.chance.choice(["", "", "", " ", "    "]) + first, *inner, last, *self._after()]

    def _after(self) -> list[str]:
        return [self._inline()] if self.chance.random() < 0.5 else []
