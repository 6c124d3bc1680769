"""Parse the definition list of the glossary page into terms with their reading and explanation."""

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
    """Return the terms of a page and the errors for repeated ones.

    A term is a line `word（reading）` directly above a line `: explanation`.
    """
    terms: dict[str, GlossaryTerm] = {}
    mistakes = []
    for number, term_line, text in _definitions(source):
        match = _READING.fullmatch(term_line)
        name, reading = (match["name"], match["reading"]) if match else (term_line, "")
        if name in terms:
            message = f"用語 `{name}` が 2 回あります"
            mistakes.append(
                source.mistake(number, 1, len(term_line), "duplicate-word", message, "1 つにまとめてください")
            )
            continue
        terms[name] = GlossaryTerm(name, reading, text, f"{GLOSSARY_PAGE}.html#term_{slugify(name)}")
    return list(terms.values()), mistakes


def _definitions(source: Source) -> Iterator[tuple[int, str, Markdown]]:
    """Yield line number (from 1), term and explanation. The explanation ends at the next blank line."""
    lines = (*source.lines, "")
    for number, (term_line, next_line) in enumerate(pairwise(lines), 1):
        mark = _DEFINITION_MARK.match(next_line)
        if not mark or not _TERM.fullmatch(term_line):
            continue
        end = next(n for n in range(number, len(lines)) if not lines[n].strip())
        text = "\n".join([next_line[mark.end() :], *(line.strip() for line in lines[number + 1 : end])])
        yield number, term_line.strip(), Markdown(text, SourceSpan(source.file, number + 1, mark.end() + 1))
