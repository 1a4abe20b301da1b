"""What a replay shows of a step, and for how long."""
