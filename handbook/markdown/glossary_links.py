"""Link the first use of each term of the glossary on a page to its explanation.

The links are added to the sanitized HTML, so a use that the page does not show, or shows as code, as a heading or in
another link, does not count as the first.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import accumulate

from handbook.folding import fold
from handbook.html_tree import RUBY_TEXT_TAGS, HtmlNode, parse_fragment
from handbook.model import Plan, TermMatch, plan_term_finder

_WITHOUT_LINKS = frozenset("a abbr code del dt h1 h2 h3 h4 h5 h6 kbd pre s samp".split())  # noqa: SIM905  # fits on one line
"""Elements in which no term is linked."""
_WORD_TAGS = frozenset("a abbr b cite code dfn em i ins kbd mark q rb ruby samp strong sub sup u".split())  # noqa: SIM905  # as above
"""Elements that may begin or end inside a word."""
_BREAK = "\n"
"""Separates texts that are not on one line."""


class GlossaryLinks:
    """The links of one page after another."""

    def __init__(self, plan: Plan) -> None:
        self._path_by_name = {term.name: term.path for term in plan.terms}
        self._fold_by_name = {name: fold(name) for name in self._path_by_name}
        self._finder = plan_term_finder(plan)
        self._unseen: set[str] = set()

    def begin_page(self, *, link_terms: bool) -> None:
        """Begin with no term linked. Without `link_terms`, the page gets none."""
        self._unseen = set(self._path_by_name) if link_terms else set()

    def may_occur(self, text: str) -> bool:
        """Return whether a Markdown text may contain a term that has no link yet."""
        if not self._unseen:
            return False
        folded = "".join(fold(text).split("\n"))
        return any(self._fold_by_name[name] in folded for name in self._unseen)

    def add(self, body: HtmlNode) -> None:
        """Link the first use of each term that has no link yet. URLs are relative to the top of the site."""
        if not self._unseen:
            return
        parts = list(_texts(body))
        ends = list(accumulate(len(text) for text, _ in parts))
        found = list(self._finder.find("".join(text for text, _ in parts)))
        for (text, node), end in zip(parts, ends, strict=True):
            start = end - len(text)
            inside = [match for match in found if start <= match.start and match.end <= end] if node else []
            if node and (new := [match for match in inside if self._is_first(match)]):
                _insert_links(node, text, start, [(match, self._path_by_name[match.name]) for match in new])

    def _is_first(self, match: TermMatch) -> bool:
        is_first = match.name in self._unseen
        self._unseen.discard(match.name)
        return is_first


def _texts(body: HtmlNode) -> Iterator[tuple[str, HtmlNode | None]]:
    """Yield the text of a page in pieces, each with its node, or None where no link can be."""
    open_elements = [(body.iter(include_text=True), "", True)]
    while open_elements:  # a loop, because elements can be nested deeper than Python calls
        children, separator, can_link = open_elements[-1]
        node = next(children, None)
        if node is None:
            open_elements.pop()
            yield separator, None
        elif node.is_text_node:
            yield node.text_content or "", node if can_link else None
        elif node.is_element_node and node.tag not in RUBY_TEXT_TAGS:
            separator = "" if node.tag in _WORD_TAGS else _BREAK
            yield separator, None
            can_link = can_link and node.tag not in _WITHOUT_LINKS
            open_elements.append((node.iter(include_text=True), separator, can_link))


def _insert_links(node: HtmlNode, text: str, start: int, links: list[tuple[TermMatch, str]]) -> None:
    """Replace a text by itself with links. `start` is its place in the text that the matches are in."""
    end = 0
    for match, path in links:
        node.insert_before(text[end : match.start - start])
        end = match.end - start
        link = parse_fragment(f'<a href="{html.escape(path)}">{html.escape(text[match.start - start : end])}</a>')
        if link.first_child is not None:
            node.insert_before(link.first_child)
    node.replace_with(text[end:])
