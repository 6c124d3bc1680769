"""Find what a Markdown text loses on the page, or what is not the Markdown that its writer meant.

Cells beyond the last column, rows of bars that are no table, signs typed in full width, code without an end, and boxes
that only GitHub draws. `html_notices` is about raw HTML. The lines of each block are those that the page is made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import accumulate, islice

from handbook.diagnostics import Diagnostic
from handbook.markdown_reader.block_reader import read_blocks
from handbook.markdown_reader.blocks import Block
from handbook.markdown_reader.leaf_patterns import delimiter_alignments, split_cells
from handbook.markdown_reader.raw_html import ESCAPED_BAR, escape_bars
from handbook.model import Markdown
from handbook.parse.content.html_notices import html_notices
from handbook.parse.content.sound_tables import has_only_sound_tables
from handbook.text_edits import TextEdit

MAX_NOTICES = 200
"""Most notices on one text."""
_SIGNS = re.compile(r"[|｜＃＞：＊｀［]|```|~~~|\[!|<!--|<[?!]")
"""Without any of these signs, a text has none of the mistakes."""
_BAR = re.compile(r"(?<!\\)\|")
_ALERT = re.compile(r"\[!(?P<name>NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]", re.IGNORECASE)
_ALERT_WORDS = {"note": "補足", "tip": "ヒント", "important": "重要", "warning": "注意", "caution": "警告"}
_FULL_WIDTH = (
    (
        re.compile(r"(?:＃{2,6}|＃(?=[ \u3000]))[ \u3000]*(?=\S)"),
        "見出し",
        lambda typed: "#" * max(2, typed.count("＃")) + " ",
    ),
    (re.compile(r"＞[ \u3000]+(?=\S)"), "引用", lambda _: "> "),
    (re.compile(r"｀{3}"), "囲み", lambda _: "```"),
)
"""Signs at the head of a line, what they were meant to begin, and the same in half width."""
_FULL_WIDTH_INLINE = (
    (re.compile(r"(?<![＊*])＊＊(?P<words>[^＊\s][^＊\n]*)＊＊(?!＊)"), "太字", r"**\g<words>**"),
    (re.compile(r"｀(?P<words>[^｀\n]+)｀"), "等幅の文字", r"`\g<words>`"),
    (re.compile(r"［(?P<words>[^［］\n]+)］[（(](?P<url>https?://[^）)\s]+)[）)]"), "リンク", r"[\g<words>](\g<url>)"),
)


def markdown_notices(markdown: Markdown) -> list[Diagnostic]:
    """Return a notice for each place of a text that the page does not show as it was meant."""
    text = escape_bars(markdown.text)
    found = list(html_notices(markdown)) if "<" in text else []
    if not _SIGNS.search(text) or has_only_sound_tables(text):
        return found
    return found + list(islice(_Notices(markdown, text).all(), MAX_NOTICES))


class _Notices:
    """The notices on the blocks of one text."""

    def __init__(self, markdown: Markdown, text: str) -> None:
        self.markdown = markdown
        self.lines = text.split("\n")
        self.typed_lines = markdown.text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.typed_lines)]
        self.root, _ = read_blocks(text)

    def all(self) -> Iterator[Diagnostic]:
        checks: dict[str, Callable[[Block], Iterator[Diagnostic]]] = {
            "table": self._extra_cells,
            "paragraph": self._paragraph,
            "code": self._open_code,
            "html": self._open_comment,
            "quote": self._alert,
            "definitions": self._terms,
        }
        for block in self.root.walk():
            if block.kind in checks:
                yield from checks[block.kind](block)

    def _notice(self, line: int, column: int, width: int, *words: str) -> Diagnostic:
        """Return a notice; `words` are its rule, message and hint."""
        offset = self.starts[line] + column
        span, excerpt = self.markdown.place(offset, max(1, width))
        rule, message, hint = words
        return Diagnostic(span, rule, message, hint, excerpt)

    def _edit(self, line: int, column: int, old: str, new: str) -> TextEdit:
        span = self._notice(line, column, 1, "", "", "").span
        typed = (text.replace(ESCAPED_BAR, "|") for text in (old, new))
        return TextEdit(file=span.file, line=span.line, column=span.column, old=next(typed), new=next(typed))

    def _extra_cells(self, table: Block) -> Iterator[Diagnostic]:
        columns = len(table.alignments)
        for row in range(table.line + 2, table.end + 1):
            line = self.lines[row].rstrip()
            content = table.lines[row - table.line - 1]
            start = max(0, line.find(content))
            bars = [bar.start() for bar in _BAR.finditer(line, start)][0 if line[start : start + 1] != "|" else 1 :]
            cells = split_cells(content)
            if len(cells) <= columns or len(bars) < columns:
                continue
            first = bars[columns - 1] + 1
            words = "、".join(f"`{cell}`" for cell in cells[columns:] if cell)
            width = len(line.removesuffix("|")) - first
            message = f"この行は {len(cells)} 列あり、見出しの {columns} 列より多いので、{words or '右の列'} は出ません"
            hint = "見出しの行と、その下の `---` の行にも列を足します。`|` を文字として出すなら `\\|` と書きます"
            more = len(cells) - columns
            edits = [self._more_columns(table.line, more, ""), self._more_columns(table.line + 1, more, "---")]
            notice = self._notice(row, first, width, "extra-cell", message, hint)
            yield notice.with_fix(*edits, title="見出しの行と、その下の行に列を足します")

    def _more_columns(self, row: int, count: int, cell: str) -> TextEdit:
        """Return the edit that adds empty columns to the head of a table, or to the row below it."""
        line = self.typed_lines[row].rstrip()
        new = f" {cell} |" * count if line.endswith("|") else f" | {cell}" * count + " |"
        return self._edit(row, len(line), "", new)

    def _paragraph(self, paragraph: Block) -> Iterator[Diagnostic]:
        rows = range(paragraph.line, paragraph.line + len(paragraph.lines))
        bars = [row for row in rows if self._is_row(paragraph, row) or self._is_row(paragraph, row + 1, head=True)]
        if len(bars) > 1:
            yield self._no_table(paragraph, bars)
        in_table = set(bars)
        for row, content in zip(rows, paragraph.lines, strict=True):
            start = self._column(row, content)
            for pattern, meaning, half in _FULL_WIDTH:
                if match := pattern.match(content):
                    yield self._full_width(row, start, match[0], half(match[0]), meaning)
            if row > paragraph.line and (match := re.match(r"：[ \u3000]*(?=\S)", content)):
                yield self._full_width(row, start, match[0], ": ", "用語の説明")
            if row not in in_table:
                yield from self._full_width_words(row)

    def _is_row(self, paragraph: Block, row: int, *, head: bool = False) -> bool:
        """Return whether a line of a paragraph looks like a row of a table; `head`: like the row below the head."""
        number = row - paragraph.line
        content = paragraph.lines[number] if number < len(paragraph.lines) else ""
        return ("|" in content and bool(delimiter_alignments(content))) or (not head and content[:1] in tuple("|｜"))

    def _full_width_words(self, row: int) -> Iterator[Diagnostic]:
        for pattern, meaning, half in _FULL_WIDTH_INLINE:
            for match in pattern.finditer(self.typed_lines[row]):
                yield self._full_width(row, match.start(), match[0], match.expand(half), meaning)

    def _terms(self, definitions: Block) -> Iterator[Diagnostic]:
        for term in definitions.children:
            if term.kind == "term" and (match := re.match(r"：[ \u3000]*(?=\S)", term.lines[0])):
                start = self._column(term.line, term.lines[0])
                yield self._full_width(term.line, start, match[0], ": ", "用語の説明")

    def _full_width(self, row: int, column: int, typed: str, half: str, meaning: str) -> Diagnostic:
        message = f"全角の `{typed.strip()}` は、{meaning}になりません"
        hint = f"半角で {_quoted(half.strip())} とします"
        notice = self._notice(row, column, len(typed), "full-width-sign", message, hint)
        return notice.with_fix(self._edit(row, column, typed, half))

    def _no_table(self, paragraph: Block, bars: list[int]) -> Diagnostic:
        """Return the notice on rows of bars that are no table, with the edits that make them one."""
        rows = {row: paragraph.lines[row - paragraph.line] for row in bars}
        halves = {row: self._half_width_row(content) for row, content in rows.items()}
        first = bars[0]
        columns = len(split_cells(halves[first]))
        delimiters = [row for row in bars if delimiter_alignments(halves[row])]
        is_wide = any("｜" in content for content in rows.values())
        if is_wide:
            hint = "全角の `｜` を、半角の `|` にします"
        elif delimiters:
            count = len(delimiter_alignments(halves[delimiters[0]]))
            hint = f"見出しは {columns} 列、その下の `---` の行は {count} 列です。同じ数にします"
            if count == columns and delimiters == [first + 1]:  # they belong to the quote or the item before
                notice = self._row_notice(paragraph, first, "表の前に、空の行を入れます")
                return notice.with_fix(self._edit(first, 0, "", f"\n{self._margin}"))
        else:
            hint = f"見出しの行の下に `{'|---' * columns}|` の行を足します"
        notice = self._row_notice(paragraph, first, hint)
        is_run = len(bars) <= MAX_NOTICES and bars == list(range(first, first + len(bars)))
        if not is_run or delimiters not in ([], [first + 1]):
            return notice
        row_of_lines = "|---" * columns + "|"
        edits = [
            self._edit(row, self._column(row, rows[row]), rows[row], halves[row])
            for row in bars
            if halves[row] != rows[row] and row not in delimiters
        ]
        start = self._column(first + 1, rows[first + 1])
        if delimiters:
            edits.append(self._edit(first + 1, start, rows[first + 1], row_of_lines))
        else:
            indent = self.typed_lines[first + 1][:start]
            edits.append(self._edit(first + 1, start, "", f"{row_of_lines}\n{self._margin}{indent}"))
        return notice.with_fix(*edits)

    def _column(self, row: int, content: str) -> int:
        """Return where the content of a line begins."""
        return max(0, self.lines[row].find(content))

    def _row_notice(self, paragraph: Block, row: int, hint: str) -> Diagnostic:
        column = self._column(row, paragraph.lines[row - paragraph.line])
        return self._notice(row, column, 1, "not-a-table", "`|` の並びが、表になっていません", hint)

    @property
    def _margin(self) -> str:
        """The spaces before each line of the text in its file."""
        return " " * (self.markdown.span.column - 1)

    def _half_width_row(self, content: str) -> str:
        half = content.replace("｜", "|")
        compact = half.translate({ord(sign): "-" for sign in "－ー―─—–"}).replace("：", ":").replace("\u3000", " ")
        return compact if delimiter_alignments(compact) else half

    def _open_code(self, code: Block) -> Iterator[Diagnostic]:
        if code.name and not code.is_closed:
            column = self._column(code.line, code.name)
            fence = _quoted(code.name)
            message = f"{fence} の囲みが閉じていないので、ここから先がすべて、打ったままの文字になります"
            hint = f"囲みの終わりに {fence} の行を書きます"
            notice = self._notice(code.line, column, len(code.name), "open-code", message, hint)
            end = code.line + max((row for row, line in enumerate(code.lines, 1) if line.strip()), default=0)
            last = self.typed_lines[end]
            indent = self.typed_lines[code.line][:column]
            if set(indent) <= {" "}:
                notice = notice.with_fix(self._edit(end, len(last), "", f"\n{self._margin}{indent}{code.name}"))
            yield notice

    def _open_comment(self, html: Block) -> Iterator[Diagnostic]:
        if html.name == "-->" and "-->" not in "\n".join(html.lines):
            column = self._column(html.line, "<!--")
            message = "`<!--` が閉じていないので、ここから先がすべて、出ません"
            yield self._notice(html.line, column, 4, "open-code", message, "見せない文字の終わりに `-->` を書きます")

    def _alert(self, quote: Block) -> Iterator[Diagnostic]:
        first = quote.children[0] if quote.children else quote
        if first.kind == "paragraph" and (alert := _ALERT.match(first.lines[0])):
            words = f"**{_ALERT_WORDS[alert['name'].lower()]}**"
            column = self._column(first.line, alert[0])
            message = f"`{alert[0]}` の囲みは GitHub だけのものです。このサイトでは、その文字のまま出ます"
            notice = self._notice(
                first.line, column, len(alert[0]), "github-box", message, f"`{words}` のように書きます"
            )
            yield notice.with_fix(self._edit(first.line, column, alert[0], words))


def _quoted(typed: str) -> str:
    """Return a text between the signs of code, also one that contains them."""
    return f"`` {typed} ``" if "`" in typed else f"`{typed}`"
