"""`ckpt-tui run`: what cannot be run is said before anything is started."""

from pathlib import Path

from tests.cli.commands import Output, called

GRAPH = Path(__file__).parent.parent / "support" / "programs" / "graphs" / "approval.py"


def test_a_graph_of_langgraph_is_debugged_from_a_checkpoint_and_it_is_said(capsysbinary: Output) -> None:
    done = called(capsysbinary, "run", GRAPH, "--yes")
    assert done.code == 2
    assert "runs a graph of LangGraph" in done.err
    assert f"ckpt-tui resume DATABASE latest --workflow {GRAPH} --step" in done.err
