"""Widgets; they know neither stores nor screens."""
