"""What WebAssembly's vectors allow on this machine: products a second where nothing else is done.

A loop multiplies and adds in registers, with the vector instruction that our networks' kernels are
made of: no kernel can be faster. The module is assembled here.
"""

from collections.abc import Iterator, Mapping

from playwright.sync_api import Browser

FLOAT, INT8 = "float", "int8"
INSTRUCTIONS: Mapping[str, tuple[int, int]] = {FLOAT: (0x105, 4), INT8: (0x113, 16)}
"""f32x4.relaxed_madd and i32x4.relaxed_dot_i8x16_i7x16_add_s, and how many products each is."""

SUMS = 12
"""In registers: enough that none waits for the one before, and no more than there are."""
TURNS, ROUNDS = 4_000_000, 30

_RUN = """([module, turns, rounds]) => new Promise((resolve, reject) => {
  const worker = new Worker(URL.createObjectURL(new Blob([`onmessage = async ({ data }) => {
    const [module, turns, rounds] = data;
    const { run } = (await WebAssembly.instantiate(new Uint8Array(module))).instance.exports;
    let best = Infinity;
    for (let round = 0; round < rounds; round++) {
      const begin = performance.now();
      run(turns);
      best = Math.min(best, performance.now() - begin);
    }
    postMessage(best);
  }`])));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(message);
  worker.postMessage([module, turns, rounds]);
})"""


def peaks(browser: Browser) -> dict[str, float]:
    """Thousand million products a second, of FLOAT and INT8; none where there is no such vector."""
    found = {}
    page = browser.new_page()
    for kind, (opcode, products) in INSTRUCTIONS.items():
        content = list(module(opcode))
        if page.evaluate("(module) => WebAssembly.validate(new Uint8Array(module))", content):
            best = page.evaluate(_RUN, [content, TURNS, ROUNDS])
            found[kind] = round(TURNS * SUMS * products / best / 1e6, 1)
    page.close()
    return found


def module(opcode: int) -> bytes:
    """A WebAssembly module that exports ``run(turns: i32) -> i32``.

    In every turn it adds products to each of SUMS sums by the vector instruction ``opcode``.
    """
    i32, v128 = 0x7F, 0x7B
    sections = (
        (1, [1, 0x60, 1, i32, 1, i32]),  # the type of a function from i32 to i32
        (3, [1, 0]),
        (7, [1, 3, *b"run", 0, 0]),
        (10, [1, *_sized([1, SUMS + 1, v128, *_body(opcode)])]),
    )
    content = [byte for name, rows in sections for byte in (name, *_sized(rows))]
    return b"\0asm\1\0\0\0" + bytes(content)


def _body(opcode: int) -> Iterator[int]:
    """The loop, and then one number of all sums, so that no engine leaves them out."""
    turns, factor, sums = 0, 1, range(2, 2 + SUMS)
    get, put, simd = 0x20, 0x21, 0xFD
    yield from (get, turns, simd, *_number(0x11), put, factor)  # i32x4.splat
    yield from (0x03, 0x40)  # loop
    for each in sums:
        yield from (get, factor, get, factor, get, each, simd, *_number(opcode), put, each)
    yield from (get, turns, 0x41, 1, 0x6B, 0x22, turns, 0x0D, 0, 0x0B)  # until no turn is left
    yield from (get, factor)
    for each in sums:
        yield from (get, each, simd, *_number(0x51))  # v128.xor
    yield from (simd, *_number(0x53), 0x0B)  # v128.any_true


def _sized(content: list[int]) -> list[int]:
    return [*_number(len(content)), *content]


def _number(value: int) -> list[int]:
    """In LEB128, without a sign."""
    low, rest = value & 0x7F, value >> 7
    return [low | 0x80, *_number(rest)] if rest else [low]
