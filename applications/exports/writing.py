"""The files of exports: pieces that are stored on the way, and the whole that is made of them.

A piece of a spreadsheet is JSON, one row a line; a piece of a ZIP is a ZIP itself.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any

from applications.domain.form.submitted import as_submitted
from applications.exports.columns import Column, cells
from applications.exports.content import copy_of
from applications.models import Application, ExportKind

BOM = "\ufeff"  # so that spreadsheets read UTF-8
SUFFIXES = MappingProxyType(
    {ExportKind.CSV: "csv", ExportKind.XLSX: "xlsx", ExportKind.PDFS: "zip"}
)
# As text, whatever it looks like: no formula, no link, no number of what only looks like one.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Openers = Iterable[Callable[[], IO[bytes]]]


def table_piece(applications: Iterable[Application], columns: Sequence[Column]) -> bytes:
    lines = (json.dumps(cells(each, columns), ensure_ascii=False) for each in applications)
    return "".join(f"{line}\n" for line in lines).encode()


def pdf_piece(applications: Iterable[Application]) -> bytes:
    from applications.exports import pdf  # noqa: PLC0415  as much memory as a fifth of the portal

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # PDFs are small already
        for each in applications:
            copy = copy_of(each, as_submitted(each), zone=None)
            archive.writestr(_entry(f"{each.reference_shown}.pdf", each), pdf.written(copy))
    return file.getvalue()


def _entry(name: str, application: Application) -> zipfile.ZipInfo:
    received: datetime | None = application.submitted_at
    return zipfile.ZipInfo(name, received.timetuple()[:6] if received else (1980, 1, 1, 0, 0, 0))


def _rows(pieces: Openers) -> Iterator[list[str]]:
    for opened in pieces:
        with opened() as file:
            for line in file:
                yield json.loads(line)


def write_csv(target: IO[bytes], pieces: Openers, columns: Sequence[Column]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8", newline="")
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    writer.writerows(_rows(pieces))
    text.flush()
    text.detach()


def write_xlsx(target: IO[bytes], pieces: Openers, columns: Sequence[Column]) -> None:
    import xlsxwriter  # noqa: PLC0415  for the same reason

    book = xlsxwriter.Workbook(target, {"constant_memory": True, **AS_TEXT})
    sheet = book.add_worksheet("Applications")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(columns) - 1, 0), 20)
    bold = book.add_format({"bold": True})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title, bold)
    for number, row in enumerate(_rows(pieces), 1):
        for place, words in enumerate(row):
            sheet.write_string(number, place, words)
    book.close()


def write_zip(target: IO[bytes], pieces: Openers, _columns: Sequence[Column]) -> None:
    with zipfile.ZipFile(target, "w") as whole:
        for opened in pieces:
            with opened() as file, zipfile.ZipFile(file) as piece:
                for entry in piece.infolist():
                    whole.writestr(entry, piece.read(entry))


WRITERS: Mapping[str, Callable[[IO[bytes], Any, Sequence[Column]], None]] = MappingProxyType(
    {ExportKind.CSV: write_csv, ExportKind.XLSX: write_xlsx, ExportKind.PDFS: write_zip}
)
