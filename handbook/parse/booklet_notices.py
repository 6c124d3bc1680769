"""Find the places in the sources that the booklet prints in another way than they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from handbook.diagnostics import Diagnostic, SourceSpan
from handbook.parse.content.reader import read_content
from handbook.parse.source import Source, read_source
from handbook.patterns import PLAN_FILE

MISSING_GLYPH_MESSAGE = "この文字は冊子の書体にありません（{}）。冊子では 〓 になります"
MISSING_GLYPH_HINT = "その字のある書体を theme/fonts/ に置くか、ほかの字で書いてください"
LONG_WORD_MESSAGE = "切れ目のない長い語なので、冊子では途中で改行することがあります（{}…）"
LONG_WORD_HINT = "切れてよいところに空白を入れてください。このままでよければ、直さなくてかまいません"
MAX_SHOWN_CHARACTERS = 30
"""Of a text in a notice."""


def booklet_notices(root: Path, characters: Sequence[str], long_words: Sequence[str]) -> list[Diagnostic]:
    """Return a notice for each place in the sources under `root` that the booklet prints in another way.

    No font of the booklet has `characters`; `long_words` are too long for a line of text.
    """
    if not characters and not long_words:
        return []
    sources = [read_source(root / PLAN_FILE, PLAN_FILE)[0], *read_content(root).sources]
    return [
        *_text_positions(sources, characters, "missing-glyph", MISSING_GLYPH_MESSAGE, MISSING_GLYPH_HINT),
        *_text_positions(sources, long_words, "long-word", LONG_WORD_MESSAGE, LONG_WORD_HINT),
    ]


def _text_positions(
    sources: Iterable[Source], texts: Sequence[str], rule: str, message: str, hint: str
) -> list[Diagnostic]:
    """Return a notice for each place of one of `texts`, which the booklet cannot print as they are written.

    `message` has a place for the text. A text that the sources contain only in another notation (`&#128512;`) gets one
    notice at the start of plan.yaml.
    """
    pattern = re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)) or "(?!)")
    notices, found = [], set()
    for source in sources:
        for number, line in enumerate(source.lines, 1):
            for match in pattern.finditer(line):
                text = match[0]
                found.add(text)
                shown = message.format(text[:MAX_SHOWN_CHARACTERS])
                notices.append(source.mistake(number, match.start() + 1, len(text), rule, shown, hint))
    elsewhere = [text for text in texts if not any(text in longer for longer in found)]
    start = SourceSpan(PLAN_FILE, 1, 1)
    return notices + [Diagnostic(start, rule, message.format(text[:MAX_SHOWN_CHARACTERS]), hint) for text in elsewhere]
