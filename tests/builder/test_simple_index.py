"""The index of packages that any host can serve."""

import hashlib
import zipfile

from builder import simple_index


def test_a_package_is_found_by_its_name_with_its_hash_and_the_python_it_needs(tmp_path):
    wheel = tmp_path / "holistic_tracking-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("holistic_tracking-1.0.dist-info/METADATA", "Requires-Python: >=3.11\n")
    simple_index.write(tmp_path)
    assert 'href="holistic-tracking/"' in (tmp_path / "simple" / "index.html").read_text()
    page = (tmp_path / "simple" / "holistic-tracking" / "index.html").read_text()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert f'href="../../{wheel.name}#sha256={digest}"' in page
    assert 'data-requires-python="&gt;=3.11"' in page
