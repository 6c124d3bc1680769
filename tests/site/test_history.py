"""The page of changes and the dates on pages, from a test repository with known days and edits."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import HERE, Tally
from support.building import build_in_memory, report_of
from support.git_repository import git
from support.html_page import Element, page

from handbook import parse

PLAN = """計画: {名称: 小さな計画, 公開URL: https://example.org/plan, リポジトリ: https://github.com/owner/repo}
階層:
  - {名称: 柱, path: pillars}
  - {名称: 取組, path: efforts}
組織: [環境課, 公園課]
柱:
  - id: learn
    名称: 学びの柱
    取組:
      - {id: read, 名称: 読書の支援, 担当課: [環境課]}
      - {id: walk, 名称: 散歩の会}
  - id: meet
    名称: 出会いの柱
"""
RENAMED = PLAN.replace("読書の支援, 担当課: [環境課]", "本を読む会, 担当課: [公園課]")
BROKEN = RENAMED.replace("名称: 散歩の会", "名稱: 山歩きの会")
MOVED = RENAMED.replace("      - {id: walk, 名称: 散歩の会}\n", "") + (
    "    取組:\n      - {id: walk, 名称: 山歩きの会}\n      - {id: sing, 名称: 歌う会}\n"
)
REMOVED = MOVED.replace("      - {id: sing, 名称: 歌う会}\n", "")


def commit(root: Path, day: str, plan: str = "", **texts: str) -> None:
    """Commit the plan and texts of content/ on a day. In the names of texts, `__` stands for `/`."""
    if plan:
        (root / "plan.yaml").write_text(plan, encoding="utf-8")
    for name, words in texts.items():
        path = root / "content" / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "だれかの覚え書き", day=day)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A plan with commits on five days. The plan of the third day is invalid."""
    root = tmp_path / "plan"
    root.mkdir()
    git(root, "init", "-qb", "main")
    commit(root, "2025-04-01", PLAN)
    commit(root, "2025-05-10", RENAMED)
    commit(root, "2025-06-20", BROKEN)
    commit(root, "2025-07-30", MOVED, nodes__learn="柱の文章です。", pages__about="# この計画について\n\n文。\n")
    commit(root, "2025-08-15", REMOVED)
    return root


def build_with_history(root: Path) -> dict[str, str]:
    """Return the files of the site with its history by path."""
    _, files = build_in_memory(root, with_history=True)
    return {file.path: file.data.decode() for file in files if not file.path.endswith(".xlsx")}


def changes_by_day(files: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Return each day of the page of changes with the texts of its rows."""
    sections = page(files["changes.html"]).all("article")[0].all("section")
    return [(part.all("h2")[0].words, [plain_text(row) for row in part.all("li")]) for part in sections]


def plain_text(part: Element) -> str:
    return re.sub(r"\s+", " ", part.words).strip()


def last_change(files: dict[str, str], path: str) -> str:
    (line,) = page(files[path]).all("p", class_="changed")
    return plain_text(line)


def test_each_day_lists_its_changes(repository: Path) -> None:
    files = build_with_history(repository)
    assert changes_by_day(files) == [
        ("2025年8月15日", ["取組 歌う会 廃止"]),
        (
            "2025年7月30日",
            [
                "柱 学びの柱 本文",
                "取組 山歩きの会 移動（前は「学びの柱」の中）、改称（前は「散歩の会」）",
                "取組 歌う会 新設",
                "ページ この計画について 新設",
            ],
        ),
        ("2025年5月10日", ["取組 本を読む会 改称（前は「読書の支援」）、担当課"]),
    ]
    words = page(files["changes.html"]).words
    assert "記録は 2025年4月1日 に始まりました。" in words
    assert "だれかの覚え書き" not in words
    links = {link.words: link.attrs["href"] for link in page(files["changes.html"]).all("article")[0].all("a")}
    assert links["山歩きの会"] == "efforts/walk.html"
    assert "歌う会" not in links, "a removed page is named without a link"


def test_each_page_shows_the_day_and_kind_of_its_last_change(repository: Path) -> None:
    files = build_with_history(repository)
    assert last_change(files, "pillars/learn.html") == "最終更新 2025年7月30日（本文）"
    assert last_change(files, "pillars/meet.html") == "最終更新 2025年4月1日（記録のはじまり）"
    assert last_change(files, "efforts/read.html") == "最終更新 2025年5月10日（改称、担当課）"
    assert last_change(files, "efforts/walk.html") == "最終更新 2025年7月30日（移動、改称）"
    assert last_change(files, "about.html") == "最終更新 2025年7月30日（新設）"
    assert 'href="../changes.html#day-2025-05-10_"' in files["efforts/read.html"]
    assert 'href="../changes.html"' in files["pillars/meet.html"]
    assert 'class="changed"' not in files["index.html"]
    dated = dict(re.findall(r"<loc>https://example.org/plan/(.+?)</loc><lastmod>(.+?)</lastmod>", files["sitemap.xml"]))
    assert dated["efforts/read.html"] == "2025-05-10"
    assert dated["index.html"] == "2025-08-15"


def test_days_are_in_japanese_time(repository: Path) -> None:
    (repository / "plan.yaml").write_text(REMOVED.replace("出会いの柱", "出会う柱"), encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "x", at="2025-09-09T23:30:00+0000")
    site, _ = build_in_memory(repository)
    assert site.plan.last_change_date == "2025-09-10"
    assert changes_by_day(build_with_history(repository))[0][0] == "2025年9月10日"


def test_a_change_reverted_on_the_same_day_is_not_listed(repository: Path) -> None:
    commit(repository, "2025-09-01", REMOVED.replace("学びの柱", "まなびの柱"))
    commit(repository, "2025-09-01", REMOVED)
    commit(repository, "2025-09-02", REMOVED.replace("名称: 学びの柱", "名称: まなびの柱"))
    assert [day for day, _ in changes_by_day(build_with_history(repository))][:2] == ["2025年9月2日", "2025年8月15日"]


def test_a_change_without_a_commit_has_no_day(repository: Path) -> None:
    before = build_with_history(repository)
    (repository / "plan.yaml").write_text(REMOVED.replace("出会いの柱", "出会う柱"), encoding="utf-8")
    files = build_with_history(repository)
    assert changes_by_day(files)[0] == ("まだ記録していない変更", ["柱 出会う柱 改称（前は「出会いの柱」）"])
    assert changes_by_day(files)[1:] == changes_by_day(before)
    assert last_change(files, "pillars/meet.html") == "最終更新 まだ記録していません（改称）"
    assert last_change(files, "efforts/read.html") == last_change(before, "efforts/read.html")


def test_the_same_commit_gives_the_same_bytes_in_every_clone(repository: Path, tmp_path: Path) -> None:
    before = build_with_history(repository)
    git(tmp_path, "clone", "-q", str(repository), "copy")
    copy = tmp_path / "copy"
    git(copy, "checkout", "-q", "--detach")
    commit_of_code = copy / "notes.txt"
    commit_of_code.write_text("計画ではないもの", encoding="utf-8")
    commit(copy, "2026-01-01")
    assert build_with_history(copy) == before


@pytest.mark.hazard(28)
@pytest.mark.parametrize("depth", ["1", "2", "4"])
def test_a_shallow_clone_shows_no_day_and_a_notice(depth: str, repository: Path, tmp_path: Path, tally: Tally) -> None:
    git(tmp_path, "clone", "-q", "--depth", depth, f"file://{repository}", "shallow")
    _, files = build_in_memory(tmp_path / "shallow", with_history=True)
    made = {file.path: file.data.decode() for file in files if not file.path.endswith(".xlsx")}
    assert [note.rule for note in report_of(tmp_path / "shallow").notices] == ["shallow-clone"]
    assert changes_by_day(made) == []
    assert "変更の記録が、このページを作ったところにありませんでした" in page(made["changes.html"]).words
    assert not any('class="changed"' in text for text in made.values())
    tally(1)


def test_without_git_no_day_is_shown_and_the_build_succeeds(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(repository / "plan.yaml", bare)
    without_repository = build_with_history(bare)
    assert changes_by_day(without_repository) == []
    assert "示せません" in page(without_repository["changes.html"]).words
    monkeypatch.setenv("PATH", "")
    assert changes_by_day(build_with_history(repository)) == []


def test_without_the_option_no_history_is_read(repository: Path) -> None:
    """The expected sites of tests/golden/ are in a repository too and must not change with its commits."""
    _, files = build_in_memory(repository)
    assert changes_by_day({file.path: file.data.decode() for file in files if not file.path.endswith(".xlsx")}) == []


def test_changes_of_a_branch_are_listed_on_the_day_of_the_merge(repository: Path) -> None:
    git(repository, "checkout", "-qb", "branch")
    commit(repository, "2025-09-01", REMOVED.replace("本を読む会", "本の会"))
    commit(repository, "2025-09-02", REMOVED.replace("本を読む会", "読む会"))
    git(repository, "checkout", "-q", "main")
    commit(repository, "2025-09-03", pages__about="# この計画について\n\n文を直した。\n")
    git(repository, "merge", "-q", "--no-ff", "-m", "取り込み", "branch", day="2025-10-01")
    assert changes_by_day(build_with_history(repository))[:2] == [
        ("2025年10月1日", ["取組 読む会 改称（前は「本を読む会」）"]),
        ("2025年9月3日", ["ページ この計画について 本文"]),
    ]


def test_a_plan_that_moved_to_another_folder_keeps_its_history(repository: Path) -> None:
    before = changes_by_day(build_with_history(repository))
    (repository / "市の計画/新しい").mkdir(parents=True)
    git(repository, "mv", "plan.yaml", "content", "市の計画/新しい")
    git(repository, "commit", "-qm", "移す", day="2025-11-11")
    assert changes_by_day(build_with_history(repository / "市の計画/新しい")) == before


def test_a_node_with_a_new_id_keeps_its_history(repository: Path) -> None:
    text = REMOVED.replace("{id: read, ", "{id: books, 以前のid: [read], ")
    commit(repository, "2025-12-01", text)
    files = build_with_history(repository)
    assert changes_by_day(files)[0] == ("2025年12月1日", ["取組 本を読む会 住所"])
    assert last_change(files, "efforts/books.html") == "最終更新 2025年12月1日（住所）"
    (row,) = [link for link in page(files["changes.html"]).all("a") if link.words == "本を読む会"][1:]
    assert row.attrs["href"] == "efforts/read.html", "the former path redirects"


def test_days_out_of_order_and_repeated_days_are_listed_once(repository: Path) -> None:
    commit(repository, "2025-01-01", REMOVED.replace("学びの柱", "まなびの柱"))
    commit(repository, "2025-08-15", REMOVED.replace("学びの柱", "まなぶ柱"))
    found = [day for day, _ in changes_by_day(build_with_history(repository))]
    assert found == ["2025年8月15日", "2025年1月1日", "2025年7月30日", "2025年5月10日"]


def test_a_long_day_is_folded_and_a_long_history_is_shortened(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"      - {{id: more-{n}, 名称: 取組その {n}}}\n" for n in range(20))
    commit(repository, "2025-12-01", REMOVED + rows)
    files = build_with_history(repository)
    (folded,) = page(files["changes.html"]).all("details")
    assert plain_text(folded.all("summary")[0]) == "20 か所の変更新設 20"
    plan_revisions = importlib.import_module("handbook.parse.plan_revisions")
    monkeypatch.setattr(plan_revisions, "MAX_TOTAL_BYTES", 0)
    monkeypatch.setattr(plan_revisions, "MIN_SNAPSHOTS", 2)
    files = build_with_history(repository)
    assert [day for day, _ in changes_by_day(files)] == ["2025年12月1日"]
    assert "これより前の変更は、ここには示していません。" in page(files["changes.html"]).words
    assert last_change(files, "efforts/read.html") == "最終更新 2025年8月15日（またはそれより前）"


def test_git_is_started_as_often_for_many_commits_as_for_few(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    class CountedPopen(subprocess.Popen):  # type: ignore[type-arg]  # as generic as its parent
        def __init__(self, *arguments: object, **options: object) -> None:
            started.append(arguments)
            super().__init__(*arguments, **options)  # type: ignore[call-overload]  # passed through unchanged

    def starts(days: int) -> int:
        started.clear()
        monkeypatch.setattr(subprocess, "Popen", CountedPopen)
        assert len(list(parse.daily_plans(repository))) == days
        monkeypatch.undo()
        return len(started)

    few = starts(4)
    for number in range(12):
        commit(repository, f"2026-01-{number + 1:02}", REMOVED.replace("学びの柱", f"学びの柱{number}"))
    assert starts(16) == few == 6


def test_a_wrong_day_or_a_missing_change_is_found(repository: Path) -> None:
    """The same plan with another day, and with another word, gives another page of changes."""
    before = changes_by_day(build_with_history(repository))
    git(repository, "reset", "-q", "--hard", "HEAD^")
    commit(repository, "2025-08-16", REMOVED)
    assert changes_by_day(build_with_history(repository))[0] == ("2025年8月16日", before[0][1])
    git(repository, "reset", "-q", "--hard", "HEAD^")
    commit(repository, "2025-08-15", MOVED.replace("歌う会", "歌の会"))
    assert changes_by_day(build_with_history(repository))[0] == (
        "2025年8月15日",
        ["取組 歌の会 改称（前は「歌う会」）"],
    )


def test_the_expected_sites_have_no_history() -> None:
    for case in (HERE / "golden").glob("*/expected/changes.html"):
        assert "示せません" in case.read_text(encoding="utf-8")
