"""What to track, and how, as a tag's attributes say it."""

from holistic.shared import layout, model_sets, quality, schedule

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from holistic.shared.schedule import Tasks


class Options:
    """The attributes of a tag that concern what is computed; the parts in the layout's order."""

    def __init__(
        self,
        parts: "list[str]",
        people: int = 1,
        complexity: int = 1,
        variant: str = model_sets.AUTO,
        workers: int = 2,
        level: str = quality.LEVELS[0],
        irises: int = 0,
        carry: int = 0,
        rotations: int = 0,
        blendshapes: "int | str" = 0,
        still: int = 1,
    ) -> None:
        self.parts = [part for part in layout.PARTS if part in parts]
        self.people = people
        self.complexity = complexity
        self.variant = variant
        self.workers = workers
        self.level = level
        self.irises = irises
        self.carry = carry
        self.rotations = rotations
        self.blendshapes = blendshapes
        self.still = still

    @property
    def with_pose(self) -> bool:
        """Whether faces and hands begin from a pose."""
        return "pose" in self.parts

    def tasks(self) -> "Tasks":
        """What has to be computed of a frame, the leading task first."""
        return schedule.tasks(self.parts, self.with_pose, bool(self.rotations))

    def levels(self) -> "list[str]":
        """The levels of effort that make a difference."""
        return quality.levels(self.complexity, self.with_pose)

    def submodels(self, tasks: "Tasks") -> "list[str]":
        """The names of the submodels that a worker with these tasks needs."""
        parts = schedule.parts_of(tasks)
        names = model_sets.submodel_names(
            parts,
            self.complexity,
            with_pose=self.with_pose,
            several=self.people > 1,
            irises=bool(self.irises),
            blendshapes=self._blendshapes(),
        )
        return names + (self.light_submodels(tasks) if self.has_light_models else [])

    def _blendshapes(self) -> "bool | str":
        """As the tracker's options say it."""
        asked = self.blendshapes
        return asked if asked == model_sets.APPROXIMATE else bool(asked)

    @property
    def has_light_models(self) -> bool:
        """Whether workers have the light models from the beginning."""
        return self.level not in (quality.LEVELS[0], quality.AUTO)

    def late_submodels(self) -> "list[str]":
        """The names of those that a camera's first frames can do without.

        Palms are searched for where the pose does not lead to a hand, and not in the first frame.
        """
        return ["palm_detector"] if self.with_pose else []

    def light_submodels(self, tasks: "Tasks") -> "list[str]":
        """The names of those that a worker with these tasks needs besides, to do with less."""
        parts = schedule.parts_of(tasks)
        if not (self.complexity and self.with_pose):
            return []
        names = [model_sets.POSE_MODELS[0]] if "pose" in parts else []
        if set(parts) & set(schedule.HANDS) and model_sets.has_light_hand(self.variant):
            names.append(model_sets.HAND_MODELS[0])
        return names

    def tracker_options(self, thorough: bool) -> "dict[str, object]":
        """The same for the workers' trackers, by the names in ``holistic.options``."""
        return {
            "parts": self.parts,
            "complexity": self.complexity,
            "variant": self.variant,
            "max_people": self.people,
            "refine_face": bool(self.irises),
            "carry_hands": bool(self.carry),
            "rotations": bool(self.rotations),
            "blendshapes": self._blendshapes(),
            "mode": "picture" if thorough else "video",
        }
