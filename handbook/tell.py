"""What a check found → words for a person, annotations for GitHub, JSON for a program.

One result, three doors: whatever the door, the same mistakes, notes and gaps go through it. A long list is made
shorter only in its form: behind the first few a terminal shows one line each, and nothing is left out. The job
summary alone has a limit that is not ours, and where it cuts, it says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from handbook.mistakes import Findings, Mistake, show
from handbook.rules import titled

SHOWN_WHOLE = 50
"""Mistakes that a terminal shows with their line and hint; the others take one line each."""
MOST_COMMON = 5
"""Kinds of mistakes that are counted at the end of a long list."""
SUMMARY_BYTES = 1_000_000
"""GitHub refuses a job summary over 1 MiB, all of it."""
_MARKDOWN = {ord(sign): f"&#{ord(sign)};" for sign in "\\*_[]<>|&~:@"} | {ord("\n"): "<br>"}
Where = Callable[[str], str]
"""Path of a source in the repository, for its path beside plan.yaml."""


def text(found: Findings, manual: str = "") -> str:
    """Return what a clerk reads in a terminal; `manual` is where the rules are explained."""
    if not found.mistakes:
        return f"直すところはありません。\n{notes(found)}"
    parts = ["\n\n".join(show(mistake) for mistake in found.mistakes[:SHOWN_WHOLE])]
    if more := found.mistakes[SHOWN_WHOLE:]:
        parts.append(f"ここからは、場所と内容だけを示します（あと {len(more):,} 件）。")
        parts.append("\n".join(mistake.headline for mistake in more))
        kinds = Counter(mistake.rule for mistake in found.mistakes).most_common(MOST_COMMON)
        told = "、".join(f"{titled(rule)} {number:,} 件" for rule, number in kinds)
        parts.append(f"多いものから: {told}")
    if found.notes or found.gaps:
        parts.append(notes(found))
    ending = f"{len(found.mistakes):,} 件の直すところがあります。output/ は前のままです。"
    if manual:
        ending += f"\nくわしい説明と書き方の例は {manual} にあります（`[ ]` の中の言葉で探せます）。"
    return "\n\n".join([*parts, ending])


def notes(found: Findings) -> str:
    """Return the list of what stops nothing but should be known."""
    listed = sorted([*found.notes, *found.gaps])
    unconfirmed = sum(note.rule == "unconfirmed" for note in found.notes)
    head = f"  覚え書き {len(listed)} 件（うち ［要確認］ {unconfirmed} 件、公開までに要る項目 {len(found.gaps)} 件）"
    return "\n".join([head, *(f"  - {note.place.file}:{note.place.line}: {note.message}" for note in listed)])


def github(found: Findings, where: Where) -> str:
    """Return workflow commands that mark each place in the changed files: errors, warnings and notices."""
    lines = [_command("error", mistake, where) for mistake in found.mistakes]
    lines += [_command("warning", gap, where) for gap in found.gaps]
    lines += [_command("warning" if note.rule == "unconfirmed" else "notice", note, where) for note in found.notes]
    return "\n".join([*lines, _count(found)])


def _command(kind: str, mistake: Mistake, where: Where) -> str:
    place = mistake.place
    told = mistake.message + (f"\nヒント: {mistake.hint}" if mistake.hint else "")
    properties = {
        "file": where(place.file),
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + place.width),  # the first that is no longer meant
        "title": f"{titled(mistake.rule)} ({mistake.rule})",
    }
    named = ",".join(f"{name}={_escaped(value, ',:')}" for name, value in properties.items())
    return f"::{kind} {named}::{_escaped(told)}"


def _escaped(value: str, more: str = "") -> str:
    """Escape as the runner expects it; inside a property also what would end the property."""
    for sign in "%\r\n" + more:  # the per cent sign first, or it would escape the others' escapes
        value = value.replace(sign, f"%{ord(sign):02X}")
    return value


def _count(found: Findings) -> str:
    told = f"{len(found.mistakes):,} 件の直すところがあります" if found.mistakes else "直すところはありません"
    return f"{told}（覚え書き {len(found.notes) + len(found.gaps):,} 件）。"


def summary(found: Findings, where: Where, source: str = "", manual: str = "") -> str:
    """Return all that was found as Markdown tables, for the summary of a job.

    `source` is the address under which the repository's files are shown, `manual` that of the rules' explanations;
    either may be empty.
    """
    parts = [f"## 計画の点検\n\n{_count(found)}\n"]
    tables = (("直すところ", found.mistakes), ("公開までに要る項目", found.gaps), ("覚え書き", found.notes))
    for name, mistakes in tables:
        if mistakes:
            parts += [f"\n### {name} {len(mistakes):,} 件\n\n| 場所 | 内容 | ヒント |\n|---|---|---|\n"]
            parts += [_row(mistake, where, source, manual) for mistake in mistakes]
    return "".join(_fitting(parts))


def _row(mistake: Mistake, where: Where, source: str, manual: str) -> str:
    place = mistake.place
    file = where(place.file)
    at = f"{file}:{place.line}:{place.column}".translate(_MARKDOWN)
    if source and not place.file.startswith("output/"):
        at = f"[{at}]({source}{file.replace(' ', '%20')}#L{place.line})"
    rule = f"[{mistake.rule}]({manual}#{mistake.rule})" if manual else mistake.rule
    return f"| {at} | {_cell(mistake.message)} {rule} | {_cell(mistake.hint)} |\n"


def _cell(words: str) -> str:
    """Return words that mean nothing to Markdown; what stands between two backticks stays as typed."""
    pieces = words.replace("\r", "").translate(_MARKDOWN).split("`")
    if len(pieces) % 2 == 0:  # a backtick of the plan's own
        return "&#96;".join(pieces)
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))


def _fitting(parts: Sequence[str]) -> Iterator[str]:
    size = 0
    for number, part in enumerate(parts):
        size += len(part.encode("utf-8", "replace"))
        if size > SUMMARY_BYTES:
            yield f"\nここに示せるのはここまでです。残り {len(parts) - number:,} 行は、点検の記録（ログ）にあります。\n"
            return
        yield part


def as_json(found: Findings) -> str:
    """Return one JSON object: `mistakes`, `notes` and `gaps`, each a list of mistakes in their JSON form."""
    kinds = {"mistakes": found.mistakes, "notes": found.notes, "gaps": found.gaps}
    told = {kind: [mistake.as_json() for mistake in mistakes] for kind, mistakes in kinds.items()}
    return json.dumps(told, ensure_ascii=False, indent=1)
