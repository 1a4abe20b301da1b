"""What changed between two documents, which of it says nothing, and where branches part."""
