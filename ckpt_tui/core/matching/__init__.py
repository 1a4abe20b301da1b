"""Which values and items are equal, or are the same one that changed."""
