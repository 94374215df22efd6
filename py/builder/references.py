"""Whatever the repository's texts point to is there: links between documents, and files by name.

Each check takes the folder of a checkout and gives a line for each fault, ``path:line: what``.
"""

import contextlib
import os
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

UNREAD = ("build", "node_modules", "__pycache__")
"""Folders with nothing of ours in them; nor has any whose name begins with a dot."""
HISTORY = ("CHANGELOG.md", "docs/journal/")
"""Documents that may name files as they were called in their day."""
NOT_OURS = (
    *("micropython.mjs", "pyodide.mjs", "pyodide.asm.js", "three.js"),
    "Objects/locations.md",
)
"""Files of other projects that texts may name, and projects that are called as files are."""

_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(<?([^)\s>]+)|<(?:a|img)\s[^>]*?(?:href|src)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_ANCHOR = re.compile(r"<a\s[^>]*?(?:id|name)=\"([^\"]+)\"")
_BEFORE, _AFTER = r"(?<![\w/.:@*<>{}$-])(?:\./)?", r"(?![\w/*{<-])"
_NAME = re.compile(  # Node.js and its like, with a capital, are no files
    rf"{_BEFORE}((?:[\w-][\w.-]*/)*"
    rf"(?:\w[\w.-]*\.(?:css|d\.ts|html|md|mjs|pyi?|toml)|[a-z][\w.-]*\.js)){_AFTER}"
)
_PLACEHOLDER = re.compile(r"(?:^|/)[A-Z]+\.(?!md$)")  # NAME.py stands for any file
_SLASHES = re.compile(r"(?<![:\w\"'`/])//[^\n]*|/\*.*?\*/", re.DOTALL)
_HASHES = re.compile(r"^\s*#[^\n]*", re.MULTILINE)
_COMMENTS = {
    **dict.fromkeys((".c", ".cc", ".css", ".h", ".js", ".mjs", ".ts"), _SLASHES),
    **dict.fromkeys((".toml", ".yaml", ".yml"), _HASHES),
    ".html": re.compile(r"<!--.*?-->", re.DOTALL),
}


def broken_links(root: Path) -> list[str]:
    """Links of Markdown documents to files, and to headings in them, that are not there."""
    faults = []
    for page in files(root):
        if page.suffix == ".md":
            text = _blanked(_CODE, _blanked(_FENCED, page.read_text("utf-8")))
            for match in _LINK.finditer(text):
                target = match[1] or match[2]
                if not re.match(r"[a-z]+:", target) and not _leads_somewhere(page, target):
                    faults.append(_fault(root, page, text, match.start(), f"no {target}"))
    return faults


def missing_files(root: Path) -> list[str]:
    """Files that documents, docstrings and comments name, and that are not there.

    A name counts as there if some file's path ends with it; a path that begins with a folder of
    the checkout's, as ``docs/`` does, is looked for right there, unless Git ignores the place.
    """
    known = list(files(root))
    endings = {ending for path in known for ending in _endings(path.relative_to(root))}
    folders = {path.relative_to(root).parts[0] for path in known if path.parent != root}
    paths = re.compile(rf"{_BEFORE}((?:{'|'.join(sorted(folders))})/[\w./-]*\w){_AFTER}")
    ignored = tuple((root / ".gitignore").read_text("utf-8").split())

    def is_missing(name: str) -> bool:
        if _PLACEHOLDER.search(name):
            return False
        if name.partition("/")[0] in folders:
            return not (root / name).exists() and not f"{name}/".startswith(ignored)
        return name not in endings and name not in NOT_OURS

    faults = []
    for path in known:
        if path.relative_to(root).as_posix().startswith(HISTORY):
            continue
        for text, line in _prose(path):
            named = {match.start(1): match[1] for match in _NAME.finditer(text)}
            named |= {match.start(1): match[1] for match in paths.finditer(text)}
            missing = {at: name for at, name in named.items() if is_missing(name)}
            faults += [_fault(root, path, text, at, f"no {missing[at]}", line) for at in missing]
    return faults


def files(root: Path) -> Iterator[Path]:
    """The files of a checkout, without what is built."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name not in UNREAD and not name.startswith(".")
        )
        yield from (Path(folder, name) for name in sorted(names))


def anchors(text: str) -> set[str]:
    """The names by which links reach a Markdown document's headings, as GitHub makes them."""
    text = _blanked(_FENCED, text)
    seen: Counter[str] = Counter()
    found = set(_ANCHOR.findall(text))
    for heading in _HEADING.findall(text):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def _leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    path = page.parent / name if name else page
    if not path.exists():
        return False
    return not anchor or path.suffix != ".md" or anchor in anchors(path.read_text("utf-8"))


def _prose(path: Path) -> Iterator[tuple[str, int]]:
    """What a file says to its reader, each piece with the number of its first line."""
    if path.suffix == ".md":
        yield _blanked(_LINK, path.read_text("utf-8")), 1  # links have a check of their own
    elif path.suffix in (".py", ".pyi"):
        yield from _python_prose(path)
    elif path.suffix in _COMMENTS:
        text = path.read_text("utf-8")
        for match in _COMMENTS[path.suffix].finditer(text):
            yield match[0], text.count("\n", 0, match.start()) + 1


def _python_prose(path: Path) -> Iterator[tuple[str, int]]:
    """Comments, and strings that are statements of their own, as docstrings are."""
    begins = True
    with path.open("rb") as file, contextlib.suppress(tokenize.TokenError, SyntaxError):  # see ruff
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT or (begins and token.type == tokenize.STRING):
                yield token.string, token.start[0]
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                begins = token.type in _BETWEEN_STATEMENTS


_BETWEEN_STATEMENTS = (tokenize.ENCODING, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def _endings(path: Path) -> Iterator[str]:
    """Every name that the file at ``path`` answers to: the path, and what it ends with."""
    parts = PurePosixPath(path).parts
    return ("/".join(parts[start:]) for start in range(len(parts)))


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """The text with spaces for what matches, so that everything else stays in its line."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _fault(root: Path, path: Path, text: str, at: int, what: str, first: int = 1) -> str:
    """What is wrong at the place ``at`` of a text that begins in line ``first`` of its file."""
    line = first + text.count("\n", 0, at)
    return f"{path.relative_to(root)}:{line}: {what}"
