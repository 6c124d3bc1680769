"""Helpers of the tests: readers of outputs, generators of inputs, processes and services."""
