"""A page as it is served: the built bytes, and in them two scripts and the leave to ask this server for news.

The built page is never touched. Its policy lets scripts in from its own host, so only the connection has to be
allowed, and only to this very server.
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
{words}
</main>
</body>
</html>
"""
NOT_BUILT_PAGE = _PLACEHOLDER_HTML.format(
    title="ページはまだありません",
    words="<p>下の「直すところ」を直して保存すると、ここにページが出ます。</p>",
)
NOT_FOUND_PAGE = _PLACEHOLDER_HTML.format(
    title="この住所のページはありません",
    words="<p>id を変えたか、消したのかもしれません。もとに戻して保存すると、ここにまた出ます。</p>\n"
    '<p><a href="/index.html">表紙へ</a></p>',
)

UNAVAILABLE_PAGE = _PLACEHOLDER_HTML.format(
    title="このページは、いまは作れません",
    words="<p>下の「直すところ」を直して保存すると、ここに出ます。</p>",
)


def inject_scripts(page: bytes, host: str, stamp: str) -> bytes:
    """Return a page with what makes it reload; one that lets no script in, as a redirect, stays as it is."""
    meta = parse_page(page).css_first('meta[http-equiv="content-security-policy" i]')
    if meta is not None:
        policy = (meta.attributes.get("content") or "").encode()
        if b"script-src 'self'" not in policy or policy not in page:
            return page
        page = page.replace(policy, f"connect-src 'self' ws://{host}; ".encode() + policy, 1)
    head, end, rest = page.partition(b"</head>")
    return head + SCRIPTS.format(stamp).encode() + end + rest


def state_json(stamp: str, mistakes: Iterable[Diagnostic], *, current: bool) -> str:
    """Return what a page asks for, as JSON: whether it is still the same, and the mistakes as the terminal has them.

    `current` says whether the page is one of the sources as they are, mistakes and all.
    """
    told = [_diagnostic_fields(mistake) for mistake in mistakes]
    return json.dumps({"stamp": stamp, "mistakes": told, "current": current}, ensure_ascii=False)


def _diagnostic_fields(mistake: Diagnostic) -> dict[str, object]:
    """Return the JSON form of a mistake with its position as text and its excerpt cut as in the terminal."""
    excerpt = clip_line(mistake.excerpt, mistake.span) if mistake.excerpt else []
    return {**mistake.as_json(), "place": mistake.span.position, "excerpt": excerpt}
