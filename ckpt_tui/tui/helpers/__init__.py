"""Plain classes and functions that several controllers need; they know neither screens nor controllers."""
