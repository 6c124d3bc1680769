"""Remove from HTML everything that could run a script or load another site. The only module that imports nh3.

Python-Markdown keeps raw HTML and `javascript:` URLs, so its result always passes this allow-list.
"""

from __future__ import annotations

import nh3

from handbook.markdown_reader.allowed_html import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_SCHEMES,
    ALLOWED_TAGS,
    REMOVED_WITH_CONTENT,
)
from handbook.model import is_valid_url


def sanitize(html: str) -> str:
    """Return HTML with the allowed elements, attributes and URLs only."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        clean_content_tags=set(REMOVED_WITH_CONTENT),
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=ALLOWED_SCHEMES,
        link_rel=None,
        attribute_filter=_drop_invalid_url,
    )


def _drop_invalid_url(_: str, attribute: str, value: str) -> str | None:
    """Drop an invalid URL such as `https://[x`; `check` reports its place."""
    return None if attribute in ("href", "src") and not is_valid_url(value) else value
