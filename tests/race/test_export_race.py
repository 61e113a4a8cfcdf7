"""Two workers at one export, and two clicks that ask for it."""

from functools import partial

import pytest
from django.core.files.storage import default_storage

from applications.domain.review import exports
from applications.exports import making
from applications.models import ExportJob, ExportKind, ExportState
from tests.applicants import SENT_AT, make_office
from tests.applications.desk import sent
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_two_clicks_ask_for_one_export():
    wanted = exports.Wanted(ExportKind.CSV, ("reference",), (sent(0).pk,))
    ask = partial(exports.ask, wanted, by=make_office(), at=SENT_AT)

    first, second = together(ask, ask)

    assert first == second == ExportJob.objects.get()


def test_two_workers_make_one_file():
    wanted = exports.Wanted(ExportKind.CSV, ("reference",), (sent(0).pk,))
    job = exports.ask(wanted, by=make_office(), at=SENT_AT)
    work = partial(making.make_due, now=lambda: SENT_AT)

    outcomes = together(work, work)

    job.refresh_from_db()
    assert sorted(outcomes) == [0, 1]
    assert (job.state, job.claims) == (ExportState.DONE, 1)
    assert default_storage.listdir(making.folder(job)) == ([], ["1.csv"])
