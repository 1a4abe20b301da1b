"""Running a workflow on from a checkpoint: the plan, what is known before it runs, the process, what it tells."""
