"""Who computes what, and in which order: the rules by which workers share frames.

Workers follow them by themselves where they share memory with the page, and where they do not the
page's MicroPython follows them on the workers' behalf. So this module knows no array library, and
imports only ``layout``.

A *task* is a tuple of the parts that one stage computes: mostly one part, but both hands where
there is no pose that they could begin from. A *plan* has the tasks of every worker.
"""

from holistic.shared import layout

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    Task = tuple[str, ...]
    Tasks = tuple[Task, ...]
    Plan = tuple[Tasks, ...]

_COSTS = {"pose": 10, "face": 2, "left_hand": 10, "right_hand": 10, "rotations": 0}
"""What they take beside each other."""

HANDS = ("left_hand", "right_hand")


def parts_of(tasks: "Tasks") -> list[str]:
    """The parts of several tasks, in their order."""
    return [part for task in tasks for part in task]


def bits_of(parts: list[str] | tuple[str, ...]) -> int:
    """The bits of ``parts``, some of layout.COMPUTED, in a slot's state."""
    bits = 0
    for part in parts:
        bits |= 1 << layout.COMPUTED.index(part)
    return bits


ROTATIONS = ("rotations",)
"""The task that comes last: it makes the bones' rotations of all parts."""

_POSE, _ROTATIONS = bits_of(("pose",)), bits_of(ROTATIONS)


def unknown_part(part: object) -> str:
    """What is wrong with a part of this name."""
    return f"unknown part {part!r}: it must be one of {layout.PARTS}"


def tasks(parts: list[str], with_pose: bool, rotations: bool = False) -> "Tasks":
    """How ``parts`` are shared out among stages, in the order in which they run.

    With ``rotations`` there is a task more, which makes them of the parts.

    Raises:
        ValueError: an unknown part.
    """
    chosen: list[str] = []
    for part in parts:
        if part not in layout.PARTS:
            raise ValueError(unknown_part(part))
        if part not in chosen:
            chosen.append(part)
    last = (ROTATIONS,) * rotations
    if with_pose:
        return tuple((part,) for part in chosen) + last
    sides = tuple(side for side in HANDS if side in parts)
    return (("face",),) * ("face" in parts) + ((sides,) if sides else ()) + last


def assignment(workers: int, tasks: "Tasks") -> "Plan":
    """How ``tasks`` are dealt to at most ``workers`` workers.

    Neighbours in the order of their running stay together, and the worker with the most to do has
    as little as can be (a hand costs about as much as the pose, the face a fifth of it).
    """
    if workers < 1:
        raise ValueError(f"there must be one worker at the least, not {workers!r}")

    def heaviest(plan: "Plan") -> int:
        return max(sum(_COSTS[part] for task in own for part in task) for own in plan)

    return min(_cuts(tasks, workers), key=heaviest)


def _cuts(tasks: "Tasks", count: int) -> "list[Plan]":
    """All ways to cut ``tasks`` into at most ``count`` runs; those with a long first run first."""
    found: list[Plan] = [(tasks,)]
    if count == 1 or len(tasks) < 2:
        return found
    for length in range(len(tasks) - 1, 0, -1):
        first = (tasks[:length],)
        found += [first + rest for rest in _cuts(tasks[length:], count - 1)]
    return found


def is_open(state: int, task: "Task") -> bool:
    """Whether a task waits in a slot of this state and can be computed.

    The pose comes first, and rotations come last.
    """
    bits = bits_of(task)
    if bits == _ROTATIONS and state & ~layout.KINDS != bits:
        return False
    return bool(state & layout.BUSY and state & bits and (bits & _POSE or not state & _POSE))


def is_ready(state: int) -> bool:
    """Whether the frame in a slot of this state waits to be admitted."""
    return state & layout.KINDS == layout.READY


def admitted_state(state: int) -> int:
    """The state of a slot that was ready, once its frame is admitted."""
    return layout.BUSY | state & ~layout.KINDS


def finished_state(state: int, task: "Task") -> int:
    """The state of a slot that was busy, once a task of its frame is done."""
    left = state & ~bits_of(task)
    return layout.DONE if left == layout.BUSY else left


def next_task(
    states: list[int], frames: list[float], tasks: "Tasks", lead: "Task", admitted: float
) -> "tuple[int, Task] | None":
    """The slot and the task that a worker with these ``tasks`` does next, if there is one.

    ``states`` and ``frames`` have the state and the frame number of every slot. The oldest frame
    in flight comes first. The worker that has ``lead``, the first task of all, also admits frames,
    always the newest and none older than ``admitted``: the slot of such a frame is READY.
    """
    slots = range(len(states))
    busy = [slot for slot in slots if states[slot] & layout.BUSY]
    for slot in sorted(busy, key=lambda slot: frames[slot]):
        for task in tasks:
            if is_open(states[slot], task):
                return slot, task
    if lead in tasks and len(busy) < layout.MAX_IN_FLIGHT:
        waiting = [s for s in slots if is_ready(states[s]) and frames[s] > admitted]
        if waiting:
            return max(waiting, key=lambda slot: frames[slot]), lead
    return None
