"""Format a report as text for the terminal, as annotations for GitHub, as a Markdown summary and as JSON.

Each format contains all diagnostics. After the first few errors of a long list, the terminal shows one line each. Only
the job summary is truncated, because GitHub limits its size; it then states how many rows are missing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from handbook.diagnostics import Diagnostic, Report, format_diagnostic
from handbook.rules import rule_title
from handbook.text_edits import TextEdit

MAX_FULL_DIAGNOSTICS = 50
"""Errors that a terminal shows with source line and hint; the others take one line each."""
TOP_RULES_SHOWN = 5
"""Rules that are counted at the end of a long list."""
MAX_SUMMARY_BYTES = 1_000_000
"""GitHub rejects a job summary of more than 1 MiB."""
_MARKDOWN_ESCAPES = {ord(sign): f"&#{ord(sign)};" for sign in "\\*_[]<>|&~:@"} | {ord("\n"): "<br>"}
_SUGGESTION_HELP = (
    "枠の中をそのまま、プルリクエストの「Files changed」のその行へのコメントに貼ると、"
    "ボタン 1 つで取り込める案になります。手元では `check --fix` か `check --fix --all` が同じことをします。"
)
PathMapper = Callable[[str], str]
"""Function from a source's path relative to the plan's folder to its path in the repository."""


def terminal_text(report: Report, rules_page: str = "") -> str:
    """Return a report as text for the terminal. `rules_page` is the path of the page that explains the rules."""
    if not report.errors:
        return f"直すところはありません。\n{notices_text(report)}"
    parts = ["\n\n".join(format_diagnostic(mistake) for mistake in report.errors[:MAX_FULL_DIAGNOSTICS])]
    if more := report.errors[MAX_FULL_DIAGNOSTICS:]:
        parts.append(f"ここからは、場所と内容だけを示します（あと {len(more):,} 件）。")
        parts.append("\n".join(mistake.headline for mistake in more))
        rules = Counter(mistake.rule for mistake in report.errors).most_common(TOP_RULES_SHOWN)
        most_broken = "、".join(f"{rule_title(rule)} {count:,} 件" for rule, count in rules)
        parts.append(f"多いものから: {most_broken}")
    if report.notices or report.warnings:
        parts.append(notices_text(report))
    ending = f"{len(report.errors):,} 件の直すところがあります。output/ は前のままです。"
    if rules_page:
        ending += f"\nくわしい説明と書き方の例は {rules_page} にあります（`[ ]` の中の言葉で探せます）。"
    return "\n\n".join([*parts, ending])


def notices_text(report: Report) -> str:
    """Return the list of notices and warnings, after their counts."""
    notices = sorted([*report.notices, *report.warnings])
    unconfirmed = sum(note.rule == "unconfirmed" for note in report.notices)
    counts = f"うち ［要確認］ {unconfirmed} 件、公開までに要る項目 {len(report.warnings)} 件"
    return "\n".join([f"  覚え書き {len(notices)} 件（{counts}）", *_notice_lines(notices)])


def _notice_lines(notices: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield a line for each notice, and its hint in a second line where no earlier notice has the same hint."""
    shown = {""}
    for note in notices:
        yield f"  - {note.span.file}:{note.span.line}: {note.message}"
        if note.hint not in shown:
            yield f"    ヒント: {note.hint}"
            shown.add(note.hint)


def github_commands(report: Report, repository_path: PathMapper) -> str:
    """Return GitHub workflow commands that annotate the sources, and a line with the counts."""
    lines = [_command("error", mistake, repository_path) for mistake in report.errors]
    lines += [_command("warning", warning, repository_path) for warning in report.warnings]
    lines += [
        _command("warning" if note.rule == "unconfirmed" else "notice", note, repository_path)
        for note in report.notices
    ]
    return "\n".join([*lines, _count_sentence(report)])


def _command(kind: str, mistake: Diagnostic, repository_path: PathMapper) -> str:
    span = mistake.span
    message = mistake.message + (f"\nヒント: {mistake.hint}" if mistake.hint else "")
    properties = {
        "file": repository_path(span.file),
        "line": str(span.line),
        "col": str(span.column),
        "endColumn": str(span.column + span.width),  # exclusive
        "title": f"{rule_title(mistake.rule)} ({mistake.rule})",
    }
    property_list = ",".join(f"{name}={_escape_property(value, ',:')}" for name, value in properties.items())
    return f"::{kind} {property_list}::{_escape_property(message)}"


def _escape_property(value: str, delimiters: str = "") -> str:
    """Percent-encode as the GitHub runner expects; inside a property, `delimiters` are encoded too."""
    for character in "%\r\n" + delimiters:  # the percent sign first, because encoding adds percent signs
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def _count_sentence(report: Report) -> str:
    errors = f"{len(report.errors):,} 件の直すところがあります" if report.errors else "直すところはありません"
    return f"{errors}（覚え書き {len(report.notices) + len(report.warnings):,} 件）。"


def job_summary(report: Report, repository_path: PathMapper, source_url: str = "", rules_url: str = "") -> str:
    """Return a report as Markdown tables, for the job summary of GitHub Actions.

    `source_url` is the URL below which the repository's files are shown, `rules_url` that of the page that explains
    the rules; either may be empty.
    """
    parts = [f"## 計画の点検\n\n{_count_sentence(report)}\n"]
    tables = (("直すところ", report.errors), ("公開までに要る項目", report.warnings), ("覚え書き", report.notices))
    for name, mistakes in tables:
        if mistakes:
            parts += [f"\n### {name} {len(mistakes):,} 件\n\n| 場所 | 内容 | ヒント |\n|---|---|---|\n"]
            parts += [_summary_row(mistake, repository_path, source_url, rules_url) for mistake in mistakes]
    if suggestions := [text for mistake in report.errors if (text := _suggestion(mistake, repository_path))]:
        parts += [f"\n### 直し方の案 {len(suggestions):,} 件\n\n{_SUGGESTION_HELP}\n", *suggestions]
    return "".join(_truncate_parts(parts))


def _suggestion(mistake: Diagnostic, repository_path: PathMapper) -> str:
    """Return the block for a comment on the line, or `""` if there is not one fix that changes this line alone."""
    changes = mistake.fixes[0].changed_lines(mistake.span.line, mistake.excerpt) if len(mistake.fixes) == 1 else []
    removed = [text for sign, text in changes if sign == "-"]
    if not changes or removed not in ([], [mistake.excerpt]):
        return ""
    place = f"{repository_path(mistake.span.file)}:{mistake.span.line}".translate(_MARKDOWN_ESCAPES)
    lines = "".join(f"{text}\n" for sign, text in changes if sign == "+")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", lines)), default=0))
    return f"\n{place}\n\n{fence}`md\n{fence}suggestion\n{lines}{fence}\n{fence}`\n"


def _summary_row(mistake: Diagnostic, repository_path: PathMapper, source_url: str, rules_url: str) -> str:
    span = mistake.span
    file = repository_path(span.file)
    position = f"{file}:{span.line}:{span.column}".translate(_MARKDOWN_ESCAPES)
    if source_url and not span.file.startswith("output/"):
        position = f"[{position}]({source_url}{file.replace(' ', '%20')}#L{span.line})"
    rule = f"[{mistake.rule}]({rules_url}#{mistake.rule})" if rules_url else mistake.rule
    return f"| {position} | {_summary_cell(mistake.message)} {rule} | {_summary_cell(mistake.hint)} |\n"


def _summary_cell(text: str) -> str:
    """Return a text with escaped Markdown; text between two backticks becomes code."""
    pieces = text.replace("\r", "").translate(_MARKDOWN_ESCAPES).split("`")
    if len(pieces) % 2 == 0:  # an unpaired backtick from the plan
        return "&#96;".join(pieces)
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def _truncate_parts(parts: Sequence[str]) -> Iterator[str]:
    size = 0
    for index, part in enumerate(parts):
        size += len(part.encode("utf-8", "replace"))
        if size > MAX_SUMMARY_BYTES:
            yield f"\nここに示せるのはここまでです。残り {len(parts) - index:,} 行は、点検の記録（ログ）にあります。\n"
            return
        yield part


def report_json(report: Report) -> str:
    """Return a JSON object with the lists `mistakes` (errors), `notes` (notices) and `gaps` (warnings)."""
    diagnostics_by_key = {"mistakes": report.errors, "notes": report.notices, "gaps": report.warnings}
    objects = {key: [each.as_json() for each in diagnostics] for key, diagnostics in diagnostics_by_key.items()}
    return json.dumps(objects, ensure_ascii=False, indent=1)


def reviewdog_json(report: Report, repository_path: PathMapper) -> str:
    """Return the report in rdjson, the format from which reviewdog makes comments with suggestions on pull requests.

    Its columns count bytes of UTF-8. The only fix of a diagnostic is its suggestion.
    """
    by_severity = {"ERROR": report.errors, "WARNING": report.warnings, "INFO": report.notices}
    diagnostics = [
        _reviewdog_diagnostic(each, severity, repository_path)
        for severity, diagnostics in by_severity.items()
        for each in diagnostics
    ]
    result = {"source": {"name": "build.py check"}, "diagnostics": diagnostics}
    return json.dumps(result, ensure_ascii=False, indent=1)


def _reviewdog_diagnostic(mistake: Diagnostic, severity: str, repository_path: PathMapper) -> dict[str, object]:
    span, line = mistake.span, mistake.excerpt
    message = mistake.message + (f"\nヒント: {mistake.hint}" if mistake.hint else "")
    start, end = (_byte_column(line, column) for column in (span.column, span.column + span.width))
    place = {"start": {"line": span.line, "column": start}, "end": {"line": span.line, "column": end}}
    result: dict[str, object] = {
        "message": message,
        "location": {"path": repository_path(span.file), "range": place},
        "severity": severity,
        "code": {"value": mistake.rule},
    }
    edits = mistake.fixes[0].edits if len(mistake.fixes) == 1 else ()
    if edits and all(edit.column == 1 or edit.line == span.line for edit in edits):
        result["suggestions"] = [_reviewdog_suggestion(edit, line) for edit in edits]
    return result


def _reviewdog_suggestion(edit: TextEdit, line: str) -> dict[str, object]:
    """Return an edit that begins in the diagnostic's `line` or at the start of another."""
    start, (end_line, _) = _byte_column(line, edit.column), edit.end
    last = edit.old.rpartition("\n")[2]
    end = len(last.encode()) + (1 if "\n" in edit.old else start)
    place = {"start": {"line": edit.line, "column": start}, "end": {"line": end_line, "column": end}}
    return {"range": place, "text": edit.new}


def _byte_column(line: str, column: int) -> int:
    """Return a column (from 1) in bytes of UTF-8."""
    return len(line[: column - 1].encode("utf-8", "replace")) + 1
