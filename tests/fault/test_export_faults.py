"""A worker that dies while it makes an export: the next one goes on, and there is one file."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from kombu import Connection

from applications import tasks
from applications.domain.review import exports
from applications.exports import making
from applications.models import ExportJob, ExportKind, ExportState
from tests.applicants import make_office
from tests.applications.desk import sent
from tests.processes import CeleryWorker
from tests.services import Redis, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

FILES = making.PDFS_A_PIECE + 12  # one piece, and most of another


def sweep(url: str) -> None:
    """Ask for exports to be made, as beat does every ten seconds."""
    with Connection(url) as queue:
        tasks.make_exports.apply_async(connection=queue, expires=60)


def ask(kind: ExportKind, rows: list[int]) -> ExportJob:
    wanted = exports.Wanted(kind, ("reference", "email"), rows)
    return exports.ask(wanted, by=make_office(), at=datetime.now(UTC))


def progress(job: ExportJob) -> tuple[str, int, int]:
    job.refresh_from_db()
    return job.state, job.done, job.pieces


def test_export_of_a_killed_worker_is_gone_on_with_and_made_once(
    own_redis: Redis, settings, tmp_path: Path
):
    settings.MEDIA_ROOT = str(tmp_path)
    ours = {
        "DJANGO_SETTINGS_MODULE": "jetportal.settings",
        "DOCUMENTS_DIR": str(tmp_path),
        "REDIS_URL": own_redis.url,
    }
    rows = [sent(number).pk for number in range(FILES)]
    pdfs = ask(ExportKind.PDFS, rows)
    with CeleryWorker(**ours) as dying:
        sweep(own_redis.url)
        wait_until(lambda: progress(pdfs)[1], "the first piece", seconds=60)
        with transaction.atomic():  # it comes no further than the end of the second
            held = ExportJob.objects.select_for_update().get(pk=pdfs.pk)
            dying.kill()

    half = (ExportState.WAITING, making.PDFS_A_PIECE, 1)
    assert (held.state, held.done, held.pieces) == half
    assert progress(pdfs) == half
    ExportJob.objects.filter(pk=pdfs.pk).update(due_at=datetime.now(UTC))  # its lease is over
    book = ask(ExportKind.XLSX, rows)

    with CeleryWorker(**ours):
        sweep(own_redis.url)
        done = ExportJob.objects.filter(state=ExportState.DONE)
        wait_until(lambda: done.count() == 2, "both files", seconds=60)

    for job in (pdfs, book):
        job.refresh_from_db()
        assert default_storage.listdir(making.folder(job)) == ([], [Path(job.file).name])
        assert (job.done, job.rows) == (FILES, rows)
    assert (pdfs.claims, book.claims) == (2, 1)
    with default_storage.open(pdfs.file) as file, zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist())) == FILES
        assert archive.testzip() is None
    with default_storage.open(book.file) as file, zipfile.ZipFile(file) as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row ") == FILES + 1
