"""Which checkpoint came from which, in which order they are listed, and what a branch shows."""
