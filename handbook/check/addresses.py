"""Check that every published path still leads to a page, and that the rows of 以前の住所 do."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from handbook.diagnostics import Diagnostic, closest_match
from handbook.model import (
    ENDED_TEXT,
    FORMER_ADDRESSES_KEY,
    FormerAddress,
    Site,
    former_address_hint,
    normalized_path,
)


def address_diagnostics(site: Site, paths: Collection[str]) -> Iterator[Diagnostic]:
    """Yield each path of addresses.txt without a page or redirect, and each error in 以前の住所.

    `paths` are those of all files. A published path whose row of 以前の住所 has an error is not reported again.
    """
    listed = {page.path for page in site.pages if page.is_listed}
    checker = _AddressChecker(site, listed)
    for address in site.plan.former_addresses:
        yield from checker.diagnostics(address)
    for published in site.plan.published_paths:
        if published.path not in paths and published.path not in checker.by_path:
            message = f"前に公開した住所 `{published.path}` がなくなります"
            hint = checker.dead_path_hint(published.path)
            yield Diagnostic(published.span, "missing-redirect", message, hint, published.path)


class _AddressChecker:
    """Checks the rows of 以前の住所 of one site."""

    def __init__(self, site: Site, listed: Collection[str]) -> None:
        self.listed = listed
        """The paths of all pages that readers should find."""
        self.by_path = {address.path: address for address in site.plan.former_addresses}
        self.redirects = {redirect.path: redirect.target.path.partition("#")[0] for redirect in site.redirects}
        self.node_paths = {node.id: node.path for node in site.tree_nodes}
        self.former_ids = {f"{path}.html": node.node for node in site.tree_nodes for path in node.node.former_paths}

    def dead_path_hint(self, path: str) -> str:
        """Return the hint for a published path without a page: the row to add, to the same node if it still exists."""
        moved = self.node_paths.get(path.rpartition("/")[2].removesuffix(".html"), "")
        return former_address_hint(path, moved or ENDED_TEXT)

    def diagnostics(self, address: FormerAddress) -> Iterator[Diagnostic]:
        """Yield the error of a row, if it has one."""
        path, remove = address.path, f"この行を消します（`{FORMER_ADDRESSES_KEY}` がこの行だけなら、その行も）"
        if path in self.listed:
            message = f"`{path}` は、いまもあるページの住所です"
            yield Diagnostic(address.span, "former-id-in-use", message, remove, address.excerpt)
        elif node := self.former_ids.get(path):
            message = f"`{path}` は、「{node.name}」（id: {node.id}）の `以前のid` にもあります"
            yield Diagnostic(address.span, "duplicate-former-id", message, remove, address.excerpt)
        elif not address.text and address.target not in self.listed:
            yield self._target_error(address)

    def _target_error(self, address: FormerAddress) -> Diagnostic:
        """Return the error of a row whose target is not a page."""
        target = address.target
        if target in self.by_path or target in self.redirects:
            final, rule = self._end_of_chain(target), "redirect-chain"
            message = f"案内する先の `{target}` も、なくなったページの住所です"
            if final in self.by_path:
                final = ENDED_TEXT
        else:
            final, rule = self._meant_page(target), "unknown-address"
            message = f"案内する先の `{target}` というページはありません"
        if final:
            hint = f"`{address.path}: {final}` と書きます"
        else:
            hint = f"いまあるページの住所を書くか、`{address.path}: {ENDED_TEXT}` のように文で書きます"
        return Diagnostic(address.target_span, rule, message, hint, address.excerpt)

    def _end_of_chain(self, path: str) -> str:
        """Return the page to which a former path leads at last; a former path if it is a loop or ends at a text."""
        seen: set[str] = set()
        while path not in self.listed and path not in seen:
            seen.add(path)
            path = self.by_path[path].target if path in self.by_path else self.redirects.get(path, path)
        return path

    def _meant_page(self, target: str) -> str:
        """Return the page that a mistyped target means, or `""`."""
        path = normalized_path(target)
        stem = path.rpartition("/")[2].removesuffix(".html")
        if path in self.listed:
            return path
        return self.node_paths.get(stem, "") or closest_match(path, sorted(self.listed))
