"""The error for a picture that cannot be published."""

from __future__ import annotations


class PictureError(Exception):
    """The picture cannot be published. Attributes: the name of the broken rule, the message and the hint."""

    def __init__(self, rule: str, message: str, hint: str) -> None:
        """Both texts are in Japanese."""
        super().__init__(message)
        self.rule, self.message, self.hint = rule, message, hint
