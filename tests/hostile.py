"""PDFs that mean harm, made by hand: loops, bombs, lies."""

import io
import zipfile
import zlib
from itertools import accumulate

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

HEADER = b"%PDF-1.7\n"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ADLER = 65521  # sums of Adler-32 are taken modulo this
SOUND = (CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE)


def written(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Write objects 1, 2, ... with a right table of their places."""
    parts = [b"%d 0 obj\n%s\nendobj\n" % (n, body) for n, body in enumerate(objects, 1)]
    *places, end = accumulate(map(len, parts), initial=len(HEADER))
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        HEADER
        + b"".join(parts)
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, end)
    )


def stream(entries: bytes, content: bytes) -> bytes:
    head = b"<<%s/Filter/FlateDecode/Length %d>>" % (entries, len(content))
    return head + b"stream\n" + content + b"\nendstream"


def zeros(megabytes: int) -> bytes:
    """Compress so many megabytes of nothing; 1 GB becomes 1 MB.

    One block is packed and stands in the stream again and again. The sum at the end, Adler-32, is 1
    in its lower half, and above it 1 for each byte of nothing.
    """
    length = 1024 * 1024
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)  # without a head and without a sum
    block = packer.compress(bytes(length)) + packer.flush(zlib.Z_FULL_FLUSH)
    total = (megabytes * length % ADLER << 16 | 1).to_bytes(4, "big")
    return b"\x78\xda" + block * megabytes + packer.flush() + total


def sound() -> bytes:
    return written(*SOUND)


def with_catalog(more: bytes) -> bytes:
    """Write a sound PDF whose catalog says more than it must."""
    return written(CATALOG.removesuffix(b">>") + more + b">>", *SOUND[1:])


def page_tree_that_holds_itself() -> bytes:
    return written(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")


def page_tree_that_goes_round() -> bytes:
    first, second = b"<</Type/Pages/Kids[3 0 R 3 0 R]>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]>>"
    return written(CATALOG, first, second)


def page_tree_as_deep_as_it_gets(depth: int = 5000) -> bytes:
    inner = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 3) for n in range(depth)]
    return written(CATALOG, *inner, PAGE)


def page_tree_that_doubles(levels: int = 40) -> bytes:
    inner = [b"<</Type/Pages/Kids[%d 0 R %d 0 R]>>" % (n + 3, n + 3) for n in range(levels)]
    return written(CATALOG, *inner, PAGE)


def count_that_lies() -> bytes:
    return written(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>", PAGE)


def arrays_in_arrays(depth: int = 100_000) -> bytes:
    return written(CATALOG, b"[" * depth)


def object_stream_that_is_a_bomb(megabytes: int = 2000) -> bytes:
    """Hide the page tree in a stream that unpacks to two gigabytes."""
    bomb = stream(b"/Type/ObjStm/N 1/First 4", zeros(megabytes))
    body = HEADER + b"1 0 obj\n" + CATALOG + b"\nendobj\n"
    bomb_at = len(body)
    body += b"3 0 obj\n" + bomb + b"\nendobj\n"
    rows = [(0, 0, 255), (1, len(HEADER), 0), (2, 3, 0), (1, bomb_at, 0), (1, len(body), 0)]
    table = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + more.to_bytes(1, "big")
        for kind, place, more in rows
    )
    entries = b"/Type/XRef/Size 5/W[1 4 1]/Root 1 0 R"
    return (
        body
        + b"4 0 obj\n"
        + stream(entries, zlib.compress(table))
        + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def table_that_is_a_bomb(megabytes: int = 2000) -> bytes:
    entries = b"/Type/XRef/Size 900000000/W[1 4 1]/Root 1 0 R"
    table = b"1 0 obj\n" + stream(entries, zeros(megabytes)) + b"\nendobj\n"
    return HEADER + table + b"startxref\n%d\n%%%%EOF\n" % len(HEADER)


def table_that_follows_itself() -> bytes:
    return written(
        CATALOG,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE,
        trailer=b"/Prev %d" % sound().index(b"xref"),
    )


def locked(password: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=612, height=792)
    writer.encrypt(password, owner_password="owner", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def script_behind_a_password_of_nothing() -> bytes:
    """Encrypt a PDF with a script so that everybody can open it."""
    writer = PdfWriter()
    writer.add_blank_page(width=612, height=792)
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )
    writer.encrypt("", owner_password="owner", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def with_a_file_inside() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=612, height=792)
    writer.add_attachment("virus.exe", b"MZ")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def script_in_an_object_stream() -> bytes:
    """Pack the catalog, with a script in it, into a stream of objects."""
    catalog = CATALOG.removesuffix(b">>") + b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
    body = HEADER
    places = {}
    for number, content in ((2, SOUND[1]), (3, PAGE)):
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    packed_at, packed = len(body), b"1 0 " + catalog
    body += b"4 0 obj\n%s\nendobj\n" % stream(b"/Type/ObjStm/N 1/First 4", zlib.compress(packed))
    rows = [(0, 0, 255), (2, 4, 0), (1, places[2], 0), (1, places[3], 0), (1, packed_at, 0)]
    rows.append((1, len(body), 0))
    table = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + more.to_bytes(1, "big")
        for kind, place, more in rows
    )
    entries = b"/Type/XRef/Size 6/W[1 4 1]/Root 1 0 R"
    last = b"5 0 obj\n%s\nendobj\n" % stream(entries, zlib.compress(table))
    return body + last + b"startxref\n%d\n%%%%EOF\n" % len(body)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("passport.pdf", sound())
    return file.getvalue()


def picture_with_a_script() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def page_in_a_comment() -> bytes:
    """Write a sound PDF that is a web page, too."""
    page = b"%<html><script>alert(1)</script></html>\n"
    return sound().replace(HEADER, HEADER + page, 1)
