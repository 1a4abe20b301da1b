"""A graph as characters of a terminal."""
