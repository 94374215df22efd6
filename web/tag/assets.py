"""The site's files as the workers need them: which there are, and how much has arrived."""

import host
import js
from jsffi import JsException, JsProxy, to_js

from faults import Fault
from holistic.shared import model_sets
from state.progress import Progress

# A WebAssembly module whose one function uses a 128-bit vector.
_SIMD = b"\0asm\1\0\0\0\1\5\1`\0\1{\3\2\1\0\n\n\1\b\0A\0\xfd\x0f\xfdb\x0b"


class Assets:
    """The manifest of the site, the progress of what workers load, and whether to trust caches.

    ``retrying`` is set once something has failed: then everything is fetched anew.
    """

    def __init__(self) -> None:
        self.manifest: JsProxy | None = None
        self.progress = Progress()
        self.retrying = False

    def distrust(self) -> None:
        """Have files fetched anew from now on, for some may be damaged."""
        self.retrying = True

    async def load(self) -> None:
        """Learn what there is to load; raises a Fault where this browser cannot track."""
        if not js.isSecureContext:
            raise Fault("insecure")
        if not js.WebAssembly.validate(js.Uint8Array.of(*_SIMD)):
            raise Fault("no-simd")
        if self.manifest is None:
            try:
                self.manifest = await host.fetchManifest()
            except JsException as error:
                reason = error.args[2]
        if self.manifest is None:
            raise Fault("runtime-failed", reason=f"manifest.json: {reason}")

    def models(self, submodels: list[str], variant: str) -> list[JsProxy]:
        """The {name, path, submodel, file} of each model that these submodels are made of.

        ``file`` is what the manifest says of it. Raises a Fault where a model is not on the site.
        """
        assert self.manifest is not None  # whoever asks has awaited load()
        files: list[JsProxy] = []
        for submodel in submodels:
            for name in model_sets.files(submodel):
                path = self._path(name, variant)
                model = to_js({"name": name, "path": path, "submodel": submodel})
                model.file = getattr(self.manifest.files, path)
                files.append(model)
        return files

    def _path(self, name: str, variant: str) -> str:
        assert self.manifest is not None  # whoever asks has awaited load()
        for folder, file in model_sets.places(name, variant):
            path = getattr(getattr(self.manifest.models, folder, None), file, None)
            if path:
                return str(path)
        raise Fault("model-missing", name=name, reason=f"no file for the variant {variant}")
