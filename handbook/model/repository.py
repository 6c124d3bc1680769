"""The repository of the sources, and URLs of its web pages."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from handbook.diagnostics import SourceSpan


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository of the sources, at GitHub, GitLab or another host of GitHub or GitLab software."""

    url: str
    """URL of the project, without a final slash."""
    is_gitlab: bool
    branch: str
    """Branch of the sources; empty for the default branch."""
    folder: str
    """Folder of plan.yaml in the project: empty or with a final `/`."""

    @property
    def home_url(self) -> str:
        """The URL of the folder and branch, as plan.yaml gives it."""
        tree = ("/-/tree/" if self.is_gitlab else "/tree/") + "/".join(
            filter(None, (self.branch, self.folder.strip("/")))
        )
        return self.url + (tree if self.branch else "")

    @property
    def host_name(self) -> str:
        """The name of the hosting software: GitHub or GitLab."""
        return "GitLab" if self.is_gitlab else "GitHub"

    def source_url(self, span: SourceSpan) -> str:
        """Return the URL of a source file with the line of `span` highlighted, without a line if that is line 1.

        The URL opens the file view, not the web editor: the view needs no account, and neither host documents that
        its editor opens at a line.
        """
        route = "/-/blob" if self.is_gitlab else "/blob"
        path = urllib.parse.quote(f"{self.branch or 'HEAD'}/{self.folder}{span.file}")
        return f"{self.url}{route}/{path}?plain=1" + (f"#L{span.line}" if span.line > 1 else "")

    def issue_url(self, page_title: str, page_url: str) -> str:
        """Return the URL of the opinion form, with the page filled in.

        At GitHub this is the form .github/ISSUE_TEMPLATE/iken.yml; the ids of its fields are the query parameters.
        """
        title, page = f"意見：{page_title}", f"{page_title}（{page_url}）"
        if self.is_gitlab:
            query = {"issue[title]": title, "issue[description]": f"ページ：{page}\n\n"}
        else:
            query = {"template": "iken.yml", "title": title, "page": page}
        route = "/-/issues/new" if self.is_gitlab else "/issues/new"
        return f"{self.url}{route}?{urllib.parse.urlencode(query, quote_via=urllib.parse.quote)}"
