"""Lose the database and the documents, bring them back by the two commands of the handbook."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.db import connection

from applications.models import Application, Document, Status
from jetportal.mail import outbox
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import make_application, make_user
from tests.processes import WebServer, portal_environment
from tests.raw import TOKEN
from tests.services import ROOT
from tests.smtp import MailReceiver

pytestmark = pytest.mark.django_db(transaction=True)

VALID = "Valid</"


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The address of a second, empty database on the server of this run."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield f"{portal_environment()['DATABASE_URL'].rpartition('/')[0]}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    production = {"DJANGO_SETTINGS_MODULE": "jetportal.settings"}
    return subprocess.run(
        [ROOT / "deploy" / script, folder],
        env=portal_environment(**{**production, **variables}),
        capture_output=True,
        text=True,
        check=False,
    )


def back_up(into: Path) -> Path:
    done = run("backup", into, DOCUMENTS_DIR=str(settings.MEDIA_ROOT))
    assert (done.returncode, done.stderr) == (0, "")
    return Path(done.stdout.strip())


def sent(number: int) -> Application:
    applicant = make_user(f"person{number}@example.org")
    return make_application(applicant=applicant, status=Status.SUBMITTED)


def verified(web: WebServer, reference: str, fingerprint: str) -> str:
    """Check a receipt on the public page, and return what it says."""
    form = {"csrfmiddlewaretoken": TOKEN, "reference": reference, "fingerprint": fingerprint}
    headers = {"Cookie": f"{settings.CSRF_COOKIE_NAME}={TOKEN}"}
    request = Request(f"{web.url}/verify/", urlencode(form).encode(), headers)
    with urlopen(request, timeout=20) as response:
        return str(response.read().decode())


def manage(*words: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=portal_environment(**variables),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_everything_comes_back_and_no_mail_goes_twice(
    tmp_path: Path, empty_database: str, mail_receiver: MailReceiver
):
    applications = [sent(1), sent(2)]
    receipts = [(one.reference, one.frozen.digest) for one in applications]
    files = {d.file.name: Path(d.file.path).read_bytes() for d in Document.objects.all()}
    outbox.deliver(OutgoingMail.objects.earliest("pk").pk, now=partial(datetime.now, UTC))
    states = OutgoingMail.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [MailState.SENT, MailState.QUEUED]

    backup = back_up(tmp_path / "backups")
    documents = tmp_path / "documents"
    ours = {"DATABASE_URL": empty_database, "DOCUMENTS_DIR": str(documents)}
    restored = run("restore", backup, **ours)

    assert (restored.returncode, restored.stderr) == (0, "")
    assert "1 held." in restored.stdout
    assert "No row contradicts another." in restored.stdout
    assert {name: (documents / name).read_bytes() for name in files} == files
    with WebServer(DATABASE_URL=empty_database) as web:
        answers = [verified(web, *receipt) for receipt in receipts]
        wrong = verified(web, receipts[0][0], receipts[1][1])
    assert [VALID in answer for answer in answers] == [True, True]
    assert "No match" in wrong
    swept = manage("deliver_mail", **{**ours, "EMAIL_URL": mail_receiver.url})
    assert swept == "0 sent, 0 to be tried again, 0 failed.\n"
    assert mail_receiver.messages == []


def test_damaged_backup_changes_nothing(tmp_path: Path, empty_database: str):
    backup = back_up(tmp_path)
    with (backup / "portal.dump").open("ab") as dump:
        dump.write(b"x")

    refused = run("restore", backup, DATABASE_URL=empty_database, DOCUMENTS_DIR=f"{tmp_path}/new")

    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_restore_overwrites_nothing(tmp_path: Path, empty_database: str):
    backup = back_up(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").touch()

    over_rows = run("restore", backup, DOCUMENTS_DIR=str(tmp_path / "none"))
    over_files = run(
        "restore", backup, DATABASE_URL=empty_database, DOCUMENTS_DIR=str(tmp_path / "full")
    )

    assert re.search(r"The database holds \d+ tables", over_rows.stderr)
    assert "is not empty" in over_files.stderr
    assert (over_rows.returncode, over_files.returncode) == (1, 1)


def test_backup_is_readable_by_its_owner_alone(tmp_path: Path):
    backup = back_up(tmp_path)

    modes = {path.name: path.stat().st_mode & 0o777 for path in [backup, *backup.iterdir()]}
    assert modes == {
        backup.name: 0o700,
        **dict.fromkeys(("portal.dump", "documents.tar", "SHA256SUMS"), 0o600),
    }
    assert list(tmp_path.iterdir()) == [backup]  # nothing half done is left


def test_backup_of_sqlite_says_what_to_do_instead(tmp_path: Path):
    refused = run("backup", tmp_path, DATABASE_URL="sqlite:///none.sqlite3")

    assert refused.returncode == 1
    assert "copy all of var/" in refused.stderr
