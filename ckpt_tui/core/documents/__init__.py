"""Bytes of checkpoint files → documents of inert values, parsed as a whole or part by part."""
