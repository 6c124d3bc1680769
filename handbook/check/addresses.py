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
from handbook.text_edits import TextEdit


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
            moved = checker.moved_path(published.path)
            in_braces = site.plan.new_field_place is None
            hint = former_address_hint(published.path, moved or ENDED_TEXT, in_braces=in_braces)
            mistake = Diagnostic(published.span, "missing-redirect", message, hint, published.path)
            yield mistake.with_fix(_new_row(site, published.path, moved) if moved else None)


def _new_row(site: Site, path: str, target: str) -> TextEdit | None:
    """Return the edit that adds a row to 以前の住所, or 以前の住所 with the row; None if it is in `{ }`."""
    rows, lines, place = site.plan.former_addresses, [f"{path}: {target}"], site.plan.new_field_place
    if rows:
        place = rows[0].span if rows[0].excerpt.startswith(" " * (rows[0].span.column - 1)) else None
    else:
        lines = [f"{FORMER_ADDRESSES_KEY}:", f"  {lines[0]}"]
    if not place:
        return None
    new = "".join(f"{' ' * (place.column - 1)}{line}\n" for line in lines)
    return TextEdit(file=place.file, line=place.line, column=1, old="", new=new)


class _AddressChecker:
    """Checks the rows of 以前の住所 of one site."""

    def __init__(self, site: Site, listed: Collection[str]) -> None:
        self.listed = listed
        """The paths of all pages that readers should find."""
        self.by_path = {address.path: address for address in site.plan.former_addresses}
        self.redirects = {redirect.path: redirect.target.path.partition("#")[0] for redirect in site.redirects}
        self.node_paths = {node.id: node.path for node in site.tree_nodes}
        self.former_ids = {f"{path}.html": node.node for node in site.tree_nodes for path in node.node.former_paths}

    def moved_path(self, path: str) -> str:
        """Return the page of the node with the id of a published path, or `""` if it is no more."""
        return self.node_paths.get(path.rpartition("/")[2].removesuffix(".html"), "")

    def diagnostics(self, address: FormerAddress) -> Iterator[Diagnostic]:
        """Yield the error of a row, if it has one."""
        path = address.path
        if path in self.listed:
            message = f"`{path}` は、いまもあるページの住所です"
            yield self._superfluous(address, "former-id-in-use", message)
        elif node := self.former_ids.get(path):
            message = f"`{path}` は、「{node.name}」（id: {node.id}）の `以前のid` にもあります"
            yield self._superfluous(address, "duplicate-former-id", message)
        elif not address.text and address.target not in self.listed:
            yield self._target_error(address)

    def _superfluous(self, address: FormerAddress, rule: str, message: str) -> Diagnostic:
        """Return the error of a row that is to be removed."""
        hint = f"この行を消します（`{FORMER_ADDRESSES_KEY}` がこの行だけなら、その行も）"
        mistake = Diagnostic(address.span, rule, message, hint, address.excerpt)
        span, is_alone = address.span, len(self.by_path) == 1 or address.excerpt[: address.span.column - 1].strip()
        edit = TextEdit(file=span.file, line=span.line, column=1, old=f"{address.excerpt}\n", new="")
        return mistake.with_fix(None if is_alone else edit)

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
        span = address.target_span
        edit = TextEdit(file=span.file, line=span.line, column=span.column, old=target, new=final)
        mistake = Diagnostic(span, rule, message, hint, address.excerpt)
        return mistake.with_fix(edit if final.endswith(".html") else None)

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
