"""Bytes of pickles → inert values; nothing that a payload names is imported, called or looked up."""
