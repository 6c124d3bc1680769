"""The table of keys, told to those who write a plan: a schema for editors and a printed reference.

Both say what `load` checks, out of the same table. Inside: `forms` one row a form, `levels` the whole file,
`page` the reference.
"""

from __future__ import annotations

from handbook.describe.levels import schema
from handbook.describe.page import reference

__all__ = ["reference", "schema"]
