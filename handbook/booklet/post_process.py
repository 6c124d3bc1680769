"""Change a PDF of Typst where Typst cannot write what the booklet needs, and save it with compressed objects."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from pikepdf import ObjectStreamMode, Pdf

from handbook.booklet.element_tags import correct_elements
from handbook.booklet.inks import print_all_in_black, print_greys_in_black
from handbook.booklet.link_words import name_links_by_their_words
from handbook.booklet.section_tags import nest_sections

Step = Callable[[Pdf], None]
STEPS: Sequence[Step] = (name_links_by_their_words, correct_elements, nest_sections, print_greys_in_black)
"""Each step edits the opened PDF. They run in this order, between one open and one save."""

_FOOT, _BODY = b"/S/TFoot", b"/S/TBody"
"""Typst keeps the last rows of a table together only as its foot; for screen readers they are rows like the others."""


def post_process(pdf: bytes) -> bytes:
    """Return the PDF after all steps."""
    return _edited(pdf.replace(_FOOT, _BODY), STEPS)


def monochrome(pdf: bytes) -> bytes:
    """Return a PDF that was post-processed with black as its only ink, for copiers."""
    return _edited(pdf, (print_all_in_black,))


def _edited(pdf: bytes, steps: Sequence[Step]) -> bytes:
    """Return the PDF after these steps. Without object streams the tags of Typst take half of the file."""
    output = io.BytesIO()
    with Pdf.open(io.BytesIO(pdf)) as document:
        for step in steps:
            step(document)
        document.save(output, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return output.getvalue()
