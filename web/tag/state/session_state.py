"""How the frames of one source are shared among the workers.

The first worker begins alone, since two that start at the same time are both late; and with no more
than the leading tasks where other models are still on their way. The others come when it has shown
something, and take their tasks over when they have made themselves ready for them. So a session
goes through phases:

======= ===================================================================================
LEADING the first worker computes the leading tasks; the models of the others are on their way
ALONE   the first worker computes all tasks
SHARED  every worker computes its own tasks
======= ===================================================================================

and in each phase every worker that the session wants is

========= ==========================================================================
OPENING   told what to compute, or about to be
COMPUTING ready for its tasks of this phase
PREPARED  without tasks in this phase, and ready for those that it has when SHARED
========= ==========================================================================

Whatever changes what the workers do begins a *generation*: they are told it, and what they say of
an earlier one is out of date.
"""

from holistic.shared import layout, schedule

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from holistic.shared.schedule import Plan, Task, Tasks
    from state.options import Options
    from state.pool_state import Workforce

LEADING = "leading"
ALONE = "alone"
SHARED = "shared"

OPENING = "opening"
COMPUTING = "computing"
PREPARED = "prepared"

# What is to be done about an event.
RETIRE_RING = "retire-ring"  # offer nothing in the ring any more
MAKE_RING = "make-ring"  # for frames of the session's `size`
CONFIGURE = "configure"  # tell the workers their tasks, as of this generation
RECLAIM = "reclaim"  # have back the memory of rings that no worker looks into any more
SPAWN_ALL = "spawn-all"  # have all workers that the session wants
WAIT_IDLE = "wait-idle"  # tell the session if nothing comes for a while
TELL_OPENED = "tell-opened"  # one more worker computes
TELL_READY = "tell-ready"  # everybody computes what they will compute from now on

NO_SIZE = (0, 0)

NEXT_FRAME = (0.0, layout.READY)
"""What waits for the first worker while it does not admit a frame."""


class SessionState:
    """What is computed by whom of the frames of one source.

    ``thorough`` means that every frame stands alone, as a picture does.

    Attributes:
        options: what to track.
        tasks: those of all workers; the first one leads.
        phase: LEADING, ALONE or SHARED.
        defers: whether the first worker leaves the models for later that the first frame needs not.
        generation: counts what the workers have been told.
        fresh: whether they were told last that a new source begins.
        size: of the source's frames; NO_SIZE while there are none.
        asked: the bits of the parts that are computed of the frames that are published.
        delivers: whether all of them can be.
        frames: how many have been published.
    """

    def __init__(self, options: "Options", workforce: "Workforce", thorough: bool = False) -> None:
        self.thorough = thorough
        self.generation = 0
        self.fresh = True
        self.size = NO_SIZE
        self.asked = 0
        self.delivers = False
        self.frames = 0
        self._patient = True  # whether the source waits until all are ready
        self._admitted = 0.0  # the last frame that was admitted in place of a worker
        self._workers: dict[int, str] = {}  # index -> COMPUTING or PREPARED
        self._announced = False
        self._choose(options, workforce)

    def _choose(self, options: "Options", workforce: "Workforce") -> None:
        self.options = options
        self.tasks = options.tasks()
        able = workforce.able
        most = min(options.workers, max(able, 1)) if self.thorough else options.workers
        self._shared_plan = schedule.assignment(most, self.tasks)
        self._leading = schedule.assignment(2, self.tasks)[0]
        self._everything = _bits(self._shared_plan)
        alone = able < len(self._shared_plan)
        self.defers = alone and not self.thorough
        if alone:
            self.phase = self._first_phase(workforce)
        else:
            self.phase = SHARED if len(self._shared_plan) > 1 else ALONE

    def _first_phase(self, workforce: "Workforce") -> str:
        """How the first worker computes it alone, for now."""
        waits = workforce.awaits_models and not self.thorough
        return LEADING if waits and self._leading != self.tasks else ALONE

    @property
    def plan(self) -> "Plan":
        """The tasks of every worker that computes something in this phase."""
        if self.phase == SHARED:
            return self._shared_plan
        return (self._leading if self.phase == LEADING else self.tasks,)

    @property
    def workers(self) -> int:
        """How many workers there are to be in the end."""
        return len(self._shared_plan)

    @property
    def assignments(self) -> "set[Tasks]":
        """Everything that one worker may be told to compute."""
        return {self.tasks, self._leading}.union(self._shared_plan)

    def tasks_of(self, index: int) -> "Tasks":
        """A worker's tasks; those that it will have, if it has none in this phase."""
        return (self.plan if index < len(self.plan) else self._shared_plan)[index]

    def late_submodels(self, index: int) -> "list[str]":
        """The names of the submodels that a worker need not have yet."""
        return self.options.late_submodels() if self.defers and index < len(self.plan) else []

    def state_of(self, index: int) -> str:
        """OPENING, COMPUTING or PREPARED."""
        return self._workers.get(index, OPENING)

    @property
    def is_ready(self) -> bool:
        """Whether everybody computes what they will compute from now on."""
        whole = len(self.plan) == self.workers and self.phase != LEADING and not self.defers
        return whole and self._all_compute()

    @property
    def is_whole(self) -> bool:
        """Whether everything can be computed, if only by one alone."""
        return self._all_compute() and self.is_complete(self.asked)

    def is_complete(self, parts: int) -> bool:
        """Whether the bits ``parts`` are all that was asked for."""
        return parts == self._everything

    # Events: what the page wants.

    def change(self, options: "Options", workforce: "Workforce") -> "list[str]":
        """Something else is to be computed, or in another way."""
        self._choose(options, workforce)
        self._announced = False
        return self._renew(workforce)

    def prepare(self, workforce: "Workforce") -> "list[str]":
        """Whatever is not ready is to be loaded."""
        return [] if self.is_ready else self._renew(workforce)

    def hurry(self) -> "list[str]":
        """Everything is to be there before anything is shown."""
        return [] if self.phase == SHARED else self._end_alone()

    def begin_source(self, patient: bool) -> "list[str]":
        """Another source begins, which can wait or not; the frames of the last one are dropped."""
        self._patient = patient
        self.size, self.frames, self._admitted = NO_SIZE, 0, 0.0
        return [RETIRE_RING, WAIT_IDLE]

    def fit(self, width: int, height: int, workforce: "Workforce") -> "list[str]":
        """A frame of this size is there."""
        if self.size == (width, height):
            return []
        self.size = (width, height)
        return self._renew(workforce, fresh=True)

    def note_no_ring(self) -> None:
        """There is no memory for a ring: the next frame is the next chance."""
        self.size = NO_SIZE

    # Events: what happens to the workers.

    def note_worker_ready(self, workforce: "Workforce") -> "list[str]":
        """A worker has started: it begins with what it has models for."""
        first = self._first_phase(workforce)
        if self.phase in (SHARED, first):
            return []
        return self._renew(workforce)

    def note_models_arrived(self) -> "list[str]":
        """The first worker need not wait for models any more."""
        return self._hand_over(ALONE) if self.phase == LEADING else []

    def note_opened(self, index: int, generation: int) -> "list[str]":
        """A worker can compute what it was told in this generation."""
        if generation != self.generation or self.state_of(index) != OPENING:
            return []
        if index >= len(self.plan):
            self._workers[index] = PREPARED
            prepared = self._count(PREPARED)
            return self._hand_over(SHARED) if len(self.plan) + prepared == self.workers else []
        self._workers[index] = COMPUTING
        self.asked |= _bits([self.plan[index]])
        self.delivers = self.delivers or self._can_deliver()
        if not self._all_compute():
            return [TELL_OPENED]
        actions = [TELL_OPENED, RECLAIM, WAIT_IDLE]
        if self.is_ready and not self._announced:
            self._announced = True
            actions.append(TELL_READY)
        return actions

    def note_lost(self, index: int) -> None:
        """A worker is gone."""
        self._announced = False
        if self._workers.pop(index, OPENING) == COMPUTING:
            self.delivers = self._can_deliver()

    def note_idle(self) -> "list[str]":
        """Nothing has come for a while: others may start, if the first one has nothing to do."""
        idle = self._count(COMPUTING) and self.size == NO_SIZE
        return self._end_alone() if idle and self.phase != SHARED else []

    # Events: frames.

    def note_published(self) -> None:
        """One more frame is offered to the workers."""
        self.frames += 1

    def note_collected(self, complete: bool) -> "list[str]":
        """Frames have been handed on, among them a complete one or not."""
        return self._end_alone() if complete and self.phase != SHARED else []

    def next_work(
        self, index: int, states: "list[int]", frames: "list[float]"
    ) -> "tuple[int, list[Task], bool] | None":
        """What a worker computes next that does not see the slots for itself.

        ``states`` and ``frames`` have the state and the frame number of every slot. Returns the
        slot, the tasks, and whether the frame is admitted with that; None if there is nothing.
        """
        if self.state_of(index) != COMPUTING:
            return None
        tasks = self.plan[index]
        found = schedule.next_task(states, frames, tasks, self.tasks[0], self._admitted)
        if found is None:
            return None
        slot, task = found
        state, admits = states[slot], schedule.is_ready(states[slot])
        if admits:
            self._admitted = frames[slot]
            state = schedule.admitted_state(state)
        return slot, self._together(tasks, task, state), admits

    def _together(self, tasks: "Tasks", first: "Task", state: int) -> "list[Task]":
        """The tasks of a frame that a worker does before it reports back.

        Those that need no more than it has, or than it makes on the way; but others wait for the
        pose.
        """
        if first == ("pose",):
            return [first] if len(self.plan) > 1 else list(tasks)
        together = []
        for task in tasks:
            if schedule.is_open(state, task):
                together.append(task)
                state = schedule.finished_state(state, task)
        return together

    def waiting(
        self, index: int, states: "list[int]", frames: "list[float]"
    ) -> "list[tuple[float, int]]":
        """The (frame, state) of the slots in which something waits for a worker.

        Frames that wait to be admitted count for the first worker where it has nothing else to do.
        They are the one NEXT_FRAME, since newer ones keep replacing them.
        """
        if index >= len(self.plan):
            return []
        waiting = [
            (frames[slot], state)
            for slot, state in enumerate(states)
            if any([schedule.is_open(state, task) for task in self.plan[index]])
        ]
        in_flight = len([state for state in states if state & layout.BUSY])
        admits = index == 0 and not waiting and in_flight < layout.MAX_IN_FLIGHT
        if admits and any([schedule.is_ready(state) for state in states]):
            return [NEXT_FRAME]
        return waiting

    def busiest(self, times: "list[float]") -> float:
        """Milliseconds that a frame took whoever took longest for it; ``times`` as in the layout.

        They are the totals of the stages, in the order of layout.COMPUTED.
        """
        return max([sum([times[_first(task)] for task in tasks]) for tasks in self.plan])

    def _renew(self, workforce: "Workforce", fresh: bool = False) -> "list[str]":
        """Begin anew, in a new ring if there are frames. Who can begins without the others."""
        if self.phase != SHARED:
            self.phase = self._first_phase(workforce)
        early = not self._patient and not self._announced
        self.asked = _bits(self.plan[:1] if early else self.plan)  # the first one admits frames
        self.delivers = False
        self._begin_generation(fresh)
        ring = [] if self.size == NO_SIZE else [MAKE_RING]
        return [RETIRE_RING] + ring + [CONFIGURE]

    def _end_alone(self) -> "list[str]":
        """The first worker need not hurry any more: where it remains alone, it has all models."""
        if self.workers > 1 or self.phase != ALONE or not self.defers:
            return [SPAWN_ALL]
        self.defers = False
        return [SPAWN_ALL] + self._hand_over(ALONE)

    def _hand_over(self, phase: str) -> "list[str]":
        """Have the frames computed by others, those in flight too."""
        self.phase = phase
        self.defers = self.defers and phase != SHARED
        self.asked = _bits(self.plan)
        self._begin_generation(fresh=False)
        return [CONFIGURE]

    def _begin_generation(self, fresh: bool) -> None:
        self.generation += 1
        self.fresh = fresh
        self._workers = {}

    def _count(self, state: str) -> int:
        return len([each for each in self._workers.values() if each == state])

    def _all_compute(self) -> bool:
        return self._count(COMPUTING) == len(self.plan)

    def _can_deliver(self) -> bool:
        computing = [index for index, state in self._workers.items() if state == COMPUTING]
        return self.asked & ~_bits([self.plan[index] for index in computing]) == 0


def _bits(plan: "Plan | list[Tasks]") -> int:
    """The bits of all parts in these workers' tasks."""
    return schedule.bits_of([part for tasks in plan for part in schedule.parts_of(tasks)])


def _first(task: "Task") -> int:
    """Where in the layout a task has its times."""
    return layout.COMPUTED.index(task[0])
