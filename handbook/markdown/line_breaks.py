"""Split names into phrases (bunsetsu), so that they break between phrases, and add ruby to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from handbook import kana, parallel
from handbook.lazy import LazyMapping
from handbook.markdown.break_rules import BudouxModel, short_phrases, split_name
from handbook.markdown.word_lists import Vocabulary
from handbook.model import NodePage, PhraseList, RubyName, Site, TreeNode


def plan_vocabulary(site: Site) -> Vocabulary:
    """Return the words that names of a plan consist of."""
    return Vocabulary(_plan_words(site))


def split_phrases(site: Site, vocabulary: Vocabulary) -> LazyMapping[str, PhraseList]:
    """Return the phrases of every name and title."""
    import budoux  # noqa: PLC0415  # loading its model takes time that most commands save

    model = BudouxModel(budoux.load_default_japanese_parser().model)

    def phrases(name: str) -> PhraseList:
        return split_name(name, model, vocabulary) if name else ()

    return LazyMapping(sorted({*_names(site)}), phrases, lambda names: parallel.parallel_map(phrases, names))


def _names(site: Site) -> Iterator[str]:
    """Yield every name and title, with those of facts and indicators."""
    plan = site.plan
    yield from (plan.name, plan.subject, *plan.audiences)
    yield from (item.name for items in (plan.terms, plan.levels, plan.departments) for item in items)
    for page in site.pages:
        yield from (page.title, page.label)
    for node in site.tree_nodes:
        yield node.name
        yield from (indicator.name for indicator in node.node.indicators)
    for page in site.pages:
        if isinstance(page, NodePage):
            yield from (link.text for fact in page.facts for link in fact.values)


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
