"""Patterns of values, and names that the format of plan.yaml reserves."""

from __future__ import annotations

import re

NUMBER_PATTERN = re.compile(r"[+-]?(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
"""A number: an optional sign, ASCII digits with all thousands commas or with none, an optional decimal part.

No unit, no 約, no exponent, no full-width digit, no leading zero. The value is an exact decimal: `2.40` stays `2.40`.
"""
MAX_DIGITS = 18
"""Most digits of a number, before and after the decimal point together."""
NO_VALUE_WORD = "実績値なし"
"""Replaces a number that does not exist, to distinguish it from a forgotten one."""
HTTPS_PATTERN = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][!#$&'()*+,./0-9:;=?@A-Z_a-z~%-]*)?")
"""The target of a link."""
ID_PATTERN = re.compile(r"[a-z][a-z0-9-]{0,63}")
"""The permanent id of a node."""
FORMER_ID_PATTERN = re.compile(r"(?:[a-z][a-z0-9-]*/)?[a-z][a-z0-9-]{0,63}")
"""A former id, with the folder of its level before it if the node was on another level."""
PAGE_PATH_PATTERN = re.compile(r"(?:[a-z0-9][a-z0-9-]*/)*[a-z0-9][a-z0-9-]*\.html")
"""The path of a page, relative to the top of the site."""
KANA_PATTERN = re.compile(r"[ぁ-ゖーｰ・･、､\s\u3000ゝゞA-Za-z0-9Ａ-Ｚａ-ｚ０-９]+")
"""A reading in hiragana."""
BASE_URL_PATTERN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/%-]*)?")
"""The URL at which a plan is published."""
WINDOWS_DEVICE_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
"""Names that Windows reserves for devices: no file can have one of them, with any ending."""
OS_JUNK_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".gitkeep"})
"""Files that operating systems write into folders. They are ignored."""
GLOSSARY_PAGE = "glossary"
"""Name of the free page whose definition list explains terms of the plan."""
SCHEMA_FILE = "plan.schema.json"
"""The JSON Schema for editors, if the first line of plan.yaml names no other file."""
PLAN_FILE = "plan.yaml"
PUBLISHED_PATHS_FILE = "addresses.txt"
"""The list of all paths that were ever published, in the folder of plan.yaml."""
UNCONFIRMED_MARK = "［要確認］"
"""Marks a text that an editor must confirm before publishing."""
MAX_SOURCE_BYTES = 40_000_000
"""Largest source file. A plan of 100,000 nodes is smaller."""
