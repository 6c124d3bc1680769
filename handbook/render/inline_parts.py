"""Styles and scripts inside a page, for pages that cannot load files: each is allowed by its hash alone."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from markupsafe import Markup

from handbook.model import Site, Theme

FIND_TOP_SCRIPT = """
const parts = location.pathname.split('/').slice(0, -1);
const folders = document.documentElement.dataset.folders.split(' ');
let depth = parts.length - 1;
while (depth > 0 && !folders.includes(parts[depth])) depth -= 1;
const top_ = parts.slice(0, depth || parts.length).join('/') + '/';
const links = document.getElementById('links_');
for (const link of links.querySelectorAll('a')) link.href = top_ + link.getAttribute('href');
links.hidden = false;
"""
"""Script of 404.html: the top of the site is above the last folder of the address that the site has."""


@dataclass(frozen=True, slots=True)
class InlineText:
    """The content of a `style` or `script` element, with its source expression for a Content-Security-Policy."""

    text: Markup
    hash: str


@dataclass(frozen=True, slots=True)
class InlineParts:
    """What 404.html contains where no file can be loaded, because its address can be at any depth."""

    style: InlineText
    script: InlineText
    folders: str
    """The folders of the site, separated by spaces."""


def inline_text(text: str) -> InlineText:
    """Return a text of the product or the theme, never of the content, with its hash."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return InlineText(Markup(text), f"sha256-{digest}")  # noqa: S704  # see above


def inline_parts(site: Site, theme: Theme) -> InlineParts:
    """Return the styles of all pages, and a script that corrects the links."""
    styles = [file.data.decode("utf-8", "replace") for file in theme.files if file.path.endswith(".css")]
    paths = [*(page.path for page in site.pages), *(redirect.path for redirect in site.redirects)]
    folders = {path.partition("/")[0] for path in paths if "/" in path}
    folders |= {"booklet", "data", "diagrams", "images", "theme"}
    style = "\n".join(styles).replace("\r\n", "\n")
    return InlineParts(inline_text(style), inline_text(FIND_TOP_SCRIPT), " ".join(sorted(folders)))
