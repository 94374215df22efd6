"""The benchmark: this project, and those one would use instead, on the same frames.

Every peer, in the browser or native, is measured in rounds, one after another and in changing
order, so that a change of the machine's mood meets them all. ``python build.py bench`` runs it
and leaves results.json, results.md and plots in build/bench.

From who is measured to what is written of it:

- ``peers``, ``packages``, ``task_bundle``: who is measured, and their packages
- ``clip``: the frames that all see
- ``browser``, ``devtools``, ``wire``: Chromium with a fake camera, and what went over the wire
- ``native``: a peer in a process of its own
- ``machine``, ``processes``: how busy the machine is, and what processes cost
- ``runs``, ``session``, ``results``: one measurement, all of them in rounds, what they found
- ``measures``, ``columns``: statistics, and the tables' columns
- ``record``, ``report``, ``plots``, ``page``: kept results, as Markdown, as pictures, in the docs

Besides:

- ``kernels``, ``pieces``, ``peaks``: operators one by one, and what vectors allow
- ``timeline``: where the time of single frames goes
- ``avatar``: what the avatar's page costs
- ``memory``, ``soak``, ``endurance``, ``tracking_loop``: whether memory grows over an hour
- ``visits``: what visitors have measured with the page's own button
"""

from builder import BUILD, ROOT

FOLDER = BUILD / "bench"
"""Results, and whatever the peers need."""

CLIP = ROOT / "tests" / "media" / "intel__book.mkv"
"""One person signing, face and both hands in sight; 640x480, 30 frames per second."""


class SkippedError(Exception):
    """A peer cannot be measured here; the message says why."""
