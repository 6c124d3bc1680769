"""What changed when: read from a repository made here, with known days and edits."""

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
GONE = MOVED.replace("      - {id: sing, 名称: 歌う会}\n", "")


def commit(root: Path, day: str, plan: str = "", **beside: str) -> None:
    """Record the plan, and texts of content/, on a day."""
    if plan:
        (root / "plan.yaml").write_text(plan, encoding="utf-8")
    for name, words in beside.items():
        path = root / "content" / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "だれかの覚え書き", day=day)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A plan with five recorded days, one of them mistaken."""
    root = tmp_path / "plan"
    root.mkdir()
    git(root, "init", "-qb", "main")
    commit(root, "2025-04-01", PLAN)
    commit(root, "2025-05-10", RENAMED)
    commit(root, "2025-06-20", BROKEN)
    commit(root, "2025-07-30", MOVED, nodes__learn="柱の文章です。", pages__about="# この計画について\n\n文。\n")
    commit(root, "2025-08-15", GONE)
    return root


def told(root: Path) -> dict[str, str]:
    """The site's files with its past."""
    _, files = build_in_memory(root, with_history=True)
    return {file.path: file.data.decode() for file in files if not file.path.endswith(".xlsx")}


def days(files: dict[str, str]) -> list[tuple[str, list[str]]]:
    """What the page of changes tells: each day with its rows as words."""
    sections = page(files["changes.html"]).all("article")[0].all("section")
    return [(part.all("h2")[0].words, [said(row) for row in part.all("li")]) for part in sections]


def said(part: Element) -> str:
    return re.sub(r"\s+", " ", part.words).strip()


def last(files: dict[str, str], path: str) -> str:
    (line,) = page(files[path]).all("p", class_="changed")
    return said(line)


def test_each_day_tells_what_changed_on_it(repository: Path) -> None:
    files = told(repository)
    assert days(files) == [
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
    assert "歌う会" not in links, "a page that is gone is named without a link"


def test_each_page_tells_when_it_last_changed_and_how(repository: Path) -> None:
    files = told(repository)
    assert last(files, "pillars/learn.html") == "最終更新 2025年7月30日（本文）"
    assert last(files, "pillars/meet.html") == "最終更新 2025年4月1日（記録のはじまり）"
    assert last(files, "efforts/read.html") == "最終更新 2025年5月10日（改称、担当課）"
    assert last(files, "efforts/walk.html") == "最終更新 2025年7月30日（移動、改称）"
    assert last(files, "about.html") == "最終更新 2025年7月30日（新設）"
    assert 'href="../changes.html#day-2025-05-10_"' in files["efforts/read.html"]
    assert 'href="../changes.html"' in files["pillars/meet.html"]
    assert 'class="changed"' not in files["index.html"]
    dated = dict(re.findall(r"<loc>https://example.org/plan/(.+?)</loc><lastmod>(.+?)</lastmod>", files["sitemap.xml"]))
    assert dated["efforts/read.html"] == "2025-05-10"
    assert dated["index.html"] == "2025-08-15"


def test_a_day_is_a_day_in_japan(repository: Path) -> None:
    (repository / "plan.yaml").write_text(GONE.replace("出会いの柱", "出会う柱"), encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "x", at="2025-09-09T23:30:00+0000")
    site, _ = build_in_memory(repository)
    assert site.plan.last_change_date == "2025-09-10"
    assert days(told(repository))[0][0] == "2025年9月10日"


def test_a_slip_mended_on_the_same_day_leaves_no_trace(repository: Path) -> None:
    commit(repository, "2025-09-01", GONE.replace("学びの柱", "まなびの柱"))
    commit(repository, "2025-09-01", GONE)
    commit(repository, "2025-09-02", GONE.replace("名称: 学びの柱", "名称: まなびの柱"))
    assert [day for day, _ in days(told(repository))][:2] == ["2025年9月2日", "2025年8月15日"]


def test_what_is_not_recorded_yet_has_no_day(repository: Path) -> None:
    before = told(repository)
    (repository / "plan.yaml").write_text(GONE.replace("出会いの柱", "出会う柱"), encoding="utf-8")
    files = told(repository)
    assert days(files)[0] == ("まだ記録していない変更", ["柱 出会う柱 改称（前は「出会いの柱」）"])
    assert days(files)[1:] == days(before)
    assert last(files, "pillars/meet.html") == "最終更新 まだ記録していません（改称）"
    assert last(files, "efforts/read.html") == last(before, "efforts/read.html")


def test_the_same_commit_makes_the_same_bytes_wherever_it_lies(repository: Path, tmp_path: Path) -> None:
    before = told(repository)
    git(tmp_path, "clone", "-q", str(repository), "copy")
    copy = tmp_path / "copy"
    git(copy, "checkout", "-q", "--detach")
    commit_of_code = copy / "notes.txt"
    commit_of_code.write_text("計画ではないもの", encoding="utf-8")
    commit(copy, "2026-01-01")
    assert told(copy) == before


@pytest.mark.hazard(28)
@pytest.mark.parametrize("depth", ["1", "2", "4"])
def test_a_shallow_clone_shows_no_day_and_says_so(depth: str, repository: Path, tmp_path: Path, tally: Tally) -> None:
    git(tmp_path, "clone", "-q", "--depth", depth, f"file://{repository}", "shallow")
    _, files = build_in_memory(tmp_path / "shallow", with_history=True)
    made = {file.path: file.data.decode() for file in files if not file.path.endswith(".xlsx")}
    assert [note.rule for note in report_of(tmp_path / "shallow").notices] == ["shallow-clone"]
    assert days(made) == []
    assert "変更の記録が、このページを作ったところにありませんでした" in page(made["changes.html"]).words
    assert not any('class="changed"' in text for text in made.values())
    tally(1)


def test_without_git_nothing_is_told_and_nothing_breaks(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(repository / "plan.yaml", bare)
    alone = told(bare)
    assert days(alone) == []
    assert "示せません" in page(alone["changes.html"]).words
    monkeypatch.setenv("PATH", "")
    assert days(told(repository)) == []


def test_only_what_is_asked_to_be_remembered_is(repository: Path) -> None:
    """The expected sites of tests/golden/ lie in a repository too, and must not change with its commits."""
    _, files = build_in_memory(repository)
    assert days({file.path: file.data.decode() for file in files if not file.path.endswith(".xlsx")}) == []


def test_what_was_prepared_aside_counts_on_the_day_it_was_taken_in(repository: Path) -> None:
    git(repository, "checkout", "-qb", "aside")
    commit(repository, "2025-09-01", GONE.replace("本を読む会", "本の会"))
    commit(repository, "2025-09-02", GONE.replace("本を読む会", "読む会"))
    git(repository, "checkout", "-q", "main")
    commit(repository, "2025-09-03", pages__about="# この計画について\n\n文を直した。\n")
    git(repository, "merge", "-q", "--no-ff", "-m", "取り込み", "aside", day="2025-10-01")
    assert days(told(repository))[:2] == [
        ("2025年10月1日", ["取組 読む会 改称（前は「本を読む会」）"]),
        ("2025年9月3日", ["ページ この計画について 本文"]),
    ]


def test_a_plan_that_moved_to_another_folder_keeps_its_past(repository: Path) -> None:
    before = days(told(repository))
    (repository / "市の計画/新しい").mkdir(parents=True)
    git(repository, "mv", "plan.yaml", "content", "市の計画/新しい")
    git(repository, "commit", "-qm", "移す", day="2025-11-11")
    assert days(told(repository / "市の計画/新しい")) == before


def test_a_node_with_a_new_id_keeps_its_day(repository: Path) -> None:
    text = GONE.replace("{id: read, ", "{id: books, 以前のid: [read], ")
    commit(repository, "2025-12-01", text)
    files = told(repository)
    assert days(files)[0] == ("2025年12月1日", ["取組 本を読む会 住所"])
    assert last(files, "efforts/books.html") == "最終更新 2025年12月1日（住所）"
    (row,) = [link for link in page(files["changes.html"]).all("a") if link.words == "本を読む会"][1:]
    assert row.attrs["href"] == "efforts/read.html", "the address it had then leads on"


def test_days_out_of_order_and_said_twice_stand_once(repository: Path) -> None:
    commit(repository, "2025-01-01", GONE.replace("学びの柱", "まなびの柱"))
    commit(repository, "2025-08-15", GONE.replace("学びの柱", "まなぶ柱"))
    found = [day for day, _ in days(told(repository))]
    assert found == ["2025年8月15日", "2025年1月1日", "2025年7月30日", "2025年5月10日"]


def test_a_long_day_is_folded_and_a_long_past_is_cut(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"      - {{id: more-{n}, 名称: 取組その {n}}}\n" for n in range(20))
    commit(repository, "2025-12-01", GONE + rows)
    files = told(repository)
    (folded,) = page(files["changes.html"]).all("details")
    assert said(folded.all("summary")[0]) == "20 か所の変更新設 20"
    reading = importlib.import_module("handbook.parse.plan_revisions")
    monkeypatch.setattr(reading, "MAX_TOTAL_BYTES", 0)
    monkeypatch.setattr(reading, "MIN_SNAPSHOTS", 2)
    files = told(repository)
    assert [day for day, _ in days(files)] == ["2025年12月1日"]
    assert "これより前の変更は、ここには示していません。" in page(files["changes.html"]).words
    assert last(files, "efforts/read.html") == "最終更新 2025年8月15日（またはそれより前）"


def test_git_is_started_as_often_for_many_commits_as_for_few(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    class Counted(subprocess.Popen):  # type: ignore[type-arg]  # as generic as its parent
        def __init__(self, *arguments: object, **more: object) -> None:
            started.append(arguments)
            super().__init__(*arguments, **more)  # type: ignore[call-overload]  # handed on as it comes

    def times(days: int) -> int:
        started.clear()
        monkeypatch.setattr(subprocess, "Popen", Counted)
        assert len(list(parse.daily_plans(repository))) == days
        monkeypatch.undo()
        return len(started)

    few = times(4)
    for number in range(12):
        commit(repository, f"2026-01-{number + 1:02}", GONE.replace("学びの柱", f"学びの柱{number}"))
    assert times(16) == few == 6


def test_a_wrong_day_or_a_lost_change_would_be_seen(repository: Path) -> None:
    """A planted fault: the same plan with one day and one word changed tells something else."""
    before = days(told(repository))
    git(repository, "reset", "-q", "--hard", "HEAD^")
    commit(repository, "2025-08-16", GONE)
    assert days(told(repository))[0] == ("2025年8月16日", before[0][1])
    git(repository, "reset", "-q", "--hard", "HEAD^")
    commit(repository, "2025-08-15", MOVED.replace("歌う会", "歌の会"))
    assert days(told(repository))[0] == ("2025年8月15日", ["取組 歌の会 改称（前は「歌う会」）"])


def test_the_expected_sites_do_not_know_of_git() -> None:
    for case in (HERE / "golden").glob("*/expected/changes.html"):
        assert "示せません" in case.read_text(encoding="utf-8")
