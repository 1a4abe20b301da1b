"""The pure engine: standard library only, no files, no clock, no threads."""
