"""The table of rules: exactly the rules that the code reports, with tested examples and an up-to-date page."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import HERE, ROOT
from support import picture_files
from support.building import build_in_memory, report_of

from handbook import check, parse, patterns, reporters
from handbook.booklet import typst_engine
from handbook.commands.check import outdated_schema_notices
from handbook.commands.options import PROJECT_ROOT
from handbook.diagnostics import Diagnostic, Report, SourceError, format_diagnostic
from handbook.git import client
from handbook.model import OutputFile
from handbook.parse import source
from handbook.pipeline import load_site
from handbook.rules import (
    EXAMPLE_IS_FILE_NAME,
    EXAMPLE_IS_PROSE,
    EXAMPLE_IS_WHOLE_FILE,
    FIX_CLEAN,
    FIX_EXACT,
    GROUPS,
    RULES,
    Rule,
)

EXAMPLE = ROOT / "example"
PAGE = ROOT / "docs" / "mistakes.md"
PLANS = sorted((HERE / "mistakes").glob("*.yaml"))
TEXTS = ("plan.yaml", "addresses.txt", "content")

# --- the rules in the code ---

RULE_POSITION = {"Diagnostic": 1, "mistake": 3, "report": 1, "_report": 3, "TypingFix": 2, "YamlError": 3}
"""Position of the rule among the arguments of each call that reports a diagnostic."""
NOT_RULES = frozenset(
    (
        *("a-2a", "ua-1", "graphviz-pure", "handbook-foldouts", "handbook-mono", "test-sheet", "sans-serif"),
        *("text-muted", "font-family", "note-background", "picture-background", "branch-0", "branch-1-tint"),
        *("branch-2", "branch-3", "branch-4", "branch-5", "branch-6"),
        *("status-achieved", "status-behind", "status-in-progress", "status-not-evaluated"),
        *("aria-describedby", "aria-labelledby", "water-quality"),
        *("control-border", "at-rule", "qualified-rule", "context-fill", "context-stroke"),
        *("prefers-color-scheme", "revert-layer"),
        *("data-parent", "data-node-list", "former-ids", "utf-8"),
        "internal-error",  # a bug of the program, not an error in the sources
        *("no-cache", "same-origin", "search-index", "former-names", "indicator-years", "utf-8-sig"),
        *("cat-file", "diff-tree", "for-each-ref", "ls-tree", "rev-parse"),
    )
)
"""Strings in the code that look like the name of a rule and are not."""
LOOKS_LIKE_A_RULE = re.compile("[a-z]+(?:-[a-z0-9]+)+")


def rules_in(code: str) -> Iterator[str]:
    """Yield the possible rules in a module: the rule arguments of reporting calls, and all hyphenated strings."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and LOOKS_LIKE_A_RULE.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            word = (
                node.args[RULE_POSITION[name]]
                if name in RULE_POSITION and len(node.args) > RULE_POSITION[name]
                else None
            )
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                yield word.value


def test_the_table_contains_exactly_the_rules_of_the_code() -> None:
    modules = [ROOT / "build.py", *(ROOT / "handbook").rglob("*.py")]
    # Warnings of `import` are about cells of a spreadsheet and are not rules of a plan.
    excluded = {"rules", "importer", "former_names"}
    code = [path.read_text(encoding="utf-8") for path in modules if not {path.name, path.parent.name} & excluded]
    found = {rule for text in code for rule in rules_in(text)}
    assert found >= NOT_RULES, "NOT_RULES contains a string that is no longer in the code"
    assert sorted(found - NOT_RULES) == sorted(RULES)


def test_a_rule_that_is_missing_in_the_table_is_found() -> None:
    assert list(rules_in("self.report(value, 'odd', 'x')")) == ["odd"]
    assert list(rules_in("rule = 'too-odd' if x else 'x'")) == ["too-odd"]


def test_no_rule_is_in_the_table_twice() -> None:
    names = [rule.name for group in GROUPS for rule in group.rules]
    assert len(names) == len(set(names))
    assert all(
        rule.title and rule.reason.endswith("。") and rule.bad_example != rule.good_example for rule in RULES.values()
    )


# --- the examples ---


def copy_example(folder: Path) -> Path:
    """Copy the example plan to a folder and return the folder."""
    for name in TEXTS:
        copy = shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy
        copy(EXAMPLE / name, folder / name)
    return folder


def write_example(rule: Rule, typed: str, folder: Path) -> Path:
    """Write the example plan with the typed text in place of the rule's good example and return its folder."""
    if rule.place == EXAMPLE_IS_WHOLE_FILE:
        (folder / "plan.yaml").write_text(typed, encoding="utf-8", newline="\n")
        return folder
    copy_example(folder)
    if rule.file == EXAMPLE_IS_FILE_NAME:
        if (folder / rule.good_example).exists():
            (folder / rule.good_example).rename(folder / typed)
        else:  # a template or theme file, under another name in the plan's folder
            (folder / typed).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / rule.good_example, folder / typed)
        return folder
    path = folder / rule.file
    origin = EXAMPLE if (EXAMPLE / rule.file).exists() else ROOT
    text = (origin / rule.file).read_text(encoding="utf-8")
    place = rule.place or rule.good_example
    assert place in text, f"{rule.name}: the example plan no longer contains the text that is replaced: {place}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(place, typed, 1), encoding="utf-8", newline="\n")
    return folder


def diagnostics_of(root: Path, *, with_booklet: bool = False) -> tuple[Diagnostic, ...]:
    """Return all diagnostics of a plan."""
    try:
        build_in_memory(root, with_booklet=with_booklet)
    except SourceError as error:
        return error.mistakes
    report = report_of(root)
    return (*report.notices, *report.warnings)


def _with_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], tuple[Diagnostic, ...]]:
    def make(folder: Path) -> tuple[Diagnostic, ...]:
        plan = copy_example(folder) / "plan.yaml"
        plan.write_bytes(change(plan.read_bytes()))
        return diagnostics_of(folder)

    return make


def _long_line(data: bytes) -> bytes:
    return data + b"# " + b"x" * source.MAX_LINE_CHARS + b"\n"


def _open_brackets(folder: Path) -> tuple[Diagnostic, ...]:
    (copy_example(folder) / "content" / "pages" / "signs.md").write_text("# 記号\n\n" + "[" * 3_001, encoding="utf-8")
    return diagnostics_of(folder)


def _folder_instead_of_file(folder: Path) -> tuple[Diagnostic, ...]:
    (folder / "plan.yaml").mkdir()
    return diagnostics_of(folder)


def _file_instead_of_folder(folder: Path) -> tuple[Diagnostic, ...]:
    shutil.rmtree(copy_example(folder) / "content")
    (folder / "content").write_text("x", encoding="utf-8")
    reported = diagnostics_of(folder)  # also each folder inside and the texts of the plan; this one is the cause
    return tuple(mistake for mistake in reported if mistake.span.file == "content")


def _huge_picture(folder: Path) -> tuple[Diagnostic, ...]:
    picture = copy_example(folder) / "content" / "images" / "river.jpg"
    picture.parent.mkdir()
    with picture.open("wb") as file:
        file.truncate(patterns.MAX_SOURCE_BYTES + 1)
    return diagnostics_of(folder)


def _no_permission(folder: Path) -> tuple[Diagnostic, ...]:
    def refuse(*_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "open", refuse, raising=False)
        return diagnostics_of(copy_example(folder))


def _same_path(folder: Path) -> tuple[Diagnostic, ...]:
    (copy_example(folder) / "theme").mkdir()
    for name in ("own.css", "Own.css"):
        (folder / "theme" / name).write_text("", encoding="utf-8")
    return diagnostics_of(folder)


def _shallow_clone(folder: Path) -> tuple[Diagnostic, ...]:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always"]
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)

    (folder / "whole").mkdir()
    plan = copy_example(folder / "whole") / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("  更新日: 2026-04-01\n", ""), encoding="utf-8")
    git("init", "-q", "whole")
    git("-C", "whole", "add", ".")
    for words in ("one", "two"):
        git("-C", "whole", "commit", "-q", "--allow-empty", "-m", words)
    git("clone", "-q", "--depth", "1", (folder / "whole").as_uri(), "part")
    return diagnostics_of(folder / "part")


def _slow_git(folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "GIT_TIMEOUT_SECONDS", 0)
        return load_site(copy_example(folder), with_history=True)[2].notices


def _refused_by_git(folder: Path) -> tuple[Diagnostic, ...]:
    subprocess.run(["git", "init", "-q", str(copy_example(folder))], check=True)
    plan = folder / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("  更新日: 2026-04-01\n", ""), encoding="utf-8")
    with (folder / ".git/config").open("a") as config:
        config.write("[core\n")
    return diagnostics_of(folder)


def _missing_glyph(folder: Path) -> tuple[Diagnostic, ...]:
    plan = copy_example(folder) / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("水辺の", "水辺𒀀の", 1), encoding="utf-8")
    return tuple(parse.booklet_notices(folder, "𒀀", ()))


def _long_word(folder: Path) -> tuple[Diagnostic, ...]:
    word = "NATURALRESOURCESANDENVIRONMENTALPROTECTION"
    plan = copy_example(folder) / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("水辺の", f"水辺 {word} の", 1), encoding="utf-8")
    return tuple(parse.booklet_notices(folder, (), (word,)))


def _missing_contact(folder: Path) -> tuple[Diagnostic, ...]:
    plan = copy_example(folder) / "plan.yaml"
    plan.write_text(re.sub(r"\n  連絡先: .*", "", plan.read_text(encoding="utf-8")), encoding="utf-8")
    return tuple(parse.missing_contact_notice(parse.load_plan(folder)))


def _new_audience(folder: Path) -> tuple[Diagnostic, ...]:
    (copy_example(folder) / "plan.schema.json").write_bytes((EXAMPLE / "plan.schema.json").read_bytes())
    plan = folder / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("\n対象:\n", "\n対象:\n  - 旅行する人\n", 1), encoding="utf-8")
    return tuple(outdated_schema_notices(parse.load_plan(folder), PROJECT_ROOT))


def _without_graphviz(folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "which", lambda *_, **__: None)
        return diagnostics_of(copy_example(folder))


def _without_fonts(folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst_engine, "FONT_PACKAGES", ("noto_nowhere",))
        return diagnostics_of(copy_example(folder), with_booklet=True)


def _text_as_font(folder: Path) -> tuple[Diagnostic, ...]:
    (copy_example(folder) / "theme/fonts").mkdir(parents=True)
    (folder / "theme/fonts/own.ttf").write_text("no font", encoding="utf-8")
    return diagnostics_of(folder, with_booklet=True)


def _picture(name: str, data: bytes) -> Callable[[Path], tuple[Diagnostic, ...]]:
    def make(folder: Path) -> tuple[Diagnostic, ...]:
        (copy_example(folder) / "content/images").mkdir()
        (folder / "content/images" / name).write_bytes(data)
        return diagnostics_of(folder)

    return make


def _missing_box(folder: Path) -> tuple[Diagnostic, ...]:
    site, files = build_in_memory(copy_example(folder))
    box = re.compile(rb'<a id="box-water-quality".*?</a>', re.DOTALL)
    fewer = [
        OutputFile(file.path, box.sub(b"", file.data)) if file.path == "diagrams/plan.svg" else file for file in files
    ]
    with pytest.raises(SourceError) as caught:
        check.check_files(fewer, site)
    return caught.value.mistakes


BROKEN_BY_CODE: dict[str, Callable[[Path], tuple[Diagnostic, ...]]] = {
    "too-many-open-brackets": _open_brackets,
    "too-long": _with_bytes(_long_line),
    "too-many-combining-marks": _with_bytes(lambda data: data + "# は".encode() + "\u0316\u0301".encode() * 16 + b"\n"),
    "broken-picture": _picture("river.png", picture_files.photograph()),
    "not-utf-8": _with_bytes(lambda data: data.decode().encode("cp932", "replace")),
    "line-ends": _with_bytes(lambda data: data.replace(b"\n", b"\r")),
    "not-a-file": _folder_instead_of_file,
    "not-a-folder": _file_instead_of_folder,
    "too-large": _huge_picture,
    "unreadable": _no_permission,
    "same-path": _same_path,
    "shallow-clone": _shallow_clone,
    "slow-git": _slow_git,
    "git-refused": _refused_by_git,
    "missing-glyph": _missing_glyph,
    "long-word": _long_word,
    "no-contact": _missing_contact,
    "outdated-schema": _new_audience,
    "no-diagrams": _without_graphviz,
    "no-booklet": _without_fonts,
    "broken-font": _text_as_font,
    "changed-picture": _picture("river.jpg", picture_files.photograph()),
    "unsupported-picture": _picture("river.webp", picture_files.sideways_animation()),
    "diagram-incomplete": _missing_box,
}
"""Functions that break the rules for which a text is not enough."""


@functools.cache
def broken_example(name: str) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a rule's bad example."""
    rule = RULES[name]
    with tempfile.TemporaryDirectory() as folder:
        return (
            BROKEN_BY_CODE[name](Path(folder))
            if rule.file == EXAMPLE_IS_PROSE
            else diagnostics_of(write_example(rule, rule.bad_example, Path(folder)))
        )


@pytest.mark.parametrize("name", RULES)
def test_a_bad_example_breaks_exactly_its_rule(name: str) -> None:
    reported = broken_example(name)
    assert {mistake.rule for mistake in reported} == {name}, "\n".join(map(format_diagnostic, reported))


def test_a_letter_may_have_thirty_combining_marks_at_any_place() -> None:
    for before, marks in itertools.product(range(32), (30, 31, 200)):
        line = (
            "あ" * before + "q" + "\u0300" * marks
        )  # no precomposed letter has these marks: the line is in normal form already
        _, reported = source.decode_source(f"{line}\n".encode(), "plan.yaml")
        assert [mistake.rule for mistake in reported] == ["too-many-combining-marks"] * (marks > 30), (before, marks)


@pytest.mark.parametrize("name", [rule.name for rule in RULES.values() if rule.place])
def test_a_good_example_that_is_not_in_the_plan_breaks_no_rule(name: str, tmp_path: Path) -> None:
    assert diagnostics_of(write_example(RULES[name], RULES[name].good_example, tmp_path)) == ()


def test_the_example_plan_with_the_other_good_examples_breaks_no_rule(tmp_path: Path) -> None:
    assert diagnostics_of(copy_example(tmp_path)) == ()


def test_exactly_the_rules_described_in_words_are_broken_by_code() -> None:
    assert set(BROKEN_BY_CODE) == {rule.name for rule in RULES.values() if rule.file == EXAMPLE_IS_PROSE}


# --- the fixes ---


def fixed_files(root: Path, diagnostics: Iterable[Diagnostic], choice: int) -> dict[str, bytes]:
    """Return the files under a folder that the fixes of diagnostics change. `choice`: which of several alternatives."""
    files: dict[str, parse.EditedFile] = {}
    for diagnostic in diagnostics:
        for edit in diagnostic.fixes[min(choice, len(diagnostic.fixes) - 1)].edits:
            files.setdefault(edit.file, parse.EditedFile((root / edit.file).read_bytes()))
            assert files[edit.file].add([edit]), f"the text of the edit is not in the file: {edit}"
    return {path: file.data() for path, file in files.items()}


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.fix])
def test_a_fix_does_what_its_row_promises(name: str, tmp_path: Path) -> None:
    rule = RULES[name]
    for folder in ("wrong", "right"):
        (tmp_path / folder).mkdir()
    root = write_example(rule, rule.bad_example, tmp_path / "wrong")
    reported = diagnostics_of(root)
    assert all(diagnostic.fixes for diagnostic in reported), "a diagnostic without a fix"
    before = {path: (root / path).read_bytes() for path in fixed_files(root, reported, 0)}
    for choice in range(max(len(diagnostic.fixes) for diagnostic in reported)):
        for path, data in fixed_files(root, reported, choice).items():
            (root / path).write_bytes(data)
        assert diagnostics_of(root) == (), f"fix {choice + 1}"
        if rule.fix == FIX_EXACT and not choice:
            right = write_example(rule, rule.good_example, tmp_path / "right")
            assert (root / rule.file).read_text(encoding="utf-8") == (right / rule.file).read_text(encoding="utf-8")
        for path, data in before.items():
            (root / path).write_bytes(data)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if not rule.fix])
def test_a_rule_without_a_promised_fix_offers_none(name: str) -> None:
    assert RULES[name].reason_without_fix
    assert [diagnostic.fixes for diagnostic in broken_example(name) if diagnostic.fixes] == []


def test_every_promise_is_a_known_word() -> None:
    assert {rule.fix for rule in RULES.values()} == {"", FIX_CLEAN, FIX_EXACT}


# --- the page ---

HEAD = """\
# 直すところの説明

<!-- handbook/rules/ からできています。直すのは handbook/rules/ で、作り直すのは
     `python3 build.py test --golden -- tests/rules/test_rules.py` です。 -->

`python3 build.py` や `python3 build.py check` は、直すところを次の形で知らせます。

```
{sample}
```

1 行めは「ファイル:行:文字」と、何が起きているか。おわりの `[ ]` の中が、このページの見出しに添えた名前です。
`^` は、その行のどこのことかを指します。1 つ直すとほかの知らせも消えることがあるので、上から順に直します。

`+` の付いた行は、直すとその行がどうなるかです（`-` は、消える行です）。知らせは {rules} 種類あり、
そのうち {fixes} 種類は、この道具が原稿の中で直せます。`python3 build.py check --fix` は、
何と読むかが決まっているところだけを直し、
`check --fix --all` は、直し方が 1 つだけのところをどれも直します。直した行は画面に出ます。
書きこむ前にもう一度読み、別の知らせが出るなら直しません。
このページの例と、試験のための小さな計画 {plans} 個（知らせ {reported} 件、うち直し方のあるもの {fixable} 件）は、
どの直し方も、そのとおりに直して確かめています。

例はどれも、見本の計画 [example/plan.yaml](../example/plan.yaml) を 1 か所だけ変えたものです。市も課も数値も架空です。
例の中の □ は全角の空白、→ はタブ、� は目に見えない文字です。

## もくじ

"""


def lines_of(text: str) -> list[str]:
    return text.strip("\n").split("\n")


def displayed_example(rule: Rule, typed: str) -> str:
    """Return an example for the page: visible signs for invisible characters, no common indent, shortened lines."""
    both = [line for text in (rule.bad_example, rule.good_example) for line in lines_of(text) if line]
    margin = min(len(line) - len(line.lstrip(" ")) for line in both)
    lines = lines_of(patterns.INVISIBLE.sub("\ufffd", typed).replace("\u3000", "□").replace("\t", "→   "))
    lines = [line[margin:] for line in lines]
    return "\n".join(line if len(line) <= 80 else f"{line[:40]} … {line[-20:]}" for line in lines)


def example_markdown(rule: Rule, typed: str) -> str:
    """Return the Markdown of one example: a code block, a file name, or words."""
    if rule.file == EXAMPLE_IS_PROSE:
        return f"{typed}\n"
    if rule.file == EXAMPLE_IS_FILE_NAME:
        return f"`{typed}` という名前\n"
    language = {"yaml": "yaml", "md": "markdown", "html": "html", "css": "css", "txt": "text"}[
        rule.file.rpartition(".")[2]
    ]
    return f"```{language}\n{displayed_example(rule, typed)}\n```\n"


def plan_errors(folder: Path, plan: Path) -> tuple[Diagnostic, ...]:
    """Return the errors of one of the small plans in tests/mistakes, which is copied to a folder."""
    shutil.copy(plan, folder / "plan.yaml")
    return parse.read_plan(folder).report.errors


def fix_sentence(rule: Rule) -> str:
    """Return how the bad example is corrected: by which option, by a choice, or by the editor."""
    fixes = broken_example(rule.name)[0].fixes
    if not fixes:
        return f"{rule.reason_without_fix}、手で直します。"
    if len(fixes) > 1:
        return "次のどちらかにします。\n\n" + "\n".join(f"- {fix.title}" for fix in fixes)
    return f"`check --fix{'' if fixes[0].is_certain else ' --all'}` が直せます。"


def rules_page() -> str:
    """Return the page docs/mistakes.md, from the table and the actual messages."""
    with tempfile.TemporaryDirectory() as folder:
        reported = [each for plan in PLANS for each in plan_errors(Path(folder), plan)]
    counts = {
        "rules": len(RULES),
        "fixes": sum(bool(rule.fix) for rule in RULES.values()),
        "plans": len(PLANS),
        "reported": len(reported),
        "fixable": sum(bool(each.fixes) for each in reported),
    }
    parts = [HEAD.format(sample=format_diagnostic(broken_example("unknown-key")[0]), **counts)]
    for group in GROUPS:
        rules = "\n".join(f"  - [{rule.title}](#{rule.name}) `{rule.name}`" for rule in group.rules)
        parts.append(f"- **{group.title}**\n{rules}\n")
    for group in GROUPS:
        parts.append(f"\n## {group.title}\n\n{group.description}\n")
        for rule in group.rules:
            where = "" if rule.file in ("plan.yaml", EXAMPLE_IS_FILE_NAME, EXAMPLE_IS_PROSE) else f"（{rule.file}）"
            parts.append(
                f'\n<a id="{rule.name}"></a>\n\n### {rule.title} `{rule.name}`\n\n{rule.reason}\n\n'
                f"正しくない例{where}\n\n{example_markdown(rule, rule.bad_example)}\n"
                f"出る知らせ\n\n```\n{format_diagnostic(broken_example(rule.name)[0])}\n```\n\n"
                f"{fix_sentence(rule)}\n\n正しい例\n\n{example_markdown(rule, rule.good_example)}"
            )
    return "".join(parts)


def test_the_page_of_rules_is_up_to_date(request: pytest.FixtureRequest) -> None:
    expected = rules_page()
    if request.config.getoption("--golden"):
        PAGE.write_text(expected, encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == expected, (
        "stale: python3 build.py test --golden -- tests/rules/test_rules.py"
    )


def test_every_annotation_has_the_title_of_its_rule() -> None:
    (mistake,) = broken_example("wide-colon")
    assert f"title={RULES['wide-colon'].title} (wide-colon)::" in reporters.github_commands(Report((mistake,)), str)
