"""What can go wrong on the page, and the sentence that says what to do about it."""

SENTENCES = {
    "no-camera": "No camera was found. Connect one and press Camera again, "
    "or open a picture or a video.",
    "camera-denied": "The camera was refused. Allow it for this page in the address bar and press "
    "Camera again, or open a picture or a video.",
    "camera-busy": "The camera did not start: another program may be using it. Close that one and "
    "press Camera again.",
    "camera-lost": "The camera stopped. Connect it again and press Camera.",
    "bad-file": "{name} is not a picture or a video that this browser can show. "
    "Choose another file.",
    "no-simd": "This browser's WebAssembly has no SIMD, which the models need. Use a current "
    "version of Chrome, Edge, Firefox or Safari.",
    "no-shared-memory": "The page has no shared memory, because it was served without the headers "
    "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp. "
    "Serve it with `python build.py serve`, or have the host send them.",
    "model-missing": "The model file {name} is not on the server ({reason}). Run `python build.py "
    "build` again, upload the whole folder, and press Try again.",
    "model-corrupt": "The model file {name} arrived damaged ({reason}). Press Try again; if that "
    "does not help, upload the file anew.",
    "runtime-failed": "The tracker did not start: {reason}. Press Try again; if that does not "
    "help, build the site anew with `python build.py build`.",
    "worker-died": "The worker for {parts} stopped. Another takes its place, and tracking goes on.",
}
"""One sentence a code; the braces are filled in from the fault's details."""


class Fault(Exception):  # noqa: N818 (what the visitor meets, no error of the program)
    """Something that the visitor must know: ``code`` is one of SENTENCES."""

    def __init__(self, code: str, **details):
        super().__init__(code)
        self.code = code
        self.message = SENTENCES[code].format(**details)
