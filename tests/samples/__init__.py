"""Resumes of the official samples of Agent Framework, compared with what the framework itself does."""
