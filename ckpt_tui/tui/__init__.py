"""The browser: a Textual application over the same engine as the command line."""
