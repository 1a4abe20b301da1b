"""Lineage of checkpoints, the order in which they are listed, and queries of branches."""
