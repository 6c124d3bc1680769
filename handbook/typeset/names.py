"""Names: cut into phrases, so that a heading breaks where a reader would breathe, and kana laid over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handbook import kana
from handbook.model import Entry, Site

_NO_START = "・、。」』）】,.)!?！？ "
"""Marks that no line may begin with."""


def phrases(site: Site) -> Mapping[str, tuple[str, ...]]:
    """Cut every name and title into phrases."""
    words = {entry.name for entry in site.entries} | {page.title for page in site.pages}
    words |= {page.label for page in site.pages} | {term.name for term in site.plan.terms}
    words |= {site.plan.name, site.plan.subject, *(level.name for level in site.plan.levels), *site.plan.audiences}
    import budoux  # noqa: PLC0415  # its model is read only when there are names to cut

    parse = budoux.load_default_japanese_parser().parse
    return {name: _whole_phrases(parse(name)) if name else () for name in sorted(words)}


def _whole_phrases(cut: list[str]) -> tuple[str, ...]:
    """Move marks that no line may begin with to the end of the phrase before."""
    phrases: list[str] = []
    for phrase in cut:
        rest = phrase.lstrip(_NO_START) if phrases else phrase
        if rest != phrase:
            phrases[-1] += phrase[: len(phrase) - len(rest)]
        if rest:
            phrases.append(rest)
    return tuple(phrases)


def rubies(entries: Iterable[Entry]) -> Mapping[str, kana.Pieces]:
    """Lay each reading over its name; a reading that does not fit is left out (loading has noted it)."""
    readings = {entry.name: entry.node.reading for entry in entries if entry.node.reading}
    laid = ((name, kana.over(name, reading)) for name, reading in readings.items())
    return {name: pieces for name, pieces in laid if pieces}
