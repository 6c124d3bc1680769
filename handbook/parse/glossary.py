"""The glossary's definition list → terms, each with its reading and explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.model import GlossaryTerm, Markdown, slugify
from handbook.parse.source import Source
from handbook.patterns import GLOSSARY_PAGE

_READING = re.compile(r"(?P<name>.*\S)\s*[（(](?P<reading>[ぁ-ゖァ-ヺー・、\s]+)[）)]")
_TERM = re.compile(r"[^\s:#\-*|>`].*")
_DEFINITION_MARK = re.compile(r" {0,3}: {1,3}(?=\S)")


def read_terms(source: Source) -> tuple[list[GlossaryTerm], list[Diagnostic]]:
    """Return the terms of a page: each a line `word（reading）` with a line `: explanation` right under it."""
    found: dict[str, GlossaryTerm] = {}
    mistakes = []
    for number, head, text in _definitions(source):
        fits = _READING.fullmatch(head)
        name, reading = (fits["name"], fits["reading"]) if fits else (head, "")
        if name in found:
            message = f"用語 `{name}` が 2 回あります"
            mistakes.append(source.mistake(number, 1, len(head), "duplicate-word", message, "1 つにまとめてください"))
            continue
        found[name] = GlossaryTerm(name, reading, text, f"{GLOSSARY_PAGE}.html#term_{slugify(name)}")
    return list(found.values()), mistakes


def _definitions(source: Source) -> Iterator[tuple[int, str, Markdown]]:
    """Yield line number, term and explanation; the explanation goes on to the next empty line."""
    lines = (*source.lines, "")
    for number, (head, below) in enumerate(pairwise(lines), 1):
        means = _DEFINITION_MARK.match(below)
        if not means or not _TERM.fullmatch(head):
            continue
        end = next(n for n in range(number, len(lines)) if not lines[n].strip())
        text = "\n".join([below[means.end() :], *(line.strip() for line in lines[number + 1 : end])])
        yield number, head.strip(), Markdown(text, SourceSpan(source.file, number + 1, means.end() + 1))
