"""Names: cut into phrases, so that a heading breaks where a reader would breathe, with kana laid over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

from handbook import kana, parallel
from handbook.lazy import LazyMapping
from handbook.model import PhraseList, RubyName, Site, TreeNode

_NOT_AT_LINE_START = "・、。」』）】,.)!?！？ "
"""Marks that no line may begin with."""


def split_phrases(site: Site) -> LazyMapping[str, PhraseList]:
    """Return the phrases of every name and title."""
    words = {entry.name for entry in site.tree_nodes} | {page.title for page in site.pages}
    words |= {page.label for page in site.pages} | {term.name for term in site.plan.terms}
    words |= {site.plan.name, site.plan.subject, *(level.name for level in site.plan.levels), *site.plan.audiences}
    import budoux  # noqa: PLC0415  # its model is read only when there are names to cut

    parse = budoux.load_default_japanese_parser().parse

    def cut(name: str) -> PhraseList:
        return _attach_marks(parse(name)) if name else ()

    return LazyMapping(sorted(words), cut, lambda names: parallel.parallel_map(cut, names))


def _attach_marks(cut: list[str]) -> PhraseList:
    """Move marks that no line may begin with to the end of the phrase before."""
    phrases: list[str] = []
    for phrase in cut:
        rest = phrase.lstrip(_NOT_AT_LINE_START) if phrases else phrase
        if rest != phrase:
            phrases[-1] += phrase[: len(phrase) - len(rest)]
        if rest:
            phrases.append(rest)
    return tuple(phrases)


def ruby_names(cut: Mapping[str, PhraseList], entries: Iterable[TreeNode]) -> LazyMapping[str, RubyName]:
    """Return every name with its reading over it; a reading that does not fit is left out, with a notice at loading."""
    readings = {entry.name: entry.node.kana_reading for entry in entries if entry.node.kana_reading}
    return LazyMapping(cut, lambda name: _ruby_name(cut[name], kana.ruby_segments(name, readings.get(name, ""))))


def _ruby_name(phrases: PhraseList, pieces: kana.RubySegments | None) -> RubyName:
    """Cut a name's pieces where its phrases end, except within what stands under common kana."""
    ends = set(accumulate(map(len, phrases)))
    made: list[list[tuple[str, str]]] = [[]]
    at = 0
    for text, over in pieces or [("".join(phrases), "")]:
        inside = [] if over else sorted(end - at for end in ends if at < end < at + len(text))
        for start, stop in pairwise([0, *inside, len(text)]):
            made[-1].append((text[start:stop], over))
            made += [[]] if at + stop in ends else []
        at += len(text)
    return tuple(tuple(phrase) for phrase in made if phrase)
