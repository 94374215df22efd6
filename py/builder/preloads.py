"""The modules of a page, named in its head: a browser fetches them all at once.

Otherwise it learns of each one when the one that imports it has come.
"""

import posixpath
import re
from pathlib import Path

_LINK = re.compile(r'^( *<link rel="modulepreload" href="\./)([^"]+)(">\n)', re.M)
_IMPORT = re.compile(r"""^(?:import|export)\b[^'";]*?(?:from\s*)?(['"])(\.[^'"]+)\1;""", re.M)


def complete(page: Path) -> None:
    """Write beside each module that a page preloads all those that it imports, in a built site."""
    named: set[str] = set()

    def links(found: re.Match[str]) -> str:
        begin, path, end = found.groups()
        fresh = [each for each in modules(page.parent, path) if each not in named]
        named.update(fresh)
        return "".join(f"{begin}{each}{end}" for each in fresh)

    page.write_text(_LINK.sub(links, page.read_text("utf-8")), "utf-8")


def modules(site: Path, path: str) -> list[str]:
    """The paths of a module and of all that it imports by static imports, itself first."""
    found = [path]
    for each in found:
        folder = posixpath.dirname(each)
        for _, address in _IMPORT.findall((site / each).read_text("utf-8")):
            imported = posixpath.normpath(posixpath.join(folder, address))
            if imported not in found:
                found.append(imported)
    return found
