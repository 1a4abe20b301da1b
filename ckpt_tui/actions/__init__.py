"""Actions on a store beyond browsing it; they may block, and know nothing of screens."""
