"""How many random examples a test tries: all with `--full`, a share of them in a quick run."""

from __future__ import annotations

from hypothesis import settings

QUICK_SHARE, MIN_QUICK = 5, 6
FULL, QUICK = "full", "quick"
"""Profiles of hypothesis; conftest.py loads one of them before the test modules are imported."""
settings.register_profile(FULL)
settings.register_profile(QUICK)


def examples(count: int) -> int:
    """Return the number of examples to try, out of the number for a full run."""
    return count if settings.get_current_profile_name() == FULL else min(count, max(MIN_QUICK, count // QUICK_SHARE))
