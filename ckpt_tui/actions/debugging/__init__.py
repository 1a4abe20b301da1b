"""A run that pauses: where it stops, and what a person does there."""
