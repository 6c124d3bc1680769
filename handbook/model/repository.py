"""Where the sources are kept."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from handbook.diagnostics import SourceSpan


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the sources are kept, at GitHub, GitLab or a host of the city's own that runs one of them."""

    url: str
    """Of the project, without a slash at its end."""
    is_gitlab: bool
    branch: str
    """Empty where plan.yaml names none: then the host's default."""
    folder: str
    """Of plan.yaml, from the top of the project: empty or ending in `/`."""

    @property
    def home_url(self) -> str:
        """The address as plan.yaml gives it."""
        tree = ("/-/tree/" if self.is_gitlab else "/tree/") + "/".join(
            filter(None, (self.branch, self.folder.strip("/")))
        )
        return self.url + (tree if self.branch else "")

    @property
    def host_name(self) -> str:
        """The name of what runs it, as readers know it."""
        return "GitLab" if self.is_gitlab else "GitHub"

    def source_url(self, place: SourceSpan) -> str:
        """Return the address of a line of a source, marked, as its host shows it; of the file for its first line.

        The view, not the editor: it opens without an account, and neither host promises that its editor heeds a line.
        """
        way = "/-/blob" if self.is_gitlab else "/blob"
        path = urllib.parse.quote(f"{self.branch or 'HEAD'}/{self.folder}{place.file}")
        return f"{self.url}{way}/{path}?plain=1" + (f"#L{place.line}" if place.line > 1 else "")

    def issue_url(self, page: str, address: str) -> str:
        """Return the address of a form in which an opinion on a page is written, the page filled in.

        At GitHub it is the form .github/ISSUE_TEMPLATE/iken.yml, whose fields are filled by their ids.
        """
        title, about = f"意見：{page}", f"{page}（{address}）"
        if self.is_gitlab:
            words = {"issue[title]": title, "issue[description]": f"ページ：{about}\n\n"}
        else:
            words = {"template": "iken.yml", "title": title, "page": about}
        way = "/-/issues/new" if self.is_gitlab else "/issues/new"
        return f"{self.url}{way}?{urllib.parse.urlencode(words, quote_via=urllib.parse.quote)}"
