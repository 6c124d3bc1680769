"""Parse the definition list of the glossary page into terms with their reading and explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, pairwise

from handbook.diagnostics import Diagnostic
from handbook.folding import fold, repeated_word
from handbook.markdown_reader.places import places
from handbook.model import GlossaryTerm, Markdown, slugify
from handbook.patterns import GLOSSARY_PAGE

_READING = re.compile(r"(?P<name>.*\S)\s*[（(](?P<reading>[ぁ-ゖァ-ヺー・、\s]+)[）)]")
_TERM = re.compile(r"[^\s:#\-*|>`].*")
_DEFINITION_MARK = re.compile(r" {0,3}: {1,3}(?=\S)")


def read_terms(page: Markdown) -> tuple[list[GlossaryTerm], list[Diagnostic]]:
    """Return the terms of the glossary page and the errors for repeated ones, also for those that look alike.

    A term is a line `word（reading）` directly above a line `: explanation`.
    """
    terms: dict[str, GlossaryTerm] = {}
    mistakes = []
    for offset, term_line, text in _definitions(page):
        match = _READING.fullmatch(term_line)
        name, reading = (match["name"], match["reading"]) if match else (term_line, "")
        if other := terms.get(fold(name)):
            message, hint = f"用語 {repeated_word(name, other.name)}が 2 回あります", "1 つにまとめてください"
            span, excerpt = page.place(offset, len(term_line))
            mistakes.append(Diagnostic(span, "duplicate-word", message, hint, excerpt))
            continue
        terms[fold(name)] = GlossaryTerm(name, reading, text, f"{GLOSSARY_PAGE}.html#term_{slugify(name)}")
    return list(terms.values()), mistakes


def _definitions(page: Markdown) -> Iterator[tuple[int, str, Markdown]]:
    """Yield offset, term and explanation of each definition. The explanation ends at the next blank line."""
    lines = [*page.text.split("\n"), ""]
    ends = list(accumulate(len(line) + 1 for line in lines))
    found = []
    for number, (term_line, next_line) in enumerate(pairwise(lines)):
        if (mark := _DEFINITION_MARK.match(next_line)) and _TERM.fullmatch(term_line):
            found.append((number, mark.end()))
    seen = places(page.text, tuple(ends[number] - 1 for number, _ in found))
    for number, start in found:
        place = seen.get(ends[number] - 1)
        if place and "dt" in place.tags:
            end = next(n for n in range(number + 1, len(lines)) if not lines[n].strip())
            explanation = [lines[number + 1][start:], *(line.strip() for line in lines[number + 2 : end])]
            span, _ = page.place(ends[number] + start)
            yield ends[number] - len(lines[number]) - 1, lines[number].strip(), Markdown("\n".join(explanation), span)
