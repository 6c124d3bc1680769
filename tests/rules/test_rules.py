"""The table of rules: all that the code can say and nothing else, with proven examples and a fresh page."""

from __future__ import annotations

import ast
import functools
import itertools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import ROOT
from support.building import build_in_memory, report_of

from handbook import check, parse, patterns, reporters
from handbook.commands.check import outdated_schema_notices, promote_to_errors
from handbook.commands.options import PROJECT_ROOT
from handbook.diagnostics import Diagnostic, Report, SourceError, format_diagnostic
from handbook.model import OutputFile
from handbook.parse import source
from handbook.rules import EXAMPLE_IS_FILE_NAME, EXAMPLE_IS_PROSE, EXAMPLE_IS_WHOLE_FILE, GROUPS, RULES, Rule

EXAMPLE = ROOT / "example"
PAGE = ROOT / "docs" / "mistakes.md"
TEXTS = ("plan.yaml", "addresses.txt", "content")

# --- the rules in the code ---

SAID_AT = {"Diagnostic": 1, "mistake": 3, "report": 1, "_report": 3, "_TypingFix": 2, "YamlError": 3}
"""Where each call that makes a mistake takes the rule."""
NO_RULES = frozenset(
    (
        *("a-2a", "ua-1", "graphviz-pure", "handbook-foldouts", "test-sheet", "sans-serif"),
        *("text-muted", "font-family", "note-background", "picture-background", "branch-0", "branch-1-tint"),
        *("branch-2", "branch-3", "branch-4", "branch-5", "branch-6"),
        *("status-achieved", "status-behind", "status-in-progress", "status-not-evaluated"),
        *("aria-describedby", "aria-labelledby", "water-quality"),
        *("data-parent", "data-node-list", "old-ids", "utf-8"),
        "internal-error",  # a bug of ours, no mistake of an editor
        *("no-cache", "same-origin", "search-index", "former-names", "indicator-years", "utf-8-sig"),
        *("cat-file", "diff-tree", "for-each-ref", "ls-tree", "rev-parse"),
    )
)
"""Words of the code that look like the name of a rule and are none."""
LOOKS_LIKE_A_RULE = re.compile("[a-z]+(?:-[a-z0-9]+)+")


def said(code: str) -> Iterator[str]:
    """The rules in a module: words handed to a call that makes a mistake, and hyphened words anywhere."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and LOOKS_LIKE_A_RULE.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            word = node.args[SAID_AT[name]] if name in SAID_AT and len(node.args) > SAID_AT[name] else None
            if isinstance(word, ast.Constant) and isinstance(word.value, str):
                yield word.value


def test_every_rule_that_the_code_can_say_is_in_the_table_and_none_besides() -> None:
    modules = [ROOT / "build.py", *(ROOT / "handbook").rglob("*.py")]
    # What `import` says of a table that somebody brings is no rule for a plan: it stands beside the table's cells.
    apart = {"rules", "importer"}
    code = [path.read_text(encoding="utf-8") for path in modules if path.parent.name not in apart]
    found = {rule for text in code for rule in said(text)}
    assert found >= NO_RULES, "NO_RULES names a word that the code no longer has"
    assert sorted(found - NO_RULES) == sorted(RULES)


def test_a_rule_that_is_in_no_table_would_be_found() -> None:
    assert list(said("self.report(value, 'odd', 'x')")) == ["odd"]
    assert list(said("rule = 'too-odd' if x else 'x'")) == ["too-odd"]


def test_no_rule_stands_in_the_table_twice() -> None:
    names = [rule.name for group in GROUPS for rule in group.rules]
    assert len(names) == len(set(names))
    assert all(
        rule.title and rule.reason.endswith("。") and rule.bad_example != rule.good_example for rule in RULES.values()
    )


# --- the examples ---


def copied(folder: Path) -> Path:
    """The example plan in a folder of its own, to be broken there."""
    for name in TEXTS:
        copy = shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy
        copy(EXAMPLE / name, folder / name)
    return folder


def edited(rule: Rule, typed: str, folder: Path) -> Path:
    """The example plan with the typed text in place of a rule's right one."""
    if rule.place == EXAMPLE_IS_WHOLE_FILE:
        (folder / "plan.yaml").write_text(typed, encoding="utf-8", newline="\n")
        return folder
    copied(folder)
    if rule.file == EXAMPLE_IS_FILE_NAME:
        if (folder / rule.good_example).exists():
            (folder / rule.good_example).rename(folder / typed)
        else:  # a file of the product, under a name of the plan's own
            (folder / typed).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / rule.good_example, folder / typed)
        return folder
    path = folder / rule.file
    home = EXAMPLE if (EXAMPLE / rule.file).exists() else ROOT
    text = (home / rule.file).read_text(encoding="utf-8")
    place = rule.place or rule.good_example
    assert place in text, f"{rule.name}: the example plan no longer holds what makes way for the wrong text: {place}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(place, typed, 1), encoding="utf-8", newline="\n")
    return folder


def found(root: Path) -> tuple[Diagnostic, ...]:
    """All that a check says."""
    try:
        build_in_memory(root)
    except SourceError as error:
        return error.mistakes
    report = report_of(root)
    return (*report.notices, *report.warnings)


def _rewritten(change: Callable[[bytes], bytes]) -> Callable[[Path], tuple[Diagnostic, ...]]:
    def make(folder: Path) -> tuple[Diagnostic, ...]:
        plan = copied(folder) / "plan.yaml"
        plan.write_bytes(change(plan.read_bytes()))
        return found(folder)

    return make


def _a_picture_by_name(folder: Path) -> tuple[Diagnostic, ...]:
    (copied(folder) / "content" / "images").mkdir()
    (folder / "content" / "images" / "river.png").write_bytes(b"\xff\xd8\xff\xe0 no PNG")
    return found(folder)


def _a_long_line(data: bytes) -> bytes:
    return data + b"# " + b"x" * source.MAX_LINE_CHARS + b"\n"


def _open_brackets(folder: Path) -> tuple[Diagnostic, ...]:
    (copied(folder) / "content" / "pages" / "signs.md").write_text("# 記号\n\n" + "[" * 3_001, encoding="utf-8")
    return found(folder)


def _a_folder_for_a_file(folder: Path) -> tuple[Diagnostic, ...]:
    (folder / "plan.yaml").mkdir()
    return found(folder)


def _a_file_for_a_folder(folder: Path) -> tuple[Diagnostic, ...]:
    shutil.rmtree(copied(folder) / "content")
    (folder / "content").write_text("x", encoding="utf-8")
    said = found(folder)  # each folder inside is missed as well, and the plan's texts: the first is the cause
    return tuple(mistake for mistake in said if mistake.span.file == "content")


def _a_huge_picture(folder: Path) -> tuple[Diagnostic, ...]:
    picture = copied(folder) / "content" / "images" / "river.jpg"
    picture.parent.mkdir()
    with picture.open("wb") as file:
        file.truncate(patterns.MAX_SOURCE_BYTES + 1)
    return found(folder)


def _no_permission(folder: Path) -> tuple[Diagnostic, ...]:
    def refuse(*_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "open", refuse, raising=False)
        return found(copied(folder))


def _twins(folder: Path) -> tuple[Diagnostic, ...]:
    (copied(folder) / "theme").mkdir()
    (folder / "theme" / "Site.css").write_text("", encoding="utf-8")
    return found(folder)


def _a_shallow_clone(folder: Path) -> tuple[Diagnostic, ...]:
    def git(*words: str) -> None:
        person = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always"]
        subprocess.run(["git", *person, *words], cwd=folder, check=True, capture_output=True)

    (folder / "whole").mkdir()
    plan = copied(folder / "whole") / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("  更新日: 2026-04-01\n", ""), encoding="utf-8")
    git("init", "-q", "whole")
    git("-C", "whole", "add", ".")
    for words in ("one", "two"):
        git("-C", "whole", "commit", "-q", "--allow-empty", "-m", words)
    git("clone", "-q", "--depth", "1", (folder / "whole").as_uri(), "part")
    return found(folder / "part")


def _a_sign_for_no_typeface(folder: Path) -> tuple[Diagnostic, ...]:
    plan = copied(folder) / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("水辺の", "水辺😀の", 1), encoding="utf-8")
    return tuple(parse.missing_glyph_notices(folder, "😀"))


def _a_new_word(folder: Path) -> tuple[Diagnostic, ...]:
    (copied(folder) / "plan.schema.json").write_bytes((EXAMPLE / "plan.schema.json").read_bytes())
    plan = folder / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("\n対象:\n", "\n対象:\n  - 旅行する人\n", 1), encoding="utf-8")
    return tuple(outdated_schema_notices(parse.load_plan(folder), PROJECT_ROOT))


def _a_lacking(*, booklet: bool) -> Callable[[Path], tuple[Diagnostic, ...]]:
    paths = ["index.html", "diagrams/plan.svg"] if booklet else ["index.html"]
    return lambda _: promote_to_errors(Report(), paths, booklet=booklet).errors


def _a_box_too_few(folder: Path) -> tuple[Diagnostic, ...]:
    site, files = build_in_memory(copied(folder))
    box = re.compile(rb'<a id="box-water-quality".*?</a>', re.DOTALL)
    fewer = [
        OutputFile(file.path, box.sub(b"", file.data)) if file.path == "diagrams/plan.svg" else file for file in files
    ]
    with pytest.raises(SourceError) as caught:
        check.check_files(fewer, site)
    return caught.value.mistakes


MADE: dict[str, Callable[[Path], tuple[Diagnostic, ...]]] = {
    "too-many-open-brackets": _open_brackets,
    "too-long": _rewritten(_a_long_line),
    "too-many-combining-marks": _rewritten(lambda data: data + "# は".encode() + "\u0316\u0301".encode() * 16 + b"\n"),
    "broken-picture": _a_picture_by_name,
    "not-utf-8": _rewritten(lambda data: data.decode().encode("cp932", "replace")),
    "line-ends": _rewritten(lambda data: data.replace(b"\n", b"\r")),
    "not-a-file": _a_folder_for_a_file,
    "not-a-folder": _a_file_for_a_folder,
    "too-large": _a_huge_picture,
    "unreadable": _no_permission,
    "same-path": _twins,
    "shallow-clone": _a_shallow_clone,
    "missing-glyph": _a_sign_for_no_typeface,
    "outdated-schema": _a_new_word,
    "no-diagrams": _a_lacking(booklet=False),
    "no-booklet": _a_lacking(booklet=True),
    "diagram-incomplete": _a_box_too_few,
}
"""How each rule is broken that no text can show."""


@functools.cache
def broken(name: str) -> tuple[Diagnostic, ...]:
    """All that is said of a rule's wrong example."""
    rule = RULES[name]
    with tempfile.TemporaryDirectory() as folder:
        return (
            MADE[name](Path(folder))
            if rule.file == EXAMPLE_IS_PROSE
            else found(edited(rule, rule.bad_example, Path(folder)))
        )


@pytest.mark.parametrize("name", RULES)
def test_a_wrong_example_breaks_exactly_its_rule(name: str) -> None:
    said = broken(name)
    assert {mistake.rule for mistake in said} == {name}, "\n".join(map(format_diagnostic, said))


def test_thirty_marks_may_stand_on_a_letter_and_no_more_wherever_it_stands() -> None:
    for before, marks in itertools.product(range(32), (30, 31, 200)):
        line = "あ" * before + "q" + "\u0300" * marks  # no letter has all in one: its form is the right one already
        _, said = source.decode_source(f"{line}\n".encode(), "plan.yaml")
        assert [mistake.rule for mistake in said] == ["too-many-combining-marks"] * (marks > 30), (before, marks)


@pytest.mark.parametrize("name", [rule.name for rule in RULES.values() if rule.place])
def test_a_right_example_that_the_plan_does_not_hold_breaks_none(name: str, tmp_path: Path) -> None:
    assert found(edited(RULES[name], RULES[name].good_example, tmp_path)) == ()


def test_the_example_plan_with_the_other_right_examples_breaks_none(tmp_path: Path) -> None:
    assert found(copied(tmp_path)) == ()


def test_what_is_told_in_words_is_what_no_text_can_show() -> None:
    assert set(MADE) == {rule.name for rule in RULES.values() if rule.file == EXAMPLE_IS_PROSE}


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

例はどれも、見本の計画 [example/plan.yaml](../example/plan.yaml) を 1 か所だけ変えたものです。市も課も数値も架空です。
例の中の □ は全角の空白、→ はタブ、� は目に見えない文字です。

## もくじ

"""


def lines_of(text: str) -> list[str]:
    return text.strip("\n").split("\n")


def shown(rule: Rule, typed: str) -> str:
    """An example as the page shows it: what no eye can see as a sign, without what both indent, nothing endless."""
    both = [line for text in (rule.bad_example, rule.good_example) for line in lines_of(text) if line]
    margin = min(len(line) - len(line.lstrip(" ")) for line in both)
    lines = lines_of(source.INVISIBLE.sub("\ufffd", typed).replace("\u3000", "□").replace("\t", "→   "))
    lines = [line[margin:] for line in lines]
    return "\n".join(line if len(line) <= 80 else f"{line[:40]} … {line[-20:]}" for line in lines)


def example(rule: Rule, typed: str) -> str:
    """One example: code, the name of a file, or words."""
    if rule.file == EXAMPLE_IS_PROSE:
        return f"{typed}\n"
    if rule.file == EXAMPLE_IS_FILE_NAME:
        return f"`{typed}` という名前\n"
    language = {"yaml": "yaml", "md": "markdown", "html": "html", "css": "css", "txt": "text"}[
        rule.file.rpartition(".")[2]
    ]
    return f"```{language}\n{shown(rule, typed)}\n```\n"


def page() -> str:
    """The page, made from the table and from what is really said."""
    parts = [HEAD.format(sample=format_diagnostic(broken("unknown-key")[0]))]
    for group in GROUPS:
        rules = "\n".join(f"  - [{rule.title}](#{rule.name}) `{rule.name}`" for rule in group.rules)
        parts.append(f"- **{group.title}**\n{rules}\n")
    for group in GROUPS:
        parts.append(f"\n## {group.title}\n\n{group.description}\n")
        for rule in group.rules:
            where = "" if rule.file in ("plan.yaml", EXAMPLE_IS_FILE_NAME, EXAMPLE_IS_PROSE) else f"（{rule.file}）"
            parts.append(
                f'\n<a id="{rule.name}"></a>\n\n### {rule.title} `{rule.name}`\n\n{rule.reason}\n\n'
                f"正しくない例{where}\n\n{example(rule, rule.bad_example)}\n"
                f"出る知らせ\n\n```\n{format_diagnostic(broken(rule.name)[0])}\n```\n\n"
                f"正しい例\n\n{example(rule, rule.good_example)}"
            )
    return "".join(parts)


def test_the_page_of_rules_is_fresh(request: pytest.FixtureRequest) -> None:
    made = page()
    if request.config.getoption("--golden"):
        PAGE.write_text(made, encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == made, (
        "stale: python3 build.py test --golden -- tests/rules/test_rules.py"
    )


def test_every_title_of_an_annotation_is_that_of_the_table() -> None:
    (mistake,) = broken("wide-colon")
    assert f"title={RULES['wide-colon'].title} (wide-colon)::" in reporters.github_commands(Report((mistake,)), str)
