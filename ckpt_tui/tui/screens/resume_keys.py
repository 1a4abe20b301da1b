"""The commands of the table that the screen of a run has, and their actions."""

from __future__ import annotations

CONTROLLED = {
    "run.step": "stepping.step", "run.continue": "stepping.go_on", "run.to": "stepping.ask_run_to",
    "run.change": "stepping.ask_change", "run.breakpoints": "stepping.ask_breakpoints",
    "run.drop": "message_dropping.ask", "run.back": "stepping.ask_back", "run.editor": "calls.open_editor",
    "run.again": "run_again.ask",
}  # fmt: skip
"""Commands of the table that one controller carries out, and its method."""

KEYS = {
    "run.start": "start", "run.allow": "allow", "run.write": "write", "run.read": "read_request",
    "run.stop": "stop", "run.compare": "compare", "run.resume": "again",
    "search.next": "search_next(1)", "search.previous": "search_next(-1)",
    "value.copy": "copy", "view.reveal": "reveal", "app.back": "back", "app.close": "back",
    "app.help": "help", "app.quit": "app.quit", "app.suspend": "app.suspend_process",
    "view.other_pane": "app.focus_next", "view.previous_pane": "app.focus_previous",
}  # fmt: skip
"""Commands of the table that this screen has, and their actions here."""

IN_LOG = {
    "run.save": "run_log.ask_file",
    "run.pause": "run_log.pause",
    "live.follow": "run_log.follow",
    "view.zoom": "panes.zoom",
    "search.open": "log_reader.ask_search",
    "list.filter": "log_reader.ask_filter",
}
"""Commands that need a log, and the method of a controller."""

BOUND = {
    **KEYS,
    **{name: f"call('{method}')" for name, method in CONTROLLED.items()},
    **{name: f"in_log('{method}')" for name, method in IN_LOG.items()},
}
"""Commands of the table, and the action of the screen of a run."""
