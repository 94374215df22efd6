"""What WebAssembly's vectors allow: measured by a module that is assembled here."""

import pytest

from bench import peaks


def test_the_module_is_webassembly_that_runs(launch):
    page = launch().new_page()
    run = "(bytes) => WebAssembly.instantiate(new Uint8Array(bytes))"
    run += ".then(({ instance }) => instance.exports.run(3))"
    for opcode, _ in peaks.INSTRUCTIONS.values():
        assert page.evaluate(run, list(peaks.module(opcode))) == 1
    page.close()


def test_bytes_have_more_products_than_floats(launch, monkeypatch):
    monkeypatch.setattr(peaks, "TURNS", 200_000)
    found = peaks.peaks(launch())
    assert 0 < found[peaks.FLOAT] < found[peaks.INT8]


@pytest.mark.parametrize(("number", "written"), [(5, [5]), (0x113, [0x93, 0x02])])
def test_numbers_are_written_as_webassembly_has_them(number, written):
    assert peaks._number(number) == written
