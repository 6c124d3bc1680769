"""The plan on paper: one booklet, each top branch by itself, an overview, and all of it laid out for folding.

Inside: `blocks` makes HTML into plain data, `desk` and `manuscript` write down what each document says, `press`
knows the typesetting engine, `imposition` lays finished pages out on sheets. The look stands in
templates/booklet.typ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handbook.bind.press import NoBooklet, Printer, press
from handbook.model import Booklet, Drawing, File, Print, Site, Texts, Theme

__all__ = ["NoBooklet", "booklet"]


def booklet(site: Site, texts: Texts, drawings: Mapping[str, Drawing], theme: Theme) -> Booklet:
    """Return every PDF, and where each node stands in the handbook.

    `drawings` are those laid out for paper, by name; a document is made without those that are missing.
    Raises NoBooklet where an engine or a font is missing or the template is broken.
    """
    try:
        from handbook.bind import imposition, manuscript  # noqa: PLC0415  # a site is built without their libraries
    except ImportError as error:
        raise NoBooklet(f"冊子を作る道具がありません。`pip install {error.name}` で入れてください") from error
    with press(theme, site.plan.images) as printed:
        whole = printed(manuscript.handbook(site, texts, theme, drawings))
        places = imposition.pages_of(whole)
        pages = {entry.id: places[entry.id] for entry in site.entries}
        files = [
            ("handbook", "冊子", "計画の全体を、はじめから終わりまで読めます。", whole),
        ]
    prints = (
        Print(File(f"booklet/{name}.pdf", data), title, told, imposition.count(data))
        for name, title, told, data in files
    )
    return Booklet(tuple(prints), pages)
