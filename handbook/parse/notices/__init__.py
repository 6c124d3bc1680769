"""Notices about a plan without errors."""
