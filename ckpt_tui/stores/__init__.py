"""Readers of checkpoint stores; they may block, and know nothing of screens."""
