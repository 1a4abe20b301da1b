"""The executors that ran in each step, and the graph that the steps show, from the files alone."""
