"""Bytes of checkpoint files → documents of inert values, whole or where they are looked at."""
