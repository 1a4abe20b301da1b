"""What the screen of a replay shows of a step, and for how long."""
