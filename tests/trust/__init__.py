"""Tests of the hazards in `counts.py`; each module tests one group of its rows."""
