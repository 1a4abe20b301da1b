"""A run as its event lines show it, and the forms for answers."""
