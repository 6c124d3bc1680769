"""Find HTML tags of a template that are never closed, or closed without a start, before any page is rendered.

Each block, macro and loop must be balanced by itself. A tag may depend on a condition if its end depends on the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

_JINJA = re.compile(
    r"\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}|\{%[-+]?\s*(?P<tag>\w+)(?P<rest>.*?)[-+]?%\}"
    r"|\{\{.*?\}\}",
    re.DOTALL,
)
_NO_HTML = re.compile(r"<!--.*?-->|<!\w[^>]*>|<\?.*?\?>", re.DOTALL)
_RAW_TEXT = re.compile(r"(?<=<script>).*?(?=</script>)|(?<=<style>).*?(?=</style>)", re.DOTALL)
_TAG = re.compile(r"""<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)(?:"[^"]*"|'[^']*'|[^'"<>])*>""")
_TAG_START = re.compile(r"</?[a-zA-Z]")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_OPTIONAL_END = frozenset(
    (
        *("html", "head", "body", "li", "dt", "dd", "p", "rt", "rp", "option", "optgroup"),
        *("colgroup", "thead", "tbody", "tfoot", "tr", "td", "th"),
    )
)
"""Elements whose end tag HTML does not require."""
_UNITS = frozenset({"for", "block", "macro", "call", "filter", "autoescape", "with"})
_MAX_ASSIGNMENTS = 200


@dataclass(frozen=True, slots=True)
class TagError:
    """A tag without its counterpart."""

    position: int
    """In characters, from 0."""
    text: str
    """The tag without its attributes: `<div>` or `</div>`; `<div` if its `>` is missing."""


@dataclass(slots=True)
class _Unit:
    """Tags and conditions that belong together: a template, a block, a macro or the body of a loop."""

    items: list[re.Match[str] | list[tuple[str, _Unit]]] = field(default_factory=list)
    """In the order of the template. A condition is a list of branches, each with the text of its condition."""


def tag_errors(text: str, *, is_xml: bool = False) -> list[TagError]:
    """Return each tag without its counterpart in a template whose Jinja2 syntax is correct."""
    blanked = _JINJA.sub(_blank, text)
    for pattern in (_RAW_TEXT, _NO_HTML):
        blanked = pattern.sub(_blank, blanked)
    tags = {match.start(): match for match in _TAG.finditer(blanked)}
    for match in _TAG_START.finditer(blanked):
        if match.start() not in tags and not any(tag.start() < match.start() < tag.end() for tag in tags.values()):
            return [TagError(match.start(), re.split(r"[\s\"']", blanked[match.start() :], maxsplit=1)[0])]
    units = _read_units(text, sorted(tags.values(), key=re.Match.start))
    errors = {error.position: error for unit in units for error in _unit_errors(unit, is_xml=is_xml)}
    return [errors[position] for position in sorted(errors)]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _read_units(text: str, tags: Sequence[re.Match[str]]) -> list[_Unit]:
    """Return the template as a unit, followed by those inside."""
    units = [_Unit()]
    open_units = [units[0]]
    open_blocks: list[str] = []
    pending = list(tags)
    for statement in [*(match for match in _JINJA.finditer(text) if match["tag"]), None]:
        end = statement.start() if statement else len(text)
        while pending and pending[0].start() < end:
            open_units[-1].items.append(pending.pop(0))
        if not statement:
            break
        name, rest = statement["tag"], statement["rest"].strip()
        if name in _UNITS or (name == "set" and "=" not in rest):
            units.append(_Unit())
            open_units.append(units[-1])
            open_blocks.append(name)
        elif name == "if":
            branch = _Unit()
            open_units[-1].items.append([(rest, branch)])
            open_units.append(branch)
            open_blocks.append(name)
        elif name in ("elif", "else") and open_blocks:
            open_units.pop()
            branch = _Unit()
            if open_blocks[-1] == "if":
                branches = open_units[-1].items[-1]
                if isinstance(branches, list):
                    branches.append((rest, branch))
            else:  # of a loop
                units.append(branch)
            open_units.append(branch)
        elif name.startswith("end") and open_blocks:
            open_units.pop()
            open_blocks.pop()
    return units


def _unit_errors(unit: _Unit, *, is_xml: bool) -> Iterator[TagError]:
    """Yield the errors if no condition holds, and in each branch, with the conditions around it."""
    assignments = dict.fromkeys([frozenset[str](), *_assignments(unit, frozenset())])
    for true_conditions in islice(assignments, _MAX_ASSIGNMENTS):
        yield from _sequence_errors(_path(unit, true_conditions), is_xml=is_xml)


def _assignments(unit: _Unit, around: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield the conditions that hold in each branch; those of the branches before it do not."""
    for item in unit.items:
        if isinstance(item, list):
            true_before = around
            for condition, branch in item:
                is_negated = condition.startswith("not ")
                true_conditions = true_before | {condition} if condition and not is_negated else true_before
                yield true_conditions
                yield from _assignments(branch, true_conditions)
                if is_negated:
                    true_before |= {condition.removeprefix("not ")}


def _path(unit: _Unit, true_conditions: Collection[str]) -> Iterator[re.Match[str]]:
    """Yield the tags that are written if these conditions hold and no others."""
    for item in unit.items:
        if isinstance(item, list):
            for condition, branch in item:
                if "loop." in condition:  # tags around the first or last rounds of a loop are not checked
                    break
                positive = condition.removeprefix("not ")
                if not condition or (positive in true_conditions) == (positive == condition):
                    yield from _path(branch, true_conditions)
                    break
        else:
            yield item


def _sequence_errors(tags: Iterable[re.Match[str]], *, is_xml: bool) -> Iterator[TagError]:
    open_tags: list[re.Match[str]] = []
    for tag in tags:
        name = tag["name"] if is_xml else tag["name"].lower()
        if tag[0].endswith("/>") or (not is_xml and name in _VOID | _OPTIONAL_END):
            continue
        if not tag["end"]:
            open_tags.append(tag)
            continue
        same = [index for index, other in enumerate(open_tags) if other["name"].lower() == name.lower()]
        if not same:
            yield TagError(tag.start(), f"</{name}>")
            continue
        yield from (TagError(other.start(), f"<{other['name']}>") for other in open_tags[same[-1] + 1 :])
        del open_tags[same[-1] :]
    yield from (TagError(other.start(), f"<{other['name']}>") for other in open_tags)
