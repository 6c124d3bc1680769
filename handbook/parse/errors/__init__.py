"""Errors of values whose correction needs the text around the value."""
