"""What the build gives the avatar's page: three without bare imports, and the avatar."""

import re
from pathlib import Path

from builder import avatars


def test_scripts_import_the_files_beside_them() -> None:
    for text, expected in (
        ("import {\n\tA,\n} from 'three';", "import {\n\tA,\n} from './three.module.js';"),
        ('import*as Z from"three";', 'import*as Z from"./three.module.js";'),
        ("import { b } from '../utils/B.js';", "import { b } from './B.js';"),
        ("from './three.core.js'", "from './three.core.js'"),
        ("log( 'three' )", "log( 'three' )"),
    ):
        assert avatars.side_by_side(text) == expected


def test_whatever_is_imported_is_there(tmp_path: Path) -> None:
    avatars.add_three(tmp_path / "three")
    files = {path.name for path in (tmp_path / "three").iterdir()}
    assert {"three-license.txt", "three-vrm-license.txt"} < files
    for path in (tmp_path / "three").glob("*.js"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        code = re.sub(r"^\s*//.*", "", text, flags=re.MULTILINE)
        for name in re.findall(r"""(?:\}|\bas \w+)\s*from\s*['"]([^'"]+)['"]""", code):
            assert name.removeprefix("./") in files, (path.name, name)


def test_the_avatar_is_made_once() -> None:
    path = avatars.avatar()
    assert path.read_bytes()[:4] == b"glTF"
    before = path.stat().st_mtime_ns
    assert avatars.avatar() == path
    assert path.stat().st_mtime_ns == before
