"""Loaded by Python before a program: records it, or resumes it in the framework itself, as the environment asks.

The program stays as it is and is started by Python as always (`python app.py`, `python -m package.app`); only the calls
that run a workflow behave differently. Nothing of ckpt-tui is imported, except the encoder of values.

`RESUME_HOOK=record`: every run without a storage gets one at `RESUME_STORE`, every file storage writes there, and all
types may be stored. The directories that the program itself named are appended to `RESUME_OWN`.

`RESUME_HOOK=resume`: the run of the workflow that wrote the checkpoint `RESUME_ID` goes on from it, called where the
program calls it and with the same keyword arguments. What happened is written to `RESUME_RESULT`.
"""

import os
import random
import sys
import traceback

random.seed(0)  # a sample that draws lots draws the same ones each time


def _framework():
    import agent_framework
    from agent_framework import FileCheckpointStorage, Workflow

    kinds = [Workflow]
    functional = getattr(agent_framework, "FunctionalWorkflow", None)
    if functional is not None:
        kinds.append(functional)
    return agent_framework, FileCheckpointStorage, kinds


def _is_inner():
    """Whether the caller of the caller is a workflow that runs another one inside it."""
    return str(sys._getframe(2).f_globals.get("__name__", "")).endswith("_workflow_executor")


def record(store, own):
    """Record every run of the program."""
    framework, storage, kinds = _framework()
    made = storage.__init__

    def init(self, storage_path=None, *args, **kwargs):
        with open(own, "a", encoding="utf-8") as file:
            file.write(os.path.abspath(storage_path) + "\n")
        made(self, store, *args, **kwargs)
        self._allowed_types = None

    def here():
        out = storage.__new__(storage)
        made(out, store)
        out._allowed_types = None
        return out

    class InMemoryCheckpointStorage(storage):
        def __init__(self):
            made(self, store)
            self._allowed_types = None

    storage.__init__ = init
    framework.InMemoryCheckpointStorage = InMemoryCheckpointStorage
    for kind in kinds:
        _give_a_storage(kind, here)


def _give_a_storage(kind, here):
    run = kind.run

    def recorded(self, *args, **kwargs):
        context = getattr(getattr(self, "_runner", None), "context", None)
        has = context.has_checkpointing() if context is not None else getattr(self, "_checkpoint_storage", None)
        if not has and kwargs.get("checkpoint_storage") is None and not _is_inner():
            kwargs["checkpoint_storage"] = here()
        return run(self, *args, **kwargs)

    kind.run = recorded


class Reference:
    """One resume by the framework."""

    def __init__(self, environment):
        import json

        self.json = json
        self.store, self.id = environment["RESUME_STORE"], environment["RESUME_ID"]
        self.result, self.answers = environment["RESUME_RESULT"], json.loads(environment.get("RESUME_ANSWERS", "{}"))
        with open(os.path.join(self.store, self.id + ".json"), encoding="utf-8") as file:
            document = json.load(file)
        self.graph, self.name = document["graph_signature_hash"], document["workflow_name"]
        self.show, self.iterated = _encoder(environment["RESUME_ENCODER"])
        _, storage, kinds = _framework()
        # The program's own clean-up must not reach the copy that is resumed from: it is made here, at another place.
        self.storage = storage(self.store)
        self.storage._allowed_types = None
        for kind in kinds:
            self._take_over(kind)

    def _take_over(self, kind):
        run = kind.run

        def taken(this, message=None, **kwargs):
            if _is_inner() or not self._is_it(this):
                return run(this, message, **kwargs)
            streamed = kwargs.get("stream")
            for name in ("checkpoint_id", "checkpoint_storage", "responses", "stream", "include_status_events"):
                kwargs.pop(name, None)
            kind.run = run
            # As the program calls it: models are asked the same way. An awaited run gives fewer events.
            resumed = self._alone(lambda **more: self.iterated(this, bool(streamed), **kwargs, **more))
            return _Stream(resumed) if streamed else resumed  # a task is made of a coroutine only

        kind.run = taken

    def _is_it(self, workflow):
        if type(workflow).__name__ == "FunctionalWorkflow":  # its hash is known only when it has run
            return workflow.name == self.name
        return workflow.graph_signature_hash == self.graph

    async def _alone(self, run):
        """Resume in a task that the program does not know, so that it cannot cancel it; never returns."""
        import asyncio

        task = asyncio.get_running_loop().create_task(self._resumed(run))
        while True:
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                continue

    async def _resumed(self, run):
        out = {"events": [], "error": "", "outcome": ""}
        before = set(os.listdir(self.store))
        try:
            how = {"checkpoint_id": self.id, "checkpoint_storage": self.storage}
            if self.answers:
                pending = (await self.storage.load(self.id)).pending_request_info_events
                how["responses"] = {name: _answer(each, pending[name]) for name, each in self.answers.items()}
            step = None
            async for event in run(**how):
                if event.type == "superstep_started":
                    step = event.iteration
                out["events"].append(self._line(event, step))
                if event.type == "superstep_completed":
                    step = None
        except Exception as error:
            out["error"] = f"{type(error).__name__}: {error}"
        states = [each["state"] for each in out["events"] if each["type"] == "status"]
        # Releases up to 1.16 end so even when everything was answered.
        asked = any(each["type"] == "request_info" for each in out["events"])
        waits = asked and states[-1:] == ["IDLE_WITH_PENDING_REQUESTS"]
        out["outcome"] = "failed" if out["error"] else "waiting" if waits else "done"
        out["new"] = sorted(set(os.listdir(self.store)) - before)
        with open(self.result, "w", encoding="utf-8") as file:
            self.json.dump(out, file)
        sys.stdout.flush()
        os._exit(0)

    def _line(self, event, step):
        asks = event.type == "request_info"
        data = event.data
        return {
            "type": event.type,
            "executor_id": event.executor_id or (event.source_executor_id if asks else None),
            "iteration": step if event.iteration is None else event.iteration,
            "state": getattr(event.state, "value", event.state),
            "request_id": event.request_id if asks else None,
            "data": None if data is None or data is event.details else self.show(data),
        }


def _encoder(place):
    """What writes values as JSON, and what gives the events of a run, out of the runner's files at `place`."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "encoder", os.path.join(place, "__init__.py"), submodule_search_locations=[place]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["encoder"] = package
    spec.loader.exec_module(package)
    return importlib.import_module("encoder.shown").show, importlib.import_module("encoder.streaming").run_iterated


def _answer(given, event):
    if isinstance(given, dict) and "$call" in given:
        call = getattr(event.data, given["$call"], None) or getattr(event.response_type, given["$call"])
        return call(*given.get("$args", ()))
    return given


class _Stream:
    """What a run returns: awaited, iterated or asked for its final response, it resumes and ends the process."""

    def __init__(self, resumed):
        self._resumed = resumed

    def __await__(self):
        return self._resumed.__await__()

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self._resumed

    async def get_final_response(self):
        return await self._resumed


def main(environment):
    """Do what the environment asks for."""
    hook = environment.pop("RESUME_HOOK", "")  # a process that the program starts is another program
    if hook == "record":
        record(environment["RESUME_STORE"], environment["RESUME_OWN"])
    elif hook == "resume":
        Reference(environment)


try:
    main(os.environ)
except BaseException:
    traceback.print_exc()
    os._exit(97)
