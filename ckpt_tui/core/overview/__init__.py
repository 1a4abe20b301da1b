"""A checkpoint in a dozen lines: what was asked, what ran, what waits, what changed, what was said, how it ended."""
