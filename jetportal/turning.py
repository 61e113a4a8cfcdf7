"""Marks that turn the direction of reading: where nothing can isolate them, they are left out.

Pages isolate what people typed with `<bdi>`; a title of a window, the subject of a mail and the
cell of a spreadsheet cannot.
"""

MARKS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def unturned(text: str) -> str:
    return text.translate(MARKS)
