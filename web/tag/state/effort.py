"""The level of effort that the next frames get: as chosen, or as the machine allows."""

from holistic.shared import quality


class Effort:
    """The present level, its index in quality.LEVELS, and why (``reason``)."""

    def __init__(self) -> None:
        self.level = quality.LEVELS[0]
        self.reason = ""
        self._governor: quality.Governor | None = None

    @property
    def index(self) -> int:
        """The level's index in quality.LEVELS."""
        return quality.LEVELS.index(self.level)

    def choose(self, level: str, levels: "list[str]") -> bool:
        """A level was chosen, quality.AUTO or one of ``levels``; whether that is a change."""
        if level != quality.AUTO:
            self._governor = None
            return self._enter(level, "asked for")
        self._governor = quality.Governor(quality.BUDGET_MS, levels)
        return self._enter(self._governor.level, self._governor.reason)

    @property
    def is_light(self) -> bool:
        """Whether light models are used."""
        return self.index >= quality.LITE

    @property
    def is_automatic(self) -> bool:
        """Whether it depends on how long frames take."""
        return self._governor is not None

    def note(self, elapsed_ms: float) -> bool:
        """A frame has taken so long; whether another level follows."""
        if self._governor is None:
            return False
        self._governor.note(elapsed_ms)
        return self._enter(self._governor.level, self._governor.reason)

    def _enter(self, level: str, reason: str) -> bool:
        changed = level != self.level
        self.level, self.reason = level, reason
        return changed
