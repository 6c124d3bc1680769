"""Split names into phrases (bunsetsu), so that they break between phrases, and add ruby to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from handbook import kana, parallel
from handbook.lazy import LazyMapping
from handbook.markdown.break_rules import BudouxModel, short_phrases, split_name
from handbook.markdown.word_lists import Vocabulary
from handbook.model import PhraseList, RubyName, Site, TreeNode


def plan_vocabulary(site: Site) -> Vocabulary:
    """Return the words that names of a plan consist of."""
    return Vocabulary(_plan_words(site))


def split_phrases(site: Site, vocabulary: Vocabulary) -> LazyMapping[str, PhraseList]:
    """Return the phrases of every name and title."""
    plan = site.plan
    names = {node.name for node in site.tree_nodes} | {page.title for page in site.pages}
    names |= {page.label for page in site.pages} | {term.name for term in plan.terms}
    names |= {plan.name, plan.subject, *(level.name for level in plan.levels), *plan.audiences}
    import budoux  # noqa: PLC0415  # loading its model takes time that most commands save

    model = BudouxModel(budoux.load_default_japanese_parser().model)

    def phrases(name: str) -> PhraseList:
        return split_name(name, model, vocabulary) if name else ()

    return LazyMapping(sorted(names), phrases, lambda names: parallel.parallel_map(phrases, names))


def _plan_words(site: Site) -> Iterator[str]:
    """Yield the words that a plan defines, and the readings of those that have one."""
    plan = site.plan
    yield plan.municipality
    yield from (level.name for level in plan.levels)
    yield from plan.audiences
    yield from (department.name for department in plan.departments)
    yield from (spelling for group in plan.spellings for spelling in group)
    for term in plan.terms:
        yield from (term.name, term.reading)


def ruby_names(phrases: Mapping[str, PhraseList], nodes: Iterable[TreeNode]) -> LazyMapping[str, RubyName]:
    """Return every name with ruby. A reading that does not fit its name is left out; the parser reports it."""
    readings = {node.name: node.node.kana_reading for node in nodes if node.node.kana_reading}

    def ruby_name(name: str) -> RubyName:
        return _ruby_name(short_phrases(phrases[name]), kana.ruby_segments(name, readings.get(name, "")))

    return LazyMapping(phrases, ruby_name)


def _ruby_name(phrases: Sequence[str], segments: kana.RubySegments | None) -> RubyName:
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
