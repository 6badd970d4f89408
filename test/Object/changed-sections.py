"""Say which sections of the ELF object NEW differ from those of OLD, and how.

An oracle that shares no code with the tool: it reads both files by itself and
compares, by index, every header field but sh_offset, and every byte. Sections
that stood at a multiple of their alignment, up to a page, still must.
"""

import struct
import sys
from itertools import islice


def read(path):
    """Yields name, header without name and place, size, bytes, and place."""
    with open(path, "rb") as file:
        data = file.read()
    wide = data[4] == 2
    table, count, names = struct.unpack_from(
        "<Q12xHH" if wide else "<I12xHH", data, 40 if wide else 32
    )
    layout = struct.Struct("<IIQQQQIIQQ" if wide else "<10I")
    first = layout.unpack_from(data, table)
    count = count or first[5]
    names = first[6] if names == 0xFFFF else names
    strings = layout.unpack_from(data, table + names * layout.size)[4]
    headers = layout.iter_unpack(data[table : table + count * layout.size])
    for name, kind, flags, address, offset, size, *rest in headers:
        start = strings + name
        yield (
            data[start : data.index(b"\0", start)].decode(),
            (kind, flags, address, *rest),
            size,
            b"" if kind in (0, 8) else data[offset : offset + size],
            offset % min(max(rest[2], 1), 4096),
        )


old, new = list(read(sys.argv[1])), list(read(sys.argv[2]))
# Header 0 holds counts that do not fit the ELF header.
for a, b in islice(zip(old, new, strict=False), 1, None):
    if a[:4] == b[:4] and b[4] <= a[4]:
        continue
    what = [f"renamed {b[0]}"] if a[0] != b[0] else []
    what += ["header"] if a[1] != b[1] else []
    what += ["misaligned"] if b[4] > a[4] else []
    if a[2:4] != b[2:4]:
        what.append("grew" if b[3].startswith(a[3]) else "contents")
    print(a[0], *what)
print("added", len(new) - len(old), "sections")
