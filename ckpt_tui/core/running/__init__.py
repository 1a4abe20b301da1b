"""A run as its lines show it, and how a person is asked for an answer."""
