"""The content of a step in a replay, and how long it is shown."""
