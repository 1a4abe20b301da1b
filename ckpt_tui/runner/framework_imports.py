"""The names of agent_framework that are used once a workflow is loaded; imported by `framework.names` alone.

A name that only some releases have, or that is private, is None where it is missing.
"""

from __future__ import annotations

from agent_framework import Executor as Executor
from agent_framework import Workflow as Workflow
from agent_framework import WorkflowRunResult as WorkflowRunResult
from agent_framework import WorkflowRunState as WorkflowRunState
from agent_framework._workflows._runner_context import InProcRunnerContext as InProcRunnerContext

try:
    from agent_framework._workflows._functional import FunctionalWorkflow  # from 1.2 on
except ImportError:
    FunctionalWorkflow = None  # type: ignore[assignment,misc]
try:
    from agent_framework._workflows._typing_utils import is_instance_of, try_coerce_to_type
except ImportError:
    is_instance_of = try_coerce_to_type = None  # type: ignore[assignment]
try:
    from agent_framework import _tools as tools
except ImportError:
    tools = None  # type: ignore[assignment]
try:
    from agent_framework._workflows import _agent_executor as agent_executor
except ImportError:
    agent_executor = None  # type: ignore[assignment]
