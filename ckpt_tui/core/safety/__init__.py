"""What the pickles of a checkpoint could do when a program loads them: judged by their names, never looked up."""
