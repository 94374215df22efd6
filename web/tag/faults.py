"""What can go wrong: the one table for the tag and the page.

JavaScript reads it in ``shared/constants.js``, which the build makes of it.
"""

# What follows from a fault; where nothing does, this browser cannot track.
OF_THE_SOURCE = "of-the-source"  # it holds until the source changes or gives a frame
CAMERA_MAY_COME = "camera-may-come"  # tracking waits for a camera, or the permission to use it
UNREADY = "unready"  # tracking goes on when something has been loaded anew
RETRY = "retry"  # loading it again may help
PASSING = "passing"  # another worker mends it: nobody needs to give up for it

FAULTS = {
    "no-camera": (
        (OF_THE_SOURCE, CAMERA_MAY_COME),
        "No camera was found. Connect one and it starts, or choose a picture or a video.",
    ),
    "camera-denied": (
        (OF_THE_SOURCE, CAMERA_MAY_COME),
        "The camera was refused. Allow it for this page in the address bar, or choose a picture "
        "or a video.",
    ),
    "camera-busy": (
        (OF_THE_SOURCE,),
        "The camera did not start: another program may be using it. Close that one and start "
        "again.",
    ),
    "camera-lost": (
        (OF_THE_SOURCE, CAMERA_MAY_COME),
        "The camera stopped. Connect it again and it goes on.",
    ),
    "bad-file": (
        (OF_THE_SOURCE,),
        "{name} is not a picture or a video that this browser can show ({reason}). Choose another "
        "one.",
    ),
    "cut-file": (
        (OF_THE_SOURCE,),
        "{name} breaks off: {reason}. Copy or download it again, whole.",
    ),
    "not-arrived": (
        (OF_THE_SOURCE,),
        "{name} did not arrive: {reason}. See that its server answers, and start again.",
    ),
    "not-shared": (
        (OF_THE_SOURCE,),
        "{name} is of another site, which does not let this page read it ({reason}). Its server "
        "must send Access-Control-Allow-Origin, and an element that shows it needs the attribute "
        "crossorigin.",
    ),
    "stream-ended": (
        (OF_THE_SOURCE,),
        "The MediaStream has ended ({reason}). Give one whose track is live.",
    ),
    "no-frame-memory": (
        (OF_THE_SOURCE,),
        "The browser has no memory left for frames ({reason}). Close other tabs or programs and "
        "start again.",
    ),
    "bad-source": (
        (OF_THE_SOURCE,),
        "{reason}. Give a URL, a file, a MediaStream, or a video, picture or canvas.",
    ),
    "bad-setting": (
        (),
        '{name} cannot be "{text}": it must be {expected}. Now it is "{fallback}".',
    ),
    "insecure": (
        (),
        "This page has no access to cameras, because it came over an insecure connection. Serve "
        "it over https, or from localhost.",
    ),
    "no-document": (
        (),
        "There is no document here, as on a server or in a worker. Start the tracker in the page.",
    ),
    "no-webassembly": (
        (),
        "This browser has no WebAssembly, or it is switched off. Switch it on, or use a current "
        "version of Chrome, Edge, Firefox or Safari.",
    ),
    "no-simd": (
        (),
        "This browser's WebAssembly has no SIMD, which the models need. Use a current version of "
        "Chrome, Edge, Firefox or Safari.",
    ),
    "out-of-memory": (
        (RETRY,),
        "The browser has no memory left for the tracker ({reason}). Close other tabs or programs "
        "and load it again.",
    ),
    "model-missing": (
        (UNREADY, RETRY),
        "The model file {name} is not there ({reason}). {repair}, and load it again.",
    ),
    "model-corrupt": (
        (UNREADY, RETRY),
        "The model file {name} arrived damaged ({reason}). Load it again; if that does not help: "
        "{repair}.",
    ),
    "runtime-failed": (
        (UNREADY, RETRY),
        "The tracker did not start: {reason}. Load it again; if that does not help: {repair}.",
    ),
    "worker-stuck": (
        (UNREADY, PASSING),
        "A worker did not go on. Another takes its place, and tracking goes on.",
    ),
    "worker-died": (
        (UNREADY, PASSING),
        "A worker stopped. Another takes its place, and tracking goes on.",
    ),
}
"""By code: what follows, and the sentence, whose braces are filled in from the fault's details."""


repair = ""
"""What to do where a file is not right; ``engine`` takes it from files.js."""


def follows(code: str, what: str) -> bool:
    """Whether that follows from a fault of this code; nothing does from a code that is not here."""
    return code in FAULTS and what in FAULTS[code][0]


class Fault(Exception):  # noqa: N818 (what the visitor meets, no error of the program)
    """Something that the visitor must know: ``code`` is one of FAULTS."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = FAULTS[code][1].format(repair=repair, **details)

    def follows(self, what: str) -> bool:
        """Whether that follows from it."""
        return follows(self.code, what)
