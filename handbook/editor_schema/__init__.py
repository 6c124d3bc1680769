"""The table of keys, told to those who write a plan: a schema for editors and a printed reference.

Both say what `load` checks, out of the same table. Inside: `forms` one row a form, `levels` the whole file,
`page` the reference.
"""

from __future__ import annotations

from handbook.editor_schema.format_reference import reference_file
from handbook.editor_schema.plan_schema import plan_schema_file

__all__ = ["plan_schema_file", "reference_file"]
