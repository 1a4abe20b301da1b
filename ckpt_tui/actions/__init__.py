"""What one can do with a store beyond looking at it; may block, and knows nothing of screens."""
