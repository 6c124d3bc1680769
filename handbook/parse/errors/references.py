"""Hints and edits for ids that no node has, and for ids that two nodes have."""

from __future__ import annotations

import re

from handbook.diagnostics import Diagnostic
from handbook.model import COUNT_PREFIX
from handbook.parse.edits.source_edits import delete_lines
from handbook.parse.edits.value_edits import remove_item
from handbook.parse.errors.empty_values import first_line_left_empty
from handbook.parse.source import Source
from handbook.parse.yaml.values import Scalar, YamlSequence, YamlValue


def without_related_id(mistake: Diagnostic, source: Source, item: Scalar, related: YamlValue) -> Diagnostic:
    """Return the error for an unknown id under `関連`, with what to delete if its node is gone."""
    is_only = isinstance(related, YamlSequence) and len(related.items) == 1
    removed = f"`関連` の行（{related.key.line} 行め）" if is_only and related.key else f"`{item.text}`"
    return mistake.with_hint(f"節を消したのなら、{removed}を消します").with_fix(remove_item(source, related, item))


def without_repeat(mistake: Diagnostic, source: Source, item: Scalar) -> Diagnostic:
    """Return the error for an unknown id under `再掲`, with the lines to delete if its node is gone."""
    line = source.lines[item.line - 1]
    if not re.fullmatch(r" *- *\{? *再掲: *[\"']?[^\s\"']+[\"']? *\}? *", line):
        return mistake.with_hint(f"節を消したのなら、{item.line} 行めの `再掲` も消します")
    first = first_line_left_empty(source, item.line)
    lines = f"{item.line} 行め（`{line.strip()}`）"
    if first < item.line:
        lines = f"{first} 行めの `{source.lines[first - 1].strip()}` から {item.line} 行めまで"
    return mistake.with_hint(f"節を消したのなら、{lines}を消します").with_fix(delete_lines(source, first, item.line))


def link_hint(reference: re.Match[str]) -> str:
    """Return the hint for a match of WIKI_LINK without a target and without a similar one."""
    link, words = reference[0], (reference["words"] or "").strip()
    if reference["target"].strip().startswith(COUNT_PREFIX):
        return f"階層の表にある名前で、`[[{COUNT_PREFIX}階層の名前]]` と書きます"
    if words:
        return f"節を消したのなら、`{link}` を `{words}` だけにします"
    advice = f"節を消したのなら、`{link}` を、節の名前などのふつうの言葉に書きかえます"
    return rf"{advice}。リンクでなければ `\{link}` と書きます"
