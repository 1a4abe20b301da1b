"""A recorded store, a live run that is played back into it, and the workflow that both were recorded from."""
