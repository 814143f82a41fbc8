"""The manager gives nodes the image of edges that is in no registry: what is to be done, and doing it."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edge_tasks.adapters.files import read_utf8, remove_directory, write_file, writing
from edge_tasks.adapters.processes import until
from edge_tasks.adapters.swarm_job import COMPLETE, REJECTED, SwarmJob
from edge_tasks.adapters.swarm_nodes import described_nodes
from edge_tasks.errors import CommandFailed, FleetError
from edge_tasks.plan import counted, some
from edge_tasks.runtimes.docker.light_container import image_of
from edge_tasks.runtimes.swarm import image_loader, image_server
from edge_tasks.runtimes.swarm.edge_reasons import RUNS
from edge_tasks.runtimes.swarm.image_job import (
    IMAGE_FILE,
    PROGRAM_FILE,
    TOKEN_FILE,
    ImageJob,
    label_of_job,
    lacking,
    why_not_given,
)
from edge_tasks.runtimes.swarm.placement import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edge_tasks.adapters.swarm_job import JobTask
    from edge_tasks.adapters.swarm_nodes import DescribedNode
    from edge_tasks.adapters.swarm_stack import StackTask
    from edge_tasks.runtimes.swarm.shipping import Shipping
    from edge_tasks.runtimes.swarm.stack import SwarmStack

_FOLDER: Final = "image"
"""In the state directory, while the image is served."""
_LOOK_S: Final = 1.0
_NO_TASK_S: Final = 20.0
"""A Swarm gives each node its task at once."""
_JOB_S: Final = 3600.0


@dataclass
class ImageGiver:
    """Gives nodes the image of the edges.

    Attributes:
        image: of the edges, for people.
        shipping: how nodes get images.
        called: the image's id as it was found last; empty if nodes are not to get it from the manager.
        constraints: where edges may be, as they were found last.
        failed: node's name → why it was not given the image.
        did: what was done, for people; empty if no node was tried.
    """

    stack: SwarmStack
    image: str
    shipping: Shipping
    called: str = ""
    constraints: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    did: str = ""
    _tried: set[str] = field(default_factory=set)

    def find(self, tasks: Iterable[StackTask], constraints: tuple[str, ...]) -> Mapping[str, str]:
        """Id → name of the nodes that may lack the image, as it is by now, and may have edges.

        A node that was tried is not among them for the rest of the call.

        Args:
            tasks: of edges.
            constraints: where edges may be.
        """
        self.called, self.constraints = self._called(), constraints
        if not self.called:
            return {}
        nodes = [one for one in described_nodes(self.stack.docker) if self._may_have_edges(one)]
        found = lacking(nodes, given=self._given(), complaining=self.complaining(tasks))
        return {key: name for key, name in found.items() if key not in self._tried}

    def give(self, nodes: Mapping[str, str]) -> None:
        """Give these nodes the image, each only once in a call.

        A node that cannot be given it is told of and passed over: it may have the image, and others go on.
        """
        todo = {key: name for key, name in nodes.items() if key not in self._tried}
        if not todo:
            return
        self._tried.update(todo)
        say = self.stack.context.say
        say(f"  the manager gives {self.image} to nodes that may lack it: {some(tuple(todo.values()))}")
        with self.stack.context.waiting("nodes get the image of the edges"):
            told = self._given_to(todo)
        self.failed |= {todo[key]: why for key, why in told.items() if why}
        for why in dict.fromkeys(filter(None, told.values())):
            names = tuple(todo[key] for key, found in told.items() if found == why)
            say(f"  {some(names)} cannot be given {self.image}: {why}")
        have = {key for key, why in told.items() if not why}
        self.did = f"{counted(len(have), 'node') if have else 'no node'} given the image"
        noted = sorted((self._given() | have) - (todo.keys() - have))
        self.stack.context.state.record.note(image_given={"image": self.called, "nodes": noted})

    def complaining(self, tasks: Iterable[StackTask]) -> set[str]:
        """The names of the nodes that lack the image, as their tasks say, of which the newest come first.

        What a task said counts until another one runs in its place, or says something else.
        """
        if not self.called:
            return set()
        last: dict[tuple[str, str], StackTask] = {}
        for task in tasks:
            if task.error or task.state == RUNS:
                last.setdefault((task.service, task.slot), task)
        return {task.node for task in last.values() if task.state != RUNS and self.called in task.error}

    def _called(self) -> str:
        if not self.shipping.by_manager or not self.stack.edge_image.id:
            return ""
        called = self.shipping.ship(self.image)
        return "" if "@" in called else called

    def _may_have_edges(self, node: DescribedNode) -> bool:
        return node.takes_tasks and fits(self.constraints, node.facts)

    def _given(self) -> frozenset[str]:
        noted = self.stack.context.state.record.entries().get("image_given")
        return frozenset(noted["nodes"] if noted and noted["image"] == self.called else ())

    def _given_to(self, todo: Mapping[str, str]) -> dict[str, str]:
        """Node's id → why it has not got the image; empty if it has it."""
        told: dict[str, str] = {}
        try:
            clear(self.stack)
            try:
                _Outcomes(self, self._begin(todo), todo, told).await_all()
            finally:
                clear(self.stack)
        except FleetError as error:
            return {**dict.fromkeys(todo, f"the manager cannot give it: {_short(error)}"), **told}
        return told

    def _begin(self, todo: Mapping[str, str]) -> ImageJob:
        """Serve the image here, and begin the job.

        Raises:
            CommandFailed: Docker refused.
            NotWritable: there is no room for the image.
        """
        stack, folder = self.stack, _folder_of(self.stack)
        others = tuple(one.id for one in described_nodes(stack.docker) if one.id not in todo)
        job = ImageJob(
            fleet_id=stack.context.fleet.id,
            image=self.called,
            light_image=image_of(stack),
            constraints=self.constraints,
            others=others,
            token=secrets.token_hex(32),
        )
        with writing(folder):
            folder.mkdir(mode=0o700)
        write_file(folder / TOKEN_FILE, job.token)
        write_file(folder / PROGRAM_FILE, _text_of(image_server.__file__))
        with writing(folder / IMAGE_FILE):
            stack.docker.save(folder / IMAGE_FILE, "save", self.image)
        stack.compose.make_network()
        stack.docker.run(*job.server(folder, f"{os.geteuid()}:{os.getegid()}"))
        stack.docker.feed(folder / TOKEN_FILE, "secret", "create", *job.marks, job.secret, "-")
        stack.docker.run(*job.creation(_text_of(image_loader.__file__)))
        return job


class _Outcomes:
    """What becomes of the job's tasks.

    Args:
        giver: whose.
        job: that was begun.
        todo: id → name of its nodes.
        told: gets node's id → why it has not got the image; empty if it has it.
    """

    def __init__(self, giver: ImageGiver, job: ImageJob, todo: Mapping[str, str], told: dict[str, str]) -> None:
        self._giver, self._wanted, self._todo = giver, job, todo
        self._job = SwarmJob(giver.stack.docker, job.name)
        self._began = time.monotonic()
        self._told = told

    def await_all(self) -> None:
        """Wait until all nodes have the image or cannot be given it.

        Raises:
            CommandFailed: the Swarm does not answer.
        """
        deadline = self._began + _JOB_S
        while self._look() and until(deadline, _LOOK_S):
            pass
        late = f"it has not taken it within {_JOB_S / 60:.0f} minutes"
        self._told.update({key: late for key in self._todo if key not in self._told})

    def _look(self) -> bool:
        """Note what has become of nodes since, and say it; whether some are left."""
        tasks = self._job.tasks()
        up = {one.id for one in described_nodes(self._giver.stack.docker) if one.takes_tasks}
        left = [key for key in self._todo if key not in self._told]
        new = {key: why for key in left if (why := self._outcome(tasks.get(key), is_up=key in up)) is not None}
        self._told.update(new)
        if have := tuple(self._todo[key] for key, why in new.items() if not why):
            done = sum(not why for why in self._told.values())
            of_all = f"{done} of {counted(len(self._todo), 'node')}"
            verb = "have" if len(have) > 1 else "has"
            self._giver.stack.context.say(f"  {some(have)} {verb} {self._giver.image}, {of_all}")
        return len(self._told) < len(self._todo)

    def _outcome(self, task: JobTask | None, *, is_up: bool) -> str | None:
        """Why a node has not got the image; empty if it has it, None if that is not known yet."""
        if task is not None and task.is_over:
            return "" if task.state == COMPLETE else self._why(task)
        if not is_up:
            return "it is down, or takes no tasks"
        is_late = task is None and time.monotonic() > self._began + _NO_TASK_S
        return "the Swarm gives it no task" if is_late else None

    def _why(self, task: JobTask) -> str:
        said = ""
        if task.state != REJECTED:
            with suppress(CommandFailed):  # the node has gone meanwhile
                said = self._job.last_word(task)
        return why_not_given(task.error, said, self._wanted.light_image)


def clear(stack: SwarmStack) -> None:
    """Remove everything that is there only while nodes are given an image, also after that was killed."""
    docker, label = stack.docker, f"label={label_of_job(stack.context.fleet.id)}"
    if containers := docker.ask("ps", "--all", "--quiet", "--filter", label).split():
        docker.run("rm", "--force", *containers)
    for kind in () if stack.swarm.has_left else ("service", "secret"):
        if ids := docker.ask(kind, "ls", "--quiet", "--filter", label).split():
            docker.run(kind, "rm", *ids)
    if _folder_of(stack).exists():
        remove_directory(_folder_of(stack))


def was_killed(stack: SwarmStack) -> bool:
    """Whether something is left of a call that was killed while it gave nodes the image."""
    return _folder_of(stack).exists()


def _folder_of(stack: SwarmStack) -> Path:
    return stack.context.state.folder / _FOLDER


def _text_of(module: str) -> str:
    return read_utf8(Path(module))


def _short(error: FleetError) -> str:
    """What Docker itself says of a command that failed, which may have a program as a word; or what mends it."""
    words, _, said = error.message.partition(" ended with ")
    lines = [line.strip() for line in said.splitlines()[1:] if line.strip()]
    if said:
        of_command = f"{' '.join(words.split()[:3])} ended with {said.splitlines()[0]}"
        return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else of_command)
    return f"{error.message} → {error.hint}" if error.hint else error.message
