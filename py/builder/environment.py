"""The virtual environment ``.venv``, ``node_modules``, and the system packages that tests need.

Each group of dependencies in pyproject.toml is installed once; a stamp's name remembers which
groups, and for which pyproject.toml. So is what package-lock.json names.
"""

import contextlib
import ctypes.util
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from builder import BUILD, ROOT, BuildError, locks

FOLDER = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
VIDEO = ROOT / "py" / "video_runtime" / "wheels"
"""The video reader's wheel, which the project requires on some machines."""
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FIREFOXES = ("firefox-esr", "firefox")
TESTS = "browser-test"
UNDEMANDING = (
    "cvzone==1.6.1",
    "sleap-io==0.9.5",
    "imageio>=2.30",
    "lazy-loader>=0.4",
    "shapely>=2",
    "simplejson>=3.19",
)
"""What tests need less what it asks for: an OpenCV that would overwrite the one that is there, and
a whole ffmpeg of 165 MB. What sleap-io imports is named by itself."""
CODECS = "ffmpeg"
"""Whose libraries Firefox plays H.264 with; it brings none."""
WEBKIT = ("webkit2gtk-driver", "xvfb", "gstreamer1.0-plugins-good", "gstreamer1.0-libav")
"""WebKit has no window of its own without a screen, and plays videos with GStreamer."""

WEB_SERVERS = BUILD / "web-servers"
APACHE = ("apache2-bin", "media-types")
_UNPACKED = ("nginx", "nginx-common", "caddy", "apache2")


def python(*groups: str) -> Path:
    """The interpreter of ``.venv`` with this project and the named optional groups installed.

    The group "video" always comes with them: the command on a checkout reads videos.
    """
    with locks.alone("environment"):
        return _python("video", *groups)


def _python(*groups: str) -> Path:
    executable = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not executable.exists():
        _create()
    made_of = [ROOT / "pyproject.toml", ROOT / "setup.py", *sorted(ROOT.glob("py/holistic/*/*.c"))]
    project = hashlib.sha256(b"".join(file.read_bytes() for file in made_of)).hexdigest()[:16]
    stamps = FOLDER.glob(f"installed-{project}-*")
    if not any(set(groups) <= set(stamp.name.split("-", 2)[2].split("+")) for stamp in stamps):
        extras = f"[{','.join(groups)}]" if groups else ""
        print(f"installing the project{extras} into {FOLDER.name}", flush=True)
        pip = [str(executable), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        # What is in no registry in this very version.
        ours = ["--find-links", str(VIDEO), "--editable", str(ROOT / "py" / "models")]
        run([*pip, *ours, "--editable", f"{ROOT}{extras}"])
        if TESTS in groups:
            run([*pip, "--no-deps", *UNDEMANDING])
        (FOLDER / f"installed-{project}-{'+'.join(groups)}").touch()
    return executable


def node_tools() -> Path:
    """The folder of the commands that package-lock.json has; they are installed if they are not."""
    return node_packages(ROOT, NODE_MODULES) / ".bin"


def node_packages(project: Path, folder: Path) -> Path:
    """The folder ``node_modules`` with what the project's package-lock.json has.

    It is installed into ``folder``'s parent if it is not there.
    """
    lock = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()[:16]
    stamp = folder / f".installed-{lock}"
    with locks.alone("node_modules"):
        _install_node_packages(project, folder, stamp)
    return folder


def _install_node_packages(project: Path, folder: Path, stamp: Path) -> None:
    if not stamp.exists():
        if shutil.which("npm") is None:
            raise BuildError(
                "npm is needed to install the tools of Node.js: install it and try again"
            )
        print(f"installing the tools of Node.js into {folder}", flush=True)
        place = folder.parent
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            if place != project:
                shutil.copy(project / name, place)
        run(["npm", "ci", "--silent"], cwd=place)
        stamp.touch()


def run(command: list[str], **options: object) -> None:
    """Run a command, or raise a BuildError that repeats it."""
    result = subprocess.run(command, **{"cwd": ROOT, **options})  # type: ignore[call-overload]
    if result.returncode:
        told = f":\n{result.stderr.decode(errors='replace')}" if result.stderr else ""
        raise BuildError(f"'{' '.join(command)}' ended with exit code {result.returncode}{told}")


def chromium() -> Path:
    """A Chromium for the browser tests: $CHROMIUM, an installed one, Debian's, or playwright's."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named)
    found = _installed(*CHROMIUMS)
    if found is None and shutil.which("apt-get"):
        install_system_packages("chromium")
        found = _installed(*CHROMIUMS)
    if found is None:
        run([str(python("browser-test")), "-m", "playwright", "install", "chromium"])
        query = (
            "from playwright.sync_api import sync_playwright as p\n"
            "with p() as w: print(w.chromium.executable_path)"
        )
        command = [str(python("browser-test")), "-c", query]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return Path(found)


def firefox() -> Path | None:
    """A Firefox for the browser tests: $FIREFOX, an installed one, Debian's, or None."""
    named = os.environ.get("FIREFOX")
    if named:
        return Path(named)
    lacking = _installed(*FIREFOXES) is None or ctypes.util.find_library("avcodec") is None
    if lacking and shutil.which("apt-get"):
        with contextlib.suppress(BuildError):  # not every distribution has it; the tests skip then
            install_system_packages(FIREFOXES[0], CODECS)
    found = _installed(*FIREFOXES)
    return Path(found) if found else None


def webkit() -> tuple[Path, Path] | None:
    """WebKit's driver and its browser for the browser tests, Debian's WebKitGTK; or None."""
    if _webkit() is None and shutil.which("apt-get"):
        with contextlib.suppress(BuildError):  # not every distribution has it; the tests skip then
            install_system_packages(*WEBKIT)
    return _webkit()


def _webkit() -> tuple[Path, Path] | None:
    driver, screen = _installed("WebKitWebDriver"), _installed("Xvfb")
    browser = next(Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"), None)
    return (Path(driver), browser) if driver and screen and browser else None


def web_servers() -> Path | None:
    """The folder of Debian's nginx, Caddy, and Apache's configuration; None where there is no apt.

    They are unpacked, not installed: a package of a server that is installed starts it. Of Apache
    the program alone is installed, for its libraries.
    """
    with locks.alone("web-servers"), contextlib.suppress(BuildError):  # the tests skip then
        if not WEB_SERVERS.exists() and shutil.which("apt-get"):
            if _installed("/usr/sbin/apache2") is None:
                install_system_packages(*APACHE)
            _unpack_web_servers()
    return WEB_SERVERS if WEB_SERVERS.exists() else None


def _unpack_web_servers() -> None:
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        run(["apt-get", "download", "-qq", *_UNPACKED], cwd=folder)
        unpacked = Path(folder) / "unpacked"
        unpacked.mkdir()
        for archive in Path(folder).glob("*.deb"):
            run(["dpkg-deb", "--extract", str(archive), str(unpacked)])
        unpacked.rename(WEB_SERVERS)


def install_system_packages(*names: str) -> None:
    """Install Debian packages, as root or through sudo."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    print(f"installing {', '.join(names)} with apt", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([*sudo, "apt-get", "update", "-qq"], env=quiet)
    run([*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *names], env=quiet)


def _installed(*names: str) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _create() -> None:
    print(f"making {FOLDER.name}", flush=True)
    command = [sys.executable, "-m", "venv", str(FOLDER)]
    if subprocess.run(command).returncode and shutil.which("apt-get"):
        # Debian keeps ensurepip in a package of its own.
        shutil.rmtree(FOLDER, ignore_errors=True)
        install_system_packages("python3-venv")
        run(command)
