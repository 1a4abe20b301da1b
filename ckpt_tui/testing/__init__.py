"""Assertions on the checkpoints of a workflow under test (docs/check.md)."""
