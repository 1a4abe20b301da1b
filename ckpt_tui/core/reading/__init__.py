"""Values as people and programs read them: members, rows, one line, JSON, conversation, sizes."""
