"""Copies of checkpoints for other people: what is in them, what was hidden, and how they read as a page."""
