"""The command line: one module a verb; none of them imports textual."""
