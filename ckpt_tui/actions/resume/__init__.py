"""Resuming a workflow from a checkpoint: the plan, what is known before it runs, the process, what it shows."""
