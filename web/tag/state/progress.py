"""How much of the site's files has arrived."""


class Progress:
    """Bytes by file. Every worker loads the same; a file counts once, by whoever is furthest."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, int, int]] = {}  # path -> part, bytes loaded, in all

    def note(self, path: str, part: str, loaded: int, total: int) -> "tuple[int, int] | None":
        """A worker has so much of a file; what there is of its part now, if that is news."""
        known = self._files.get(path)
        if known is not None and known[1] >= loaded and known[2]:
            return None
        self._files[path] = (part, loaded, total)
        files = [file for file in self._files.values() if file[0] == part]
        return sum([file[1] for file in files]), sum([file[2] for file in files])

    @property
    def loaded(self) -> int:
        """Bytes, of all files so far."""
        return sum([file[1] for file in self._files.values()])

    def files(self) -> "list[str]":
        """The paths of the files that workers have loaded."""
        return list(self._files)
