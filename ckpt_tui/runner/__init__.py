"""The one program that runs code of others; it is started by path and never imported."""
