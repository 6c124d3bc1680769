"""Build ICC profiles of a wide RGB space and of printing inks, each with the serial number of a device."""

from __future__ import annotations

from collections.abc import Sequence

SERIAL = b"PLANTED serial number"


def wide_rgb() -> bytes:
    """Return a profile with the primaries of Display P3 and a gamma of 2.2."""
    primaries = {
        b"rXYZ": (0.5151, 0.2412, -0.0011),
        b"gXYZ": (0.2920, 0.6922, 0.0419),
        b"bXYZ": (0.1571, 0.0666, 0.7841),
        b"wtpt": (0.9642, 1.0, 0.8249),
    }
    tags = {name: b"XYZ \0\0\0\0" + b"".join(map(_fixed, values)) for name, values in primaries.items()}
    curve = b"curv\0\0\0\0" + (1).to_bytes(4, "big") + round(2.2 * 256).to_bytes(2, "big")
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


INKS = {
    0b1000: (55, -37, -50),
    0b0100: (48, 74, -3),
    0b0010: (89, -5, 93),
    0b0000: (95, 0, 0),
    0b1100: (24, 22, -46),
} | {
    0b1010: (50, -68, 33),
    0b0110: (47, 68, 48),
    0b1110: (23, 0, 0),
}
"""Lab of the paper and of full inks printed on one another; the bits are cyan, magenta, yellow and black."""


def printing_inks() -> bytes:
    """Return a profile of CMYK: a table of the colours of the sixteen combinations of full inks."""
    colours = [INKS[bits & 0b1110] if not bits & 1 else (8, 0, 0) for bits in range(16)]
    table = bytes(value for light, a, b in colours for value in (round(light * 2.55), a + 128, b + 128))
    identity = [_fixed(float(row == column)) for row in range(3) for column in range(3)]
    ramp = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + b"".join(identity) + ramp * 4 + table + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut, b"A2B1": lut})


def _fixed(value: float) -> bytes:
    return round(value * 65536).to_bytes(4, "big", signed=True)


def _profile(kind: bytes, space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    description = b"desc\0\0\0\0" + (len(SERIAL) + 1).to_bytes(4, "big") + SERIAL + bytes(79)
    contents: Sequence[tuple[bytes, bytes]] = [*tags.items(), (b"desc", description)]
    offset, index, body = 132 + 12 * len(contents), len(contents).to_bytes(4, "big"), b""
    for name, content in contents:
        padded = content + bytes(-len(content) % 4)
        index += name + (offset + len(body)).to_bytes(4, "big") + len(content).to_bytes(4, "big")
        body += padded
    size = 128 + len(index) + len(body)
    white = b"".join(map(_fixed, (0.9642, 1.0, 0.8249)))
    header = size.to_bytes(4, "big") + bytes(4) + b"\2\x40\0\0" + kind + space + connection + bytes(12) + b"acsp"
    header += bytes(28) + white
    return header + bytes(128 - len(header)) + index + body
