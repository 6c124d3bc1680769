"""Describe the format of plan.yaml: a JSON Schema for text editors and a reference page.

Both are generated from the table of fields with which `handbook.parse` checks plans. `value_types` describes the types
of values, `text_patterns` has their patterns, `schema_parts` has parts that all types share, `plan_schema` builds the
schema and `format_reference` the page.
"""

from __future__ import annotations

from handbook.editor_schema.format_reference import reference_file
from handbook.editor_schema.plan_schema import plan_schema_file

__all__ = ["plan_schema_file", "reference_file"]
