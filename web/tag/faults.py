"""What can go wrong, and the sentence that says what to do about it."""

SENTENCES = {
    "no-camera": "No camera was found. Connect one and it starts, or choose a picture or a video.",
    "camera-denied": "The camera was refused. Allow it for this page in the address bar, or choose "
    "a picture or a video.",
    "camera-busy": "The camera did not start: another program may be using it. Close that one and "
    "start again.",
    "camera-lost": "The camera stopped. Connect it again and it goes on.",
    "insecure": "This page has no access to cameras, because it came over an insecure connection. "
    "Serve it over https, or from localhost.",
    "bad-file": "{name} is not a picture or a video that this browser can show ({reason}). "
    "Choose another one.",
    "bad-source": "{reason}. Give a URL, a file, a MediaStream, or a video, picture or canvas.",
    "out-of-memory": "The browser has no memory left ({reason}). Close other tabs or programs and "
    "start again.",
    "no-simd": "This browser's WebAssembly has no SIMD, which the models need. Use a current "
    "version of Chrome, Edge, Firefox or Safari.",
    "model-missing": "The model file {name} is not on the server ({reason}). Run `python build.py "
    "build` again, upload the whole folder, and load it again.",
    "model-corrupt": "The model file {name} arrived damaged ({reason}). Load it again; if that "
    "does not help, upload the file anew.",
    "runtime-failed": "The tracker did not start: {reason}. Load it again; if that does not "
    "help, build the site anew with `python build.py build`.",
    "worker-stuck": "A worker did not go on. Another takes its place, and tracking goes on.",
    "worker-died": "A worker stopped. Another takes its place, and tracking goes on.",
}
"""One sentence a code; the braces are filled in from the fault's details."""

PASSING = ("worker-stuck", "worker-died")
"""Codes of what another worker mends."""


class Fault(Exception):  # noqa: N818 (what the visitor meets, no error of the program)
    """Something that the visitor must know: ``code`` is one of SENTENCES."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = SENTENCES[code].format(**details)
