"""What a check found → words for a person, annotations for GitHub, JSON for a program.

One result, three doors: whatever the door, the same mistakes, notes and gaps go through it. A long list is made
shorter only in its form: behind the first few a terminal shows one line each, and nothing is left out. The job
summary alone has a limit that is not ours, and where it cuts, it says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from handbook.diagnostics import Diagnostic, Report, format_diagnostic
from handbook.rules import rule_title

MAX_FULL_DIAGNOSTICS = 50
"""Mistakes that a terminal shows with their line and hint; the others take one line each."""
TOP_RULES_SHOWN = 5
"""Kinds of mistakes that are counted at the end of a long list."""
MAX_SUMMARY_BYTES = 1_000_000
"""GitHub refuses a job summary over 1 MiB, all of it."""
_MARKDOWN = {ord(sign): f"&#{ord(sign)};" for sign in "\\*_[]<>|&~:@"} | {ord("\n"): "<br>"}
PathMapper = Callable[[str], str]
"""Path of a source in the repository, for its path beside plan.yaml."""


def terminal_text(found: Report, manual: str = "") -> str:
    """Return what a clerk reads in a terminal; `manual` is where the rules are explained."""
    if not found.errors:
        return f"直すところはありません。\n{notices_text(found)}"
    parts = ["\n\n".join(format_diagnostic(mistake) for mistake in found.errors[:MAX_FULL_DIAGNOSTICS])]
    if more := found.errors[MAX_FULL_DIAGNOSTICS:]:
        parts.append(f"ここからは、場所と内容だけを示します（あと {len(more):,} 件）。")
        parts.append("\n".join(mistake.headline for mistake in more))
        kinds = Counter(mistake.rule for mistake in found.errors).most_common(TOP_RULES_SHOWN)
        told = "、".join(f"{rule_title(rule)} {number:,} 件" for rule, number in kinds)
        parts.append(f"多いものから: {told}")
    if found.notices or found.warnings:
        parts.append(notices_text(found))
    ending = f"{len(found.errors):,} 件の直すところがあります。output/ は前のままです。"
    if manual:
        ending += f"\nくわしい説明と書き方の例は {manual} にあります（`[ ]` の中の言葉で探せます）。"
    return "\n\n".join([*parts, ending])


def notices_text(found: Report) -> str:
    """Return the list of what stops nothing but should be known."""
    listed = sorted([*found.notices, *found.warnings])
    unconfirmed = sum(note.rule == "unconfirmed" for note in found.notices)
    head = (
        f"  覚え書き {len(listed)} 件（うち ［要確認］ {unconfirmed} 件、公開までに要る項目 {len(found.warnings)} 件）"
    )
    return "\n".join([head, *(f"  - {note.span.file}:{note.span.line}: {note.message}" for note in listed)])


def github_commands(found: Report, where: PathMapper) -> str:
    """Return workflow commands that mark each place in the changed files: errors, warnings and notices."""
    lines = [_command("error", mistake, where) for mistake in found.errors]
    lines += [_command("warning", gap, where) for gap in found.warnings]
    lines += [_command("warning" if note.rule == "unconfirmed" else "notice", note, where) for note in found.notices]
    return "\n".join([*lines, _count(found)])


def _command(kind: str, mistake: Diagnostic, where: PathMapper) -> str:
    place = mistake.span
    told = mistake.message + (f"\nヒント: {mistake.hint}" if mistake.hint else "")
    properties = {
        "file": where(place.file),
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + place.width),  # the first that is no longer meant
        "title": f"{rule_title(mistake.rule)} ({mistake.rule})",
    }
    named = ",".join(f"{name}={_escape_property(value, ',:')}" for name, value in properties.items())
    return f"::{kind} {named}::{_escape_property(told)}"


def _escape_property(value: str, more: str = "") -> str:
    """Escape as the runner expects it; inside a property also what would end the property."""
    for sign in "%\r\n" + more:  # the per cent sign first, or it would escape the others' escapes
        value = value.replace(sign, f"%{ord(sign):02X}")
    return value


def _count(found: Report) -> str:
    told = f"{len(found.errors):,} 件の直すところがあります" if found.errors else "直すところはありません"
    return f"{told}（覚え書き {len(found.notices) + len(found.warnings):,} 件）。"


def job_summary(found: Report, where: PathMapper, source: str = "", manual: str = "") -> str:
    """Return all that was found as Markdown tables, for the summary of a job.

    `source` is the address under which the repository's files are shown, `manual` that of the rules' explanations;
    either may be empty.
    """
    parts = [f"## 計画の点検\n\n{_count(found)}\n"]
    tables = (("直すところ", found.errors), ("公開までに要る項目", found.warnings), ("覚え書き", found.notices))
    for name, mistakes in tables:
        if mistakes:
            parts += [f"\n### {name} {len(mistakes):,} 件\n\n| 場所 | 内容 | ヒント |\n|---|---|---|\n"]
            parts += [_summary_row(mistake, where, source, manual) for mistake in mistakes]
    return "".join(_truncate_parts(parts))


def _summary_row(mistake: Diagnostic, where: PathMapper, source: str, manual: str) -> str:
    place = mistake.span
    file = where(place.file)
    at = f"{file}:{place.line}:{place.column}".translate(_MARKDOWN)
    if source and not place.file.startswith("output/"):
        at = f"[{at}]({source}{file.replace(' ', '%20')}#L{place.line})"
    rule = f"[{mistake.rule}]({manual}#{mistake.rule})" if manual else mistake.rule
    return f"| {at} | {_summary_cell(mistake.message)} {rule} | {_summary_cell(mistake.hint)} |\n"


def _summary_cell(words: str) -> str:
    """Return words that mean nothing to Markdown; what stands between two backticks stays as typed."""
    pieces = words.replace("\r", "").translate(_MARKDOWN).split("`")
    if len(pieces) % 2 == 0:  # a backtick of the plan's own
        return "&#96;".join(pieces)
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))


def _truncate_parts(parts: Sequence[str]) -> Iterator[str]:
    size = 0
    for number, part in enumerate(parts):
        size += len(part.encode("utf-8", "replace"))
        if size > MAX_SUMMARY_BYTES:
            yield f"\nここに示せるのはここまでです。残り {len(parts) - number:,} 行は、点検の記録（ログ）にあります。\n"
            return
        yield part


def report_json(found: Report) -> str:
    """Return one JSON object: `mistakes`, `notes` and `gaps`, each a list of mistakes in their JSON form."""
    kinds = {"mistakes": found.errors, "notes": found.notices, "gaps": found.warnings}
    told = {kind: [mistake.as_json() for mistake in mistakes] for kind, mistakes in kinds.items()}
    return json.dumps(told, ensure_ascii=False, indent=1)
