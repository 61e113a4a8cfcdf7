"""Making exports in the background: piece by piece, so that a dead worker costs one piece."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import IO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from applications.domain import access
from applications.domain.names import with_names
from applications.domain.outcomes.standings import with_standing
from applications.domain.review import exports
from applications.exports import writing
from applications.exports.columns import columns_for
from applications.models import Application, ExportJob, ExportKind, ExportState
from jetportal.setaside import END_THE_RUN, set_aside

Clock = Callable[[], datetime]

SWEEP_TIME = timedelta(seconds=15)  # other work waits behind it
ROWS_A_PIECE, PDFS_A_PIECE = 500, 20


def make_due(*, now: Clock, time: timedelta = SWEEP_TIME) -> int:
    """Make what waits until nothing does or `time` is used up; return how many files are done."""
    end, made = now() + time, 0
    while now() < end:
        job = exports.claim_next(at=now())
        if job is None:
            break
        if job.state == ExportState.WAITING:
            made += _make(job, end=end, now=now)
    return made


def _make(job: ExportJob, *, end: datetime, now: Clock) -> bool:
    try:
        return _made(job, end=end, now=now)
    except END_THE_RUN:
        raise  # the lease brings it back
    except Exception as problem:
        with set_aside("export", job.pk):
            exports.try_later(job, at=now())
            raise problem
    return False


def _made(job: ExportJob, *, end: datetime, now: Clock) -> bool:
    """Go on behind the last piece; True once the file is there."""
    if not access.may_review(job.asked_by) or not columns_for(job.asked_by, job.columns):
        exports.fail(job, exports.NO_ACCESS, at=now())
        return False
    while job.done < job.total:
        if now() >= end:
            exports.put_back(job, at=now())
            return False
        if not _piece_made(job, now=now):
            return False
    return _finished(job, now=now)


def _piece_made(job: ExportJob, *, now: Clock) -> bool:
    """Store the next piece and say so; what its asker cannot see any more is left out."""
    is_pdf = job.kind == ExportKind.PDFS
    size = PDFS_A_PIECE if is_pdf else ROWS_A_PIECE
    wanted = job.rows[job.done : job.done + size]
    found = _applications(job, wanted, at=now())
    if is_pdf:
        content = writing.pdf_piece(found)
    else:
        content = writing.table_piece(found, columns_for(job.asked_by, job.columns))
    _store(piece_name(job, job.pieces), content)
    seen = {application.pk for application in found}
    left_out = [pk for pk in wanted if pk not in seen]
    return exports.keep_piece(job, count=len(wanted), left_out=left_out, at=now())


def _applications(job: ExportJob, wanted: list[int], *, at: datetime) -> list[Application]:
    rows = access.reviewable_by(job.asked_by).filter(pk__in=wanted, submitted_at__isnull=False)
    if job.kind == ExportKind.PDFS:
        rows = rows.with_late_end(at).select_related(
            "round__form_settings", "round__reference_settings", "vacancy__sport", "eligibility"
        )
    named = with_names(with_standing(rows, at))
    found = {application.pk: application for application in named}
    return [found[pk] for pk in wanted if pk in found]


def _finished(job: ExportJob, *, now: Clock) -> bool:
    pieces = [partial(_opened, piece_name(job, number)) for number in range(job.pieces)]
    with tempfile.TemporaryFile() as whole:
        columns = columns_for(job.asked_by, job.columns)
        writing.WRITERS[job.kind](whole, pieces, columns)
        size = whole.tell()
        whole.seek(0)
        # A name of its own for each claim: one that lost writes over nobody's file.
        name = f"{folder(job)}/{job.claims}.{writing.SUFFIXES[ExportKind(job.kind)]}"
        stored = default_storage.save(name, File(whole))
    if exports.finish(job, file=stored, size=size, at=now()):
        remove_pieces(job)
        return True
    _delete(stored)
    return False


def folder(job: ExportJob) -> str:
    return f"exports/{job.key}"


def piece_name(job: ExportJob, number: int) -> str:
    return f"{folder(job)}/{number}.piece"


def _opened(name: str) -> IO[bytes]:
    file: IO[bytes] = default_storage.open(name, "rb")
    return file


def _store(name: str, content: bytes) -> None:
    """Write the piece anew: one of the same name was left by a worker that died before saying."""
    _delete(name)
    if default_storage.save(name, ContentFile(content)) != name:
        raise FileExistsError("another claim writes this piece")


def remove_pieces(job: ExportJob) -> None:
    for number in range(job.pieces + 1):  # one may be stored and not told yet
        _delete(piece_name(job, number))


def _delete(name: str) -> None:
    with suppress(OSError):
        default_storage.delete(name)


def forget(*, at: datetime) -> int:
    """Delete the files of exports whose days are over, fetched or not; return how many rows."""
    gone = exports.forget(at=at)
    for job in gone:
        if job.file:
            _delete(job.file)
        remove_pieces(job)
        _delete(folder(job))
    return len(gone)
