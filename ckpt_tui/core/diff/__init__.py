"""What changed between two documents, which changes are uninteresting, and where branches diverge."""
