"""Copies of checkpoints for other people: their documents, what was masked, and pages of them."""
