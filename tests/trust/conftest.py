"""The browser fixtures, for pages with hostile texts."""

from browser.conftest import planted, reader

__all__ = ["planted", "reader"]
