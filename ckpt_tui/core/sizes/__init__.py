"""Where the bytes of checkpoints and runs are."""
