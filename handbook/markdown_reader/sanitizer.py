"""Remove from HTML everything that could run a script or load another site. The only module that imports nh3.

Python-Markdown keeps raw HTML and `javascript:` URLs, so its result always passes this allow-list.
"""

from __future__ import annotations

import nh3

from handbook.model import is_valid_url

ALLOWED_TAGS = set(
    """a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h2 h3 h4 h5 h6 hr
    i img ins kbd li mark ol p pre q rp rt ruby s small strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905  # a list would take sixty lines
)
ALLOWED_ATTRIBUTES = {
    "*": {"id", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "scope", "align"},
}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}


def sanitize(html: str) -> str:
    """Return HTML with the allowed elements, attributes and URLs only."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=ALLOWED_SCHEMES,
        link_rel=None,
        attribute_filter=_drop_invalid_url,
    )


def _drop_invalid_url(_: str, attribute: str, value: str) -> str | None:
    """Drop an invalid URL such as `https://[x`; `check` reports its place."""
    return None if attribute in ("href", "src") and not is_valid_url(value) else value
