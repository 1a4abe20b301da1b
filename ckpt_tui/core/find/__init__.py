"""Where a text stands in checkpoints."""
