"""A browser for the pages that hostile texts make."""

from browser.conftest import planted, reader

__all__ = ["planted", "reader"]
