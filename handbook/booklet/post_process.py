"""Change a PDF of Typst where Typst cannot write what the booklet needs, and save it with compressed objects."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from pikepdf import ObjectStreamMode, Pdf

from handbook.booklet.element_tags import correct_elements
from handbook.booklet.link_words import name_links_by_their_words
from handbook.booklet.section_tags import nest_sections

STEPS: Sequence[Callable[[Pdf], None]] = (name_links_by_their_words, correct_elements, nest_sections)
"""Each step edits the opened PDF. They run in this order, between one open and one save."""


def post_process(pdf: bytes) -> bytes:
    """Return the PDF after all steps. Without object streams the tags of Typst take half of the file."""
    output = io.BytesIO()
    with Pdf.open(io.BytesIO(pdf)) as document:
        for step in STEPS:
            step(document)
        document.save(output, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return output.getvalue()
