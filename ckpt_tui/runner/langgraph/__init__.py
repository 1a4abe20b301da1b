"""The runner for graphs of LangGraph: the same plan and the same lines, another framework."""
