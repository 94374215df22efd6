"""Who computes what, and in which order: the rules by which workers share frames.

Workers follow them by themselves where they share memory with the page, and where they do not the
page's MicroPython follows them on the workers' behalf. So this module knows no array library, and
imports only ``layout``.

A *key* is a tuple of the parts that one stage computes: mostly one part, but both hands where
there is no pose that they could begin from.
"""

from holistic.shared import layout

_COSTS = {"pose": 10, "face": 2, "left_hand": 10, "right_hand": 10}
"""What the parts' networks take beside each other."""

HANDS = ("left_hand", "right_hand")


def parts_of(keys: tuple[tuple[str, ...], ...]) -> list[str]:
    """The parts of several keys, in their order."""
    return [part for key in keys for part in key]


def mask(parts: list[str] | tuple[str, ...]) -> int:
    """The bits of ``parts`` in a slot's state."""
    bits = 0
    for part in parts:
        bits |= 1 << layout.PARTS.index(part)
    return bits


_POSE = mask(("pose",))


def unknown_part(part: object) -> str:
    """What is wrong with a part of this name."""
    return f"unknown part {part!r}: it must be one of {layout.PARTS}"


def keys(parts: list[str], with_pose: bool) -> tuple[tuple[str, ...], ...]:
    """How ``parts`` are shared out among stages, in the order in which they run.

    Raises:
        ValueError: an unknown part.
    """
    chosen: list[str] = []
    for part in parts:
        if part not in layout.PARTS:
            raise ValueError(unknown_part(part))
        if part not in chosen:
            chosen.append(part)
    if with_pose:
        return tuple((part,) for part in chosen)
    sides = tuple(side for side in HANDS if side in parts)
    return (("face",),) * ("face" in parts) + ((sides,) if sides else ())


def assignment(
    workers: int, work: tuple[tuple[str, ...], ...]
) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """How the keys ``work`` are dealt to at most ``workers`` workers: a tuple of keys a worker.

    Neighbours in the order of their running stay together, and the worker with the most to do has
    as little as can be (a hand costs about as much as the pose, the face a fifth of it).
    """
    if workers < 1:
        raise ValueError(f"there must be one worker at the least, not {workers!r}")

    def heaviest(plan: tuple[tuple[tuple[str, ...], ...], ...]) -> int:
        return max(sum(_COSTS[part] for key in share for part in key) for share in plan)

    return min(_cuts(work, workers), key=heaviest)


def _cuts(
    work: tuple[tuple[str, ...], ...], count: int
) -> list[tuple[tuple[tuple[str, ...], ...], ...]]:
    """All ways to cut ``work`` into at most ``count`` runs; those with a long first run first."""
    if count == 1 or len(work) < 2:
        return [(work,)]
    found: list[tuple[tuple[tuple[str, ...], ...], ...]] = [(work,)]
    for length in range(len(work) - 1, 0, -1):
        first = (work[:length],)
        found += [first + rest for rest in _cuts(work[length:], count - 1)]
    return found


def is_open(state: int, key: tuple[str, ...]) -> bool:
    """Whether a key waits in a slot of this state and can be computed: the pose comes first."""
    bits = mask(key)
    return bool(state & layout.BUSY and state & bits and (bits & _POSE or not state & _POSE))


def is_ready(state: int) -> bool:
    """Whether the frame in a slot of this state waits to be admitted."""
    return state & layout.KINDS == layout.READY


def admitted_state(state: int) -> int:
    """The state of a slot that was ready, once its frame is admitted."""
    return layout.BUSY | state & ~layout.KINDS


def finished_state(state: int, key: tuple[str, ...]) -> int:
    """The state of a slot that was busy, once a key of its frame is computed."""
    left = state & ~mask(key)
    return layout.DONE if left == layout.BUSY else left


def next_task(
    states: list[int],
    frames: list[float],
    share: tuple[tuple[str, ...], ...],
    lead: tuple[str, ...],
    admitted: float,
) -> tuple[int, tuple[str, ...]] | None:
    """The slot and the key that a worker with the keys ``share`` computes next, if there is one.

    ``states`` and ``frames`` have the state and the frame number of every slot. The oldest frame
    in flight comes first. The worker that has ``lead``, the first key of all, also admits frames,
    always the newest and none older than ``admitted``: the slot of such a frame is READY.
    """
    slots = range(len(states))
    busy = [slot for slot in slots if states[slot] & layout.BUSY]
    for slot in sorted(busy, key=lambda slot: frames[slot]):
        for key in share:
            if is_open(states[slot], key):
                return slot, key
    if lead in share and len(busy) < layout.MAX_IN_FLIGHT:
        waiting = [s for s in slots if is_ready(states[s]) and frames[s] > admitted]
        if waiting:
            return max(waiting, key=lambda slot: frames[slot]), lead
    return None
