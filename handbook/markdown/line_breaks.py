"""Split names into phrases (bunsetsu), so that headings break between phrases, and add ruby to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate, pairwise

from handbook import kana, parallel
from handbook.lazy import LazyMapping
from handbook.model import PhraseList, RubyName, Site, TreeNode

_NOT_AT_LINE_START = "・、。」』）】,.)!?！？ "
"""Characters that no line may begin with."""


def split_phrases(site: Site) -> LazyMapping[str, PhraseList]:
    """Return the phrases of every name and title."""
    names = {node.name for node in site.tree_nodes} | {page.title for page in site.pages}
    names |= {page.label for page in site.pages} | {term.name for term in site.plan.terms}
    names |= {site.plan.name, site.plan.subject, *(level.name for level in site.plan.levels), *site.plan.audiences}
    import budoux  # noqa: PLC0415  # loading its model takes time that most commands save

    parse = budoux.load_default_japanese_parser().parse

    def phrases(name: str) -> PhraseList:
        return _attach_punctuation(parse(name)) if name else ()

    return LazyMapping(sorted(names), phrases, lambda names: parallel.parallel_map(phrases, names))


def _attach_punctuation(parsed: list[str]) -> PhraseList:
    """Move characters that no line may begin with to the end of the phrase before."""
    phrases: list[str] = []
    for phrase in parsed:
        rest = phrase.lstrip(_NOT_AT_LINE_START) if phrases else phrase
        if rest != phrase:
            phrases[-1] += phrase[: len(phrase) - len(rest)]
        if rest:
            phrases.append(rest)
    return tuple(phrases)


def ruby_names(phrases: Mapping[str, PhraseList], nodes: Iterable[TreeNode]) -> LazyMapping[str, RubyName]:
    """Return every name with ruby. A reading that does not fit its name is left out; the parser reports it."""
    readings = {node.name: node.node.kana_reading for node in nodes if node.node.kana_reading}
    return LazyMapping(
        phrases, lambda name: _ruby_name(phrases[name], kana.ruby_segments(name, readings.get(name, "")))
    )


def _ruby_name(phrases: PhraseList, segments: kana.RubySegments | None) -> RubyName:
    """Split the ruby segments of a name where its phrases end, except inside a segment with a reading."""
    phrase_ends = set(accumulate(map(len, phrases)))
    result: list[list[tuple[str, str]]] = [[]]
    offset = 0
    for text, reading in segments or [("".join(phrases), "")]:
        breaks = [] if reading else sorted(end - offset for end in phrase_ends if offset < end < offset + len(text))
        for start, stop in pairwise([0, *breaks, len(text)]):
            result[-1].append((text[start:stop], reading))
            result += [[]] if offset + stop in phrase_ends else []
        offset += len(text)
    return tuple(tuple(phrase) for phrase in result if phrase)
