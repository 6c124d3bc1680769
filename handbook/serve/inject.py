"""Add the live-reload scripts to a page and allow their connection in its Content-Security-Policy.

The built page is not changed, only the copy that is served. Its policy allows scripts of its own host, so only the
WebSocket connection has to be added, and only to this server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from handbook.diagnostics import Diagnostic, clip_line
from handbook.html_tree import parse_page

SCRIPTS = (
    '<script src="/livereload/overlay.js" data-stamp="{}" defer></script><script src="/livereload.js" defer></script>'
)
_PLACEHOLDER_HTML = """<!DOCTYPE html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'self'; style-src 'self'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/livereload/overlay.css">
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
NOT_BUILT_PAGE = _PLACEHOLDER_HTML.format(
    title="ページはまだありません",
    body="<p>下の「直すところ」を直して保存すると、ここにページが出ます。</p>",
)
NOT_FOUND_PAGE = _PLACEHOLDER_HTML.format(
    title="この住所のページはありません",
    body="<p>id を変えたか、消したのかもしれません。もとに戻して保存すると、ここにまた出ます。</p>\n"
    '<p><a href="/index.html">表紙へ</a></p>',
)
UNAVAILABLE_PAGE = _PLACEHOLDER_HTML.format(
    title="このページは、いまは作れません",
    body="<p>下の「直すところ」を直して保存すると、ここに出ます。</p>",
)


def inject_scripts(page: bytes, host: str, stamp: str) -> bytes:
    """Return a page with the live-reload scripts. Pages whose policy allows no scripts (redirects) stay as is."""
    meta = parse_page(page).css_first('meta[http-equiv="content-security-policy" i]')
    if meta is not None:
        policy = (meta.attributes.get("content") or "").encode()
        if b"script-src 'self'" not in policy or policy not in page:
            return page
        page = page.replace(policy, f"connect-src 'self' ws://{host}; ".encode() + policy, 1)
    head, end, rest = page.partition(b"</head>")
    return head + SCRIPTS.format(stamp).encode() + end + rest


def state_json(stamp: str, mistakes: Iterable[Diagnostic], *, current: bool) -> str:
    """Return the state of a page as JSON: its stamp, and the errors with the same texts as in the terminal.

    `current`: whether the page was built from the sources as they are now, so that the errors are those of its content.
    """
    fields = [_diagnostic_fields(mistake) for mistake in mistakes]
    return json.dumps({"stamp": stamp, "mistakes": fields, "current": current}, ensure_ascii=False)


def _diagnostic_fields(mistake: Diagnostic) -> dict[str, object]:
    """Return the JSON form of an error, with its position as text and its excerpt clipped as in the terminal."""
    excerpt = clip_line(mistake.excerpt, mistake.span) if mistake.excerpt else []
    return {**mistake.as_json(), "place": mistake.span.position, "excerpt": excerpt}
