"""Find counts in texts, such as 「4 つの柱」, that differ from the number of nodes in the plan.

Only a number directly before つの, 個の, 件の or の and the exact name of a level is checked, to avoid false reports.
The build replaces `[[数:level]]` by the current number, so that form is not checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import COUNT_PREFIX, Markdown, Plan, PlanNode, blank_out_code
from handbook.text_edits import TextEdit

_DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")}
_KANJI_POWERS = {"十": 10, "百": 100, "千": 1000}
_PARTIAL_COUNT_CONTEXT = re.compile(
    r"(?:\]\]|」|うち|ほか|もう|あと|残り|残る|別|次|上|下|この|その|ここの|最初|最後|うちの|の中)(?:の|、)?\s*$"
)
"""Matches text before a number that counts only some of the nodes: AとBの 2 つの柱, 次の 3 つの取組."""


def wrong_count_claims(plan: Plan) -> Iterator[Diagnostic]:
    """Yield a notice for each count that fits neither the plan nor any node that contains the text."""
    level_names = sorted((level.name for level in plan.levels), key=lambda name: (-len(name), name))
    any_name = "|".join(map(re.escape, level_names))
    count_pattern = re.compile(
        r"(?<![0-9０-９.．\-ー－〇一二三四五六七八九十百千第和成])"
        r"(?P<number>[0-9０-９]{1,4}|[〇一二三四五六七八九十百千]{1,7})\s*(?:つ|個|件)?\s*の\s*"
        rf"(?P<name>(?>{any_name}))(?![一-龠々ァ-ヶー])"
    )
    name_pattern = re.compile(rf"の\s*(?:{any_name})")  # fast, and most texts have no match
    texts_with_counts = [
        (markdown, ancestors)
        for markdown, ancestors in _texts_with_ancestors(plan)
        if ("`" in markdown.text or name_pattern.search(markdown.text)) and any(_count_matches(markdown, count_pattern))
    ]
    counts_by_id = _level_counts(plan) if texts_with_counts else {}
    for markdown, ancestors in texts_with_counts:
        for number, line, match in _count_matches(markdown, count_pattern):
            claimed, name = parse_numeral(match["number"]), match["name"]
            correct = {counts_by_id[node_id][name] for node_id in ancestors}
            if claimed > 1 and claimed not in correct and not _PARTIAL_COUNT_CONTEXT.search(line[: match.start()]):
                start = markdown.span
                span = SourceSpan(start.file, start.line + number, start.column + match.start(), len(match[0]))
                message = f"「{match[0]}」とありますが、{name}は {counts_by_id[''][name]} です"
                hint = f"`[[{COUNT_PREFIX}{name}]]` と書くと、いつも正しい数になります"
                new = match[0].replace(match["number"], f"[[{COUNT_PREFIX}{name}]]", 1)
                mistake = Diagnostic(span, "count-differs", message, hint, " " * (start.column - 1) + line)
                edit = TextEdit(file=span.file, line=span.line, column=span.column, old=match[0], new=new)
                yield mistake.with_fix(edit)


def _count_matches(markdown: Markdown, count_pattern: re.Pattern[str]) -> Iterator[tuple[int, str, re.Match[str]]]:
    """Yield each count in a text: line number (from 0), line without code, and match."""
    for number, line in enumerate(blank_out_code(markdown.text.split("\n"))):
        yield from ((number, line, match) for match in count_pattern.finditer(line))


def _texts_with_ancestors(plan: Plan) -> Iterator[tuple[Markdown, tuple[str, ...]]]:
    """Yield each text with the ids of the nodes that contain it, outermost first. The first id is `""`, the plan."""
    if plan.text:
        yield plan.text, ("",)
    yield from ((page.text, ("",)) for page in plan.free_pages)
    top_nodes = [item for item in plan.root_items if isinstance(item, PlanNode)]
    yield from _descendant_texts(top_nodes, ("",))


def _descendant_texts(
    nodes: Iterable[PlanNode], ancestors: tuple[str, ...]
) -> Iterator[tuple[Markdown, tuple[str, ...]]]:
    for node in nodes:
        with_own_id = (*ancestors, node.id)
        review_texts = [text for review in node.reviews for text in (review.issue, review.next_steps)]
        yield from ((text, with_own_id) for text in (node.text, node.note, *review_texts) if text)
        yield from _descendant_texts(node.children, with_own_id)


def _level_counts(plan: Plan) -> dict[str, Counter[str]]:
    """Return the number of descendants by node id and level name. The id of the plan is `""`."""
    counts_by_id: dict[str, Counter[str]] = {}

    def count(node_id: str, nodes: Iterable[PlanNode]) -> None:
        counts_by_id[node_id] = Counter()
        for node in nodes:
            count(node.id, node.children)
            counts_by_id[node_id] += counts_by_id[node.id]
            counts_by_id[node_id][node.level.name] += 1

    count("", (item for item in plan.root_items if isinstance(item, PlanNode)))
    return counts_by_id


def parse_numeral(numeral: str) -> int:
    """Return the value of a number in digits or kanji: 22, ２２, 二十二, 二二."""
    text = unicodedata.normalize("NFKC", numeral)
    if text.isascii():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _KANJI_POWERS:
            total += (digit or 1) * _KANJI_POWERS[sign]
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[sign]
    return total + digit
