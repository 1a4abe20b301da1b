"""A package with a `__main__`, started with `python -m desk`."""
