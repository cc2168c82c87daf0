"""Reading a QR code off a page, as a phone does: the drawn squares, unmasked, checked and read (ISO/IEC 18004).

Versions 1 to 10, bytes alone. Nothing here comes from what draws the code, so that both can be wrong apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Grid = list[list[bool]]

FORMAT_MASK = 0b101010000010010
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
ALIGNED = {1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42),
           9: (6, 26, 46), 10: (6, 28, 50)}  # fmt: skip
# Codewords of correction in a block, and how many blocks of how many codewords of data.
BLOCKS: dict[str, list[tuple[int, list[tuple[int, int]]]]] = {
    "L": [(7, [(1, 19)]), (10, [(1, 34)]), (15, [(1, 55)]), (20, [(1, 80)]), (26, [(1, 108)]), (18, [(2, 68)]),
          (20, [(2, 78)]), (24, [(2, 97)]), (30, [(2, 116)]), (18, [(2, 68), (2, 69)])],
    "M": [(10, [(1, 16)]), (16, [(1, 28)]), (26, [(1, 44)]), (18, [(2, 32)]), (24, [(2, 43)]), (16, [(4, 27)]),
          (18, [(4, 31)]), (22, [(2, 38), (2, 39)]), (22, [(3, 36), (2, 37)]), (26, [(4, 43), (1, 44)])],
    "Q": [(13, [(1, 13)]), (22, [(1, 22)]), (18, [(2, 17)]), (26, [(2, 24)]), (18, [(2, 15), (2, 16)]),
          (24, [(4, 19)]), (18, [(2, 14), (4, 15)]), (22, [(4, 18), (2, 19)]), (20, [(4, 16), (4, 17)]),
          (24, [(6, 19), (2, 20)])],
    "H": [(17, [(1, 9)]), (28, [(1, 16)]), (22, [(2, 13)]), (16, [(4, 9)]), (22, [(2, 11), (2, 12)]),
          (28, [(4, 15)]), (26, [(4, 13), (1, 14)]), (26, [(4, 14), (2, 15)]), (24, [(4, 12), (4, 13)]),
          (28, [(6, 15), (2, 16)])],
}  # fmt: skip
MASKS: list[Callable[[int, int], int]] = [
    lambda y, x: (y + x) % 2,
    lambda y, x: y % 2,
    lambda y, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
]


class Unread(AssertionError):
    """No phone would read this."""


def read_qr(svg: str) -> str:
    """The words of the first QR code that is drawn in a page or picture."""
    return read_grid(drawn(svg))


def read_grid(grid: Grid) -> str:
    """The words of a code's squares, True where dark. Raises Unread where a square is not as it was drawn."""
    version = (len(grid) - 17) // 4
    level, mask = _format(grid)
    words = list(_codewords(grid, version, MASKS[mask]))
    each, groups = BLOCKS[level][version - 1]
    data = b"".join(_blocks(words, each, [size for number, size in groups for _ in range(number)]))
    bits = "".join(f"{one:08b}" for one in data)
    if bits[:4] != "0100":
        raise Unread(f"mode {bits[:4]}, not bytes")
    digits = 8 if version < 10 else 16
    length = int(bits[4 : 4 + digits], 2)
    return bytes(int(bits[at : at + 8], 2) for at in range(4 + digits, 4 + digits + 8 * length, 8)).decode()


def drawn(svg: str) -> Grid:
    """The squares of a code that is drawn as lines of one module's width."""
    picture = re.search(r"<svg[^>]*>.*?</svg>", svg, re.DOTALL)
    if picture is None or (path := re.search(r' d="([^"]+)"', picture.group())) is None:
        raise Unread("no picture")
    scale = float((re.search(r"scale\(([\d.]+)", picture.group()) or ["", "1"])[1])
    width = re.search(r'width="([\d.]+)"', picture.group())
    side = round(float(width[1]) / scale) if width else 0
    grid = [[False] * side for _ in range(side)]
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path[1]):
        found = [float(one) for one in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            for module in range(round(x), round(x + found[0])):
                grid[int(y)][module] = True
            x += found[0]
        else:
            x, y = (found[0], found[1]) if command == "M" else (x + found[0], y + found[1])
    return grid


def _format(grid: Grid) -> tuple[str, int]:
    """The level of correction and the mask; both copies must say the same."""
    side = len(grid)
    beside = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(side - 1 - n, 8) for n in range(7)] + [(8, side - 8 + n) for n in range(8)]
    told = [int("".join(str(int(grid[y][x])) for y, x in where), 2) ^ FORMAT_MASK for where in (beside, apart)]
    if told[0] != told[1] or not grid[side - 8][8]:
        raise Unread("the two copies of the format differ")
    return LEVELS[told[0] >> 13], told[0] >> 10 & 0b111


def _codewords(grid: Grid, version: int, mask: Callable[[int, int], int]) -> Iterator[int]:
    """The bits up and down in pairs of columns from the right, eight to a codeword."""
    side, bits = len(grid), ""
    columns = [*range(side - 1, 6, -2), 5, 3, 1]
    upward = True
    for right in columns:
        for y in range(side - 1, -1, -1) if upward else range(side):
            for x in (right, right - 1):
                if not _is_fixed(y, x, version, side):
                    bits += str(int(grid[y][x] ^ (mask(y, x) == 0)))
        upward = not upward
    for at in range(0, len(bits) - 7, 8):
        yield int(bits[at : at + 8], 2)


def _is_fixed(y: int, x: int, version: int, side: int) -> bool:
    """A module that holds no data: finders with the format, timing, alignment, version."""
    corner = (y < 9 and x < 9) or (y < 9 and x >= side - 8) or (y >= side - 8 and x < 9)
    told = version >= 7 and ((y < 6 and x >= side - 11) or (x < 6 and y >= side - 11))
    centres = ALIGNED[version]
    ends = {(6, 6), (6, side - 7), (side - 7, 6)}
    near = any(abs(y - cy) <= 2 and abs(x - cx) <= 2 for cy in centres for cx in centres if (cy, cx) not in ends)
    return corner or told or near or y == 6 or x == 6


def _blocks(words: list[int], each: int, sizes: list[int]) -> Iterator[bytes]:
    """The blocks out of their interleaving; each must satisfy its correction as it stands."""
    data: list[list[int]] = [[] for _ in sizes]
    rest = iter(words)
    for n in range(max(sizes)):
        for block, size in zip(data, sizes, strict=True):
            if n < size:
                block.append(next(rest))
    correction: list[list[int]] = [[] for _ in sizes]
    for _ in range(each):
        for block in correction:
            block.append(next(rest))
    for found, check in zip(data, correction, strict=True):
        if any(_at(found + check, power) for power in range(each)):
            raise Unread("a block does not satisfy its correction")
        yield bytes(found)


def _at(block: list[int], power: int) -> int:
    """The block as a polynomial over GF(256) at a power of two; 0 for each of them where nothing is amiss."""
    total = 0
    for word in block:
        total = _times(total, _power(power)) ^ word
    return total


def _power(n: int) -> int:
    found = 1
    for _ in range(n):
        found = _times(found, 2)
    return found


def _times(a: int, b: int) -> int:
    total = 0
    while b:
        if b & 1:
            total ^= a
        a = a << 1 ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return total
