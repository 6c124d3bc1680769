"""The plan on paper: one booklet, each top branch by itself, an overview, and all of it laid out for folding.

Inside: `blocks` makes HTML into plain data, `desk` and `manuscript` write down what each document says, `press`
knows the typesetting engine, `imposition` lays finished pages out on sheets. The look stands in
templates/booklet.typ.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook.bind.press import NoBooklet, press
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
        files = [("handbook", "冊子", "計画の全体です。ふつうに印刷するときや、画面で読むときに使います。", whole)]
        for top in site.branches:
            made = printed(manuscript.branch(site, texts, theme, drawings, top, pages))
            files.append(
                (f"branch-{top.id}", f"{top.number} {top.name}".strip(), f"この{top.level.name}だけの冊子です。", made)
            )
        for size, told in (
            ("a3", "A3 の紙に両面で印刷し、折って A4 の冊子にします。"),
            ("a4", "A4 の紙に両面で印刷し、折って A5 の冊子にします。"),
        ):
            laid = imposition.imposed(whole, sheet=size, title=f"{site.plan.name} 面付け")
            files.append(
                (
                    f"handbook-{size}-imposed",
                    f"面付けした冊子（{size.upper()}）",
                    f"{told}短い辺でとじる向きを選びます。",
                    laid,
                )
            )
        if apart := imposition.foldouts(whole, title=f"{site.plan.name} 構造図"):
            files.append(
                ("handbook-foldouts", "折り込みの構造図", "面付けした冊子には入らない、大きな構造図です。", apart)
            )
    prints = (
        Print(File(f"booklet/{name}.pdf", data), title, told, imposition.count(data))
        for name, title, told, data in files
    )
    return Booklet(tuple(prints), pages)
