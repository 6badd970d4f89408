"""Prints tables of plain text."""


def print_table(head, rows, left=None):
    """Columns in left, by default the first one, are aligned left."""
    lines = [head, *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    left = head[:1] if left is None else left
    for line in lines:
        cells = [
            cell.ljust(width) if title in left else cell.rjust(width)
            for title, cell, width in zip(head, line, widths)
        ]
        print("  ".join(cells).rstrip())
