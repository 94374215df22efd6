"""The bill of materials of a release, as CycloneDX 1.6: what of others is in it, and whose it is.

It is made of the pins: the npm packages and Pyodide's packages that the site has, the sources that
the WebAssembly wheels and the video reader are compiled from, the archives that the networks come
from, and what pip installs along. There is no time and no random number in it.
"""

import json
import re
import tomllib
from typing import Any

from builder import ROOT, downloads, environment, ingredients
from compress import catalogue

IN_SITE = ("pyodide", "pyscript", "micropython", "mediabunny", "fflate", "three", "three-vrm")
"""The pins of the npm packages that the site has."""

LICENCES = {
    "pyodide": "MPL-2.0",
    "@pyscript/core": "Apache-2.0",
    "@micropython/micropython-webassembly-pyscript": "MIT",
    "mediabunny": "MPL-2.0",
    "fflate": "MIT",
    "three": "MIT",
    "@pixiv/three-vrm": "MIT",
    "numpy": "BSD-3-Clause",
    "tensorflow": "Apache-2.0",
    "xnnpack": "BSD-3-Clause",
    "pthreadpool": "BSD-2-Clause",
    "fp16": "MIT",
    "fxdiv": "MIT",
    "gemmlowp": "Apache-2.0",
    "farmhash": "MIT",
    "flatbuffers": "Apache-2.0",
    "eigen3": "MPL-2.0",
    "abseil": "Apache-2.0",
    "libruy-dev": "Apache-2.0",
    "ai-edge-litert": "Apache-2.0",
    "pillow": "MIT-CMU",
    "pi-heif": "BSD-3-Clause",
    "tqdm": "MPL-2.0 AND MIT",
    "protobuf": "BSD-3-Clause",
}
"""By name; what comes from MediaPipe is under the licence that models.toml tells."""

Component = dict[str, Any]


def text(version: str) -> str:
    """The document, for a version of ours."""
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _ours(version)},
        "components": [*_of_npm(), *_compiled(), *_video(), *_networks(), *_of_pip()],
    }
    return json.dumps(document, indent=1) + "\n"


def _ours(version: str) -> Component:
    return {
        "type": "application",
        "bom-ref": "holistic-tracking",
        "name": "holistic-tracking",
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "purl": f"pkg:pypi/holistic-tracking@{version}",
    }


def _component(
    name: str, version: str | None, kind: str, sha256: str | None = None, **more: Any
) -> Component:
    """One component; ``kind`` is that of its package address (purl)."""
    quoted = name.replace("@", "%40")
    address = f"pkg:{kind}/{quoted}" + (f"@{version}" if version else "")
    licence = more.pop("licence", None) or LICENCES[name]
    told = {"expression": licence} if " " in licence else {"license": {"id": licence}}
    component: Component = {"type": "library", "bom-ref": address, "name": name}
    if version:
        component["version"] = version
    component |= {"purl": address, "licenses": [told], **more}
    if sha256:
        component["hashes"] = [{"alg": "SHA-256", "content": sha256}]
    return component


def _of_npm() -> list[Component]:
    """What the site takes from npm, and NumPy, which it takes from Pyodide's distribution."""
    pins = [downloads.PINS["npm"][name] for name in IN_SITE]
    found = [_component(pin["package"], pin["version"], "npm", pin["sha256"]) for pin in pins]
    numpy = downloads.pyodide_packages()["numpy"]
    return [*found, _component("numpy", numpy.name.split("-")[1], "pypi", downloads.sha256(numpy))]


def _compiled() -> list[Component]:
    """The sources, from Debian, that the WebAssembly wheels are compiled from."""
    provenance = ingredients.noted(ROOT / "py" / "wheels")
    return [
        _component(file.partition("_")[0], source["version"], "generic", source["sha256"])
        for file, source in provenance["sources"].items()
    ]


def _video() -> list[Component]:
    """PyAV, FFmpeg and what it uses, of which the video reader is compiled."""
    provenance = ingredients.noted(environment.VIDEO)
    return [
        _component(
            re.split("[-_]", file)[0],
            source["version"],
            "pypi" if file.endswith(f"-{source['version']}.tar.gz") else "generic",
            source["sha256"],
            licence=source["license"],
        )
        for file, source in provenance["sources"].items()
    ]


def _networks() -> list[Component]:
    """The archives of MediaPipe's networks."""
    rows = catalogue.read(ROOT / "models" / "models.toml")
    return [
        _component(archive.package, archive.version, "npm", archive.sha256, licence="Apache-2.0")
        for archive in rows.archives
    ]


def _of_pip() -> list[Component]:
    """What pip installs along with the tracker; it is in no file of the release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[^\w-]", each)[0]: each for each in project["dependencies"]}
    others = {name: each for name, each in names.items() if not name.startswith("holistic")}
    return [
        _component(name, None, "pypi", scope="optional", description=each)
        for name, each in others.items()
        if name != "numpy"  # which is in the site already
    ]
