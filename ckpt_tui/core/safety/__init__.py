"""Judges what the pickles of a checkpoint could do when a program loads them, by their names alone."""
