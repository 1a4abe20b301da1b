"""Assertions on a run: how they are written, and how their results read."""
