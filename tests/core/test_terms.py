"""What a framework calls its things."""

from ckpt_tui.core.terms import framework_terms, ran_in_words, source_in_words


def test_the_words_of_langgraph_are_graph_node_thread_and_step() -> None:
    assert framework_terms("langgraph") == ("graph", "node", "thread", "step")
    assert framework_terms("agent_framework") == ("workflow", "executor", "run", "iteration")


def test_the_node_that_takes_the_input_is_not_said_to_have_run() -> None:
    assert ran_in_words(["__start__"]) == "the graph took its input"
    assert ran_in_words(["__start__", "plan"]) == "plan ran"
    assert source_in_words("__start__") == "the input"
