"""Values as people and programs read them: members, rows, summaries, JSON, conversations, sizes."""
