"""Which values and items are equal, or one that changed."""
