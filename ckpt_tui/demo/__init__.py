"""A recorded store to look at, a run that goes on living in it, and the real workflow that both came from."""
