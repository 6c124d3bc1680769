"""The table of keys, told to those who write a plan: a schema for editors and a printed reference.

Both say what `load` checks, out of the same table. Inside: `forms` one row a form, `schema` the levels and the file,
`reference` the page for editors.
"""

from __future__ import annotations

from handbook.describe.reference import reference
from handbook.describe.schema import schema

__all__ = ["reference", "schema"]
