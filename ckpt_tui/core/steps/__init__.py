"""Who ran in a step, and the graph that the steps show, from the files alone."""
