"""A run as its lines tell it, and how a person is asked for an answer."""
