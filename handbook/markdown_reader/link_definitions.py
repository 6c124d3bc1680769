"""Take the definitions of links, `[name]: url "title"`, out of the paragraphs that begin with them."""

from __future__ import annotations

from handbook.markdown_reader.blocks import Block
from handbook.markdown_reader.leaf_patterns import LINK_DEFINITION


def take_link_definitions(root: Block) -> dict[str, tuple[str, str]]:
    """Remove the definitions from a text, and return URL and title by lower-case name."""
    found: dict[str, tuple[str, str]] = {}
    for block in list(root.walk()):
        for child in list(block.children) if any(map(_may_define, block.children)) else ():
            if _may_define(child):
                text = "\n".join(child.lines)
                while (match := LINK_DEFINITION.match(text)) and match["name"].strip():
                    url, title = match["url"].removeprefix("<").removesuffix(">"), match["title"] or ""
                    found.setdefault(_normal_name(match["name"]), (url, title[1:-1]))
                    text = text[match.end() :].lstrip("\n")
                child.lines = text.split("\n")
                if not text.strip():
                    block.children.remove(child)
    return found


def _may_define(block: Block) -> bool:
    return block.kind == "paragraph" and block.lines[0].startswith("[")


def _normal_name(name: str) -> str:
    return " ".join(name.lower().split())
