"""A real Pyodide under Node, with wheels installed by micropip."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WHEELS = sorted(Path(os.environ.get("HOLISTIC_WHEELS", ROOT / "py" / "wheels")).glob("*.whl"))
"""The project's own for Pyodide."""


class Pyodide:
    """A running Pyodide; ``folder`` on this side is /shared on the other."""

    def __init__(
        self, distribution: Path, folder: Path, flavour: str, wheels: Sequence[Path] = WHEELS
    ) -> None:
        self.flavour, self.folder = flavour, folder
        node = ["node", *_options(), Path(__file__).with_name("session.mjs")]
        self._process = subprocess.Popen(
            [*node, distribution, folder, flavour, *wheels],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.printed: list[str] = []

    def run(self, code: str, **inputs: Any) -> Any:
        """What ``code`` leaves in ``result``; its ``inputs`` and result pass as JSON.

        Raises RuntimeError with the traceback of an exception in Pyodide. What was printed there
        is in ``printed``.
        """
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        requests.write(json.dumps({"code": code, "inputs": inputs}) + "\n")
        requests.flush()
        line = answers.readline()
        assert line, f"Pyodide ended with code {self._process.wait()}"
        answer = json.loads(line)
        self.printed = answer["printed"]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def _options() -> list[str]:
    """Node before version 21 has relaxed SIMD only when asked for it."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    old = int(version.stdout.removeprefix("v").partition(".")[0]) < 21
    return ["--experimental-wasm-relaxed-simd"] if old else []
