"""Links from each page to its source and to the opinion form, if plan.yaml names a repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from conftest import Built, built
from support.git_repository import git
from support.html_page import page

from handbook.diagnostics import SourceError
from handbook.parse.repository import parse_repository_url

PLAN = """計画:
  名称: 小さな計画
  公開URL: https://example.org/plan
  リポジトリ: {}
階層:
  - {{名称: 柱, path: pillars}}
柱:
  - id: one
    名称: 一つめ & "二"
  - id: two
    名称: 長い名前{}
"""
GITHUB, GITLAB = "https://github.com/owner/repo", "https://git.example.jp/group/part/repo/-/tree/main/plans/新しい"


def external_links(text: str) -> dict[str, str]:
    """Return the external links in the footer of a page, by their text."""
    (footer,) = page(text).all("footer")
    return {link.words: link.attrs["href"] for link in footer.all("a") if "://" in link.attrs["href"]}


def test_pages_link_to_their_own_line_at_github(plan_of: Callable[..., Path]) -> None:
    root = plan_of(
        PLAN.format(GITHUB, "い" * 300), nodes__one="文章です。", pages__about="# この計画について\n\n文。\n"
    )
    _, files = built(root)
    lines = (root / "plan.yaml").read_text(encoding="utf-8").split("\n")
    source = f"{GITHUB}/blob/HEAD/"
    assert external_links(files["index.html"])["このページの元を直す（GitHub）"] == f"{source}plan.yaml?plain=1"
    assert (
        external_links(files["about.html"])["このページの元を直す（GitHub）"]
        == f"{source}content/pages/about.md?plain=1"
    )
    for name in ("one", "two"):
        href = external_links(files[f"pillars/{name}.html"])["このページの元を直す（GitHub）"]
        start, _, number = href.partition("#L")
        assert start == f"{source}plan.yaml?plain=1"
        assert lines[int(number) - 1].strip() == f"- id: {name}"
    assert external_links(files["pillars/one.html"])["文章を直す（GitHub）"] == f"{source}content/nodes/one.md?plain=1"
    assert "文章を直す（GitHub）" not in external_links(files["pillars/two.html"])
    assert list(external_links(files["search.html"])) == ["意見を送る（GitHub）"]
    assert external_links(files["404.html"]) == {}


def test_opinion_form_contains_the_page(plan_of: Callable[..., Path]) -> None:
    _, files = built(plan_of(PLAN.format(GITHUB, "い" * 300)))
    url = urlsplit(external_links(files["pillars/one.html"])["意見を送る（GitHub）"])
    assert url.path == "/owner/repo/issues/new"
    assert parse_qs(url.query) == {
        "template": ["iken.yml"],
        "title": ['意見：一つめ & "二"'],
        "page": ['一つめ & "二"（https://example.org/plan/pillars/one.html）'],
    }
    assert len(external_links(files["pillars/two.html"])["意見を送る（GitHub）"]) < 4000


def test_gitlab_has_its_own_urls(plan_of: Callable[..., Path]) -> None:
    url = GITLAB.replace("新しい", "%E6%96%B0%E3%81%97%E3%81%84")
    _, files = built(plan_of(PLAN.format(url, "")))
    links = external_links(files["pillars/one.html"])
    base = "https://git.example.jp/group/part/repo/-"
    assert unquote(links["このページの元を直す（GitLab）"]) == f"{base}/blob/main/plans/新しい/plan.yaml?plain=1#L8"
    query = parse_qs(urlsplit(links["意見を送る（GitLab）"]).query)
    assert links["意見を送る（GitLab）"].startswith(f"{base}/issues/new?issue%5Btitle%5D=")
    assert query["issue[title]"] == ['意見：一つめ & "二"']
    assert query["issue[description]"][0].startswith(
        'ページ：一つめ & "二"（https://example.org/plan/pillars/one.html）'
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/o/r", ("https://github.com/o/r", False, "", "")),
        ("https://github.com/o/r.git/", ("https://github.com/o/r", False, "", "")),
        ("https://github.com/o/r/tree/v2/city/plan", ("https://github.com/o/r", False, "v2", "city/plan/")),
        ("https://ghe.example.jp/o/r/tree/main", ("https://ghe.example.jp/o/r", False, "main", "")),
        ("https://gitlab.com/a/b/c", ("https://gitlab.com/a/b/c", True, "", "")),
        ("https://git.example.jp:8443/a/b/-/tree/main/", ("https://git.example.jp:8443/a/b", True, "main", "")),
        ("https://git.example.jp/a/b", None),
        ("https://github.com/o", None),
        ("https://github.com/o/r/issues", None),
        ("https://gitlab.com/a/b/-/issues", None),
    ],
)
def test_host_branch_and_folder_are_parsed_from_the_url(url: str, expected: tuple[str, bool, str, str] | None) -> None:
    parsed = parse_repository_url(url)
    assert (parsed and (parsed.url, parsed.is_gitlab, parsed.branch, parsed.folder)) == expected


def test_url_of_an_unknown_host_is_an_error_at_its_position(plan_of: Callable[..., Path]) -> None:
    with pytest.raises(SourceError) as caught:
        built(plan_of(PLAN.format("https://git.example.jp/group/repo", "")))
    (mistake,) = caught.value.mistakes
    assert (mistake.rule, mistake.span.line, mistake.span.column) == ("unknown-repository", 4, 10)
    assert "/-/tree/main" in mistake.hint


def test_plan_in_a_subfolder_of_its_repository(plan_of: Callable[..., Path], tmp_path: Path) -> None:
    root = plan_of("").joinpath("cities/kakuu")
    root.mkdir(parents=True)
    (root / "plan.yaml").write_text(PLAN.format(GITHUB, ""), encoding="utf-8")
    git(tmp_path, "init", "-q")
    _, files = built(root)
    source = f"{GITHUB}/blob/HEAD/cities/kakuu/plan.yaml?plain=1#L8"
    assert external_links(files["pillars/one.html"])["このページの元を直す（GitHub）"] == source


def test_pages_have_no_links_without_a_repository(real: Built) -> None:
    _, files = real
    pages = [text for path, text in files.items() if path.endswith(".html")]
    assert len(pages) > 90
    assert not any(external_links(text) for text in pages)


def test_menus_contain_the_same_page_objects_as_the_site(example: Built) -> None:
    """A page in a menu also has its last change and its links to the sources."""
    site, _ = example
    by_path = {item.path: item for item in site.pages}
    assert len(by_path) == len(site.pages)
    for item in (*site.nav_pages, *site.footer_pages, *site.progress_pages):
        assert item is by_path[item.path]
