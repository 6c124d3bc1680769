"""The address of the repository, as a browser shows it → where a source is shown and an opinion is sent.

One address says all: who keeps it (GitHub or GitLab), and, where it was copied from a branch's page, the branch and
the folder. Without a branch, both hosts take `HEAD` for the default one.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from handbook.model import Repository

_REPOSITORY_URL = re.compile(
    r"(?P<address>https?://(?P<host>[^/]+)(?:/(?!-/|tree/)[^/]+?){2,}?)(?:\.git)?"
    r"(?:(?P<lab>/-)?/tree/(?P<branch>[^/]+)(?:/(?P<folder>.+?))?)?/?"
)
URL_HINT = (
    "ブラウザーでその場所を開き、`https://github.com/…/…/tree/main` か `https://…/-/tree/main`（GitLab）の形で写します"
)


def parse_repository_url(text: str) -> Repository | None:
    """Return what an address tells, or None where it is no project of GitHub or GitLab.

    A host that bears neither name is known by the form of the address: GitLab has `/-/` in it.
    """
    found = _REPOSITORY_URL.fullmatch(text)
    if not found:
        return None
    address, host = found["address"], found["host"].lower()
    branch, folder = (unquote(found[name] or "") for name in ("branch", "folder"))
    gitlab = bool(found["lab"]) or "gitlab" in host
    if not gitlab and (not (branch or "github" in host) or address.count("/") != 4):
        return None
    return Repository(address, gitlab, branch, folder and f"{folder}/")
