"""Check Markdown before it is rendered: heading levels, footnote pairs, and too many unclosed brackets.

Whether a line or a mark has an effect is decided by handbook/markdown_reader/; here are the candidates and messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.diagnostics import Diagnostic, closest_match
from handbook.markdown_reader.block_reader import read_blocks
from handbook.markdown_reader.blocks import Block
from handbook.markdown_reader.places import headings, places
from handbook.model import Markdown
from handbook.text_edits import TextEdit

MAX_OPEN_BRACKETS = 3_000
"""Unclosed brackets per paragraph. Rendering this many takes about two seconds."""
UNREADABLE = "too-many-open-brackets"
"""The rule of a text that would take too long to read, so that nothing else in it is checked."""
DECLARATION_WEIGHT = 30
"""A `<![` takes as long as this many open tags."""
_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?:[\w-]+[ \t]*:.*\n|[ \t]+.*\n|- .*\n|#.*\n|[ \t]*\n)+---[ \t]*\n(?:[ \t]*\n)*"
)
"""Matches settings such as `title: …` between two lines `---` at the beginning of a text."""
_UNDERLINE = re.compile(r"^[ \t>]*(?:=+|-+)[ \t]*$", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"(?<!\\)\[\^(?P<name>[^\]\s]+)\](?P<defines>:)?")
_CLOSED_LINK = re.compile(r"\[\[[^\[\]]*\]\]|\[[^\[\]]*\]\([^()\[\]]*\)|<[a-zA-Z/][^<>`]*>")
"""Matches a link, a reference or a tag. Markdown parses each in one step."""


def markdown_errors(markdown: Markdown, *, has_headings: bool = True) -> list[Diagnostic]:
    """Return all errors in a Markdown text, except unknown references; a text of one line has no headings."""
    if errors := bracket_overload_errors(markdown):
        return errors
    if error := front_matter_error(markdown):
        return [error]
    return [*(heading_errors(markdown) if has_headings else ()), *footnote_errors(markdown)]


def front_matter_error(markdown: Markdown) -> Diagnostic | None:
    """Return an error for the settings of another program at the beginning of a text, or None."""
    settings = _FRONT_MATTER.match(markdown.text)
    if not settings:
        return None
    span, excerpt = markdown.place(0, 3)
    message = "文章の前の設定（フロントマター）は、このサイトでは使いません"
    last = span.line + settings[0].count("\n") - 1
    hint = f"{span.line} 行めから {last} 行めまでを消します"
    margin = " " * (span.column - 1)
    lines = "".join(f"{margin if line else ''}{line}\n" for line in settings[0].split("\n")[:-1])
    edit = TextEdit(file=span.file, line=span.line, column=1, old=lines, new="")
    return Diagnostic(span, "front-matter", message, hint, excerpt).with_fix(edit)


def bracket_overload_errors(markdown: Markdown) -> list[Diagnostic]:
    """Return an error for the paragraph with the most unclosed brackets in a text, or `[]`.

    The time of rendering grows with the square of their number: per paragraph for links and code, per text for tags
    and fences. The limit is a number, not a time, so that each machine accepts the same texts. This is an estimate
    before the text is read, without its grammar: brackets in code count too.
    """
    # Even the highest weight for each bracket stays within the limit.
    if sum(map(markdown.text.count, "[`<~")) * (1 + DECLARATION_WEIGHT) <= MAX_OPEN_BRACKETS:
        return []
    in_paragraph = most = total = 0
    worst = paragraph = offset = 0
    tags = fences = 0
    for line in (*markdown.text.split("\n"), ""):
        offset += len(line) + 1
        if stripped := line.strip():
            unclosed = _CLOSED_LINK.sub("", stripped)
            in_paragraph += unclosed.count("[") + unclosed.count("`")
            tags += unclosed.count("<") + DECLARATION_WEIGHT * unclosed.count("<![")
            fences += stripped.startswith(("```", "~~~"))
            continue
        total += in_paragraph**2
        if in_paragraph > most:
            most, worst = in_paragraph, paragraph
        in_paragraph, paragraph = 0, offset
    if total + tags**2 + fences**2 <= MAX_OPEN_BRACKETS**2:
        return []
    message = "閉じていない記号（`[` `<` `` ` `` `~~~`）が多すぎて、文章を組めません"
    hint = "閉じるか、記号の前に `\\` を書くか、文章を分けてください"
    span, excerpt = markdown.place(worst if most else 0)
    return [Diagnostic(span, UNREADABLE, message, hint, excerpt)]


def heading_errors(markdown: Markdown) -> Iterator[Diagnostic]:
    """Yield an error for each heading with a wrong level or no space after `#`.

    The h1 is the title of the page, so the first heading has `##`, and each is at most one level below the last.
    """
    last_level = 1
    for line in _headings_with_underlined(markdown.text):
        if isinstance(line, Block):
            if line.number == 1:
                yield _title_error(markdown, line)
            last_level = 2
            continue
        marks, (span, excerpt) = line["marks"], markdown.place(line.start("marks"), len(line["marks"]))
        if not line["space"]:
            message, hint = "見出しの `#` のあとに空白がありません", f"`{marks} {line['title']}`"
            yield Diagnostic(span, "heading-space", message, hint, excerpt).with_replacement(f"{marks} ")
            continue
        if len(marks) == 1 or len(marks) > last_level + 1:
            expected = "#" * max(2, last_level + (len(marks) > 1))
            message = f"見出しの段 `{marks}` がここでは合いません"
            hint = f"`{expected}` にしてください（`#` はページの題、`##` から 1 段ずつ）"
            yield Diagnostic(span, "heading-level", message, hint, excerpt).with_replacement(expected)
        last_level = max(2, min(len(marks), last_level + 1))


def _headings_with_underlined(text: str) -> list[re.Match[str] | Block]:
    """Return each line with `#` that is a heading, and each heading with a line of `=` or `-` below it, in order."""
    found: list[tuple[int, re.Match[str] | Block]] = [
        (text.count("\n", 0, line.start("marks")), line) for line in headings(text)
    ]
    if _UNDERLINE.search(text):
        blocks = [block for block in read_blocks(text)[0].walk() if block.kind == "heading"]
        found += [(block.line, block) for block in blocks if block.end > block.line]
    return [heading for _, heading in sorted(found, key=lambda pair: pair[0])]


def _title_error(markdown: Markdown, heading: Block) -> Diagnostic:
    """Return the error of a heading with `===` below it, which would be a second title of the page."""
    starts = [0, *(match.end() for match in re.finditer("\n", markdown.text))]
    row = heading.end
    typed = markdown.text[starts[row] :].partition("\n")[0]
    span, excerpt = markdown.place(starts[row], len(typed))
    message = "`===` の見出しはページの題になるので、文章の中では使えません"
    title = heading.lines[-1].strip()
    mistake = Diagnostic(span, "heading-level", message, f"この行を消し、上の行を `## {title}` とします", excerpt)
    above = markdown.text[starts[row - 1] :].partition("\n")[0]
    column = len(above) - len(above.lstrip())
    place, _ = markdown.place(starts[row - 1] + column)
    if len(heading.lines) > 1 or not above[column:].startswith(title):
        return mistake
    insert = TextEdit(file=span.file, line=place.line, column=place.column, old="", new="## ")
    end = TextEdit(file=span.file, line=span.line, column=span.column, old=typed, new="")
    return mistake.with_fix(insert, end)


def footnote_errors(markdown: Markdown) -> Iterator[Diagnostic]:
    """Yield an error for each mark `[^1]` without its explanation `[^1]: …`, or the reverse, and for a second one."""
    if "[^" not in markdown.text:
        return
    marks = list(_FOOTNOTE_MARK.finditer(markdown.text))
    found = places(markdown.text, tuple(mark.end() for mark in marks))
    defined: dict[str, re.Match[str]] = {}
    used: set[str] = set()
    unexplained, repeated = [], list[re.Match[str]]()
    for mark in marks:
        name, place = mark["name"], found.get(mark.end())
        if place and not place.is_running_text:
            continue
        if not place:  # the last explanation of a name is the only one on the page
            repeated += [mark] if mark["defines"] else []
        elif mark["defines"] and place.footnote == name and not place.value.strip():
            defined[name] = mark
        elif place.previous_tag == "sup" and not place.value.strip(" :"):
            used.add(name)
        elif place.value.endswith(mark[0]):
            unexplained.append(mark)
    for mark in unexplained:
        near = closest_match(mark["name"], defined.keys() - used)
        hint = f"`[^{near}]` のことですか" if near else f"文章の終わりに `[^{mark['name']}]: 説明` の行を書きます"
        mistake = _footnote_error(markdown, mark, f"脚注 `[^{mark['name']}]` の説明がありません", hint)
        yield mistake.with_replacement(f"[^{near}]" if near else "")
    for mark in repeated:
        if mark["name"] in defined:
            message, hint = f"脚注 `[^{mark['name']}]` の説明が 2 つあります", "1 つにまとめるか、別の印にしてください"
            yield _footnote_error(markdown, mark, message, hint)
    for name in sorted(defined.keys() - used):
        message, hint = f"脚注 `[^{name}]` の印が文の中にありません", f"文の中に `[^{name}]` と書きます"
        yield _footnote_error(markdown, defined[name], message, hint)


def _footnote_error(markdown: Markdown, mark: re.Match[str], message: str, hint: str) -> Diagnostic:
    span, excerpt = markdown.place(mark.start(), len(mark["name"]) + 3)
    return Diagnostic(span, "footnote-pair", message, hint, excerpt)
