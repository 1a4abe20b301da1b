"""Which values and items are the same, or one that changed."""
