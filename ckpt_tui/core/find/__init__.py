"""Where a text occurs in checkpoints."""
