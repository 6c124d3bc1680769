"""Parse the URL of the repository into its host, branch and folder.

The host is GitHub or GitLab. Branch and folder are in the URL if it is that of a branch's page. Without a branch, both
hosts accept `HEAD` for the default one.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from handbook.model import Repository

_REPOSITORY_URL = re.compile(
    r"(?P<url>https?://(?P<host>[^/]+)(?:/(?!-/|tree/)[^/]+?){2,}?)(?:\.git)?"
    r"(?:(?P<lab>/-)?/tree/(?P<branch>[^/]+)(?:/(?P<folder>.+?))?)?/?"
)
URL_HINT = (
    "ブラウザーでその場所を開き、`https://github.com/…/…/tree/main` か `https://…/-/tree/main`（GitLab）の形で写します"
)


def parse_repository_url(text: str) -> Repository | None:
    """Return the repository of a URL, or None if it is not that of a GitHub or GitLab project.

    A host with neither name is recognized by its paths: those of GitLab contain `/-/`.
    """
    match = _REPOSITORY_URL.fullmatch(text)
    if not match:
        return None
    url, host = match["url"], match["host"].lower()
    branch, folder = (unquote(match[name] or "") for name in ("branch", "folder"))
    is_gitlab = bool(match["lab"]) or "gitlab" in host
    if not is_gitlab and (not (branch or "github" in host) or url.count("/") != 4):
        return None
    return Repository(url, is_gitlab, branch, folder and f"{folder}/")
