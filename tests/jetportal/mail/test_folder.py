import importlib
import re
from pathlib import Path

import pytest
from django.core.mail import get_connection
from django.urls import clear_url_caches

import jetportal.urls
from jetportal.mail import folder, outbox, postman
from jetportal.mail.models import OutgoingMail
from tests.jetportal.mail.factories import AT, clock, make_mail

LIST = "/development/mail/"
DASHES = "-" * 79


@pytest.fixture
def mail_folder(settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    (tmp_path / "mail").mkdir()
    return tmp_path / "mail"


@pytest.fixture
def page_on(settings, mail_folder: Path) -> Path:
    """Serve the page, as the demonstration does, for this test only."""
    settings.MAIL_PAGE = True
    importlib.reload(jetportal.urls)
    clear_url_caches()
    yield mail_folder
    settings.MAIL_PAGE = False
    importlib.reload(jetportal.urls)
    clear_url_caches()


@pytest.mark.django_db
def test_folder_gives_back_every_mail_of_a_shared_file(mail_folder: Path):
    make_mail("a", subject="参加者 Zoë", text=f"first\n{DASHES}\nlast\n", html="")
    make_mail("b", to="sam@example.org", at=AT.replace(year=2025))
    outbox.deliver_due(now=clock(AT.replace(year=2026)))

    mails = folder.newest(mail_folder)

    assert len(list(mail_folder.iterdir())) == 1
    assert [(mail.to, mail.subject, mail.text, mail.at.year) for mail in mails] == [
        ("sam@example.org", "We have your application", "Reference: JET-4711\n", 2025),
        ("mia.tanaka@example.org", "参加者 Zoë", f"first\n{DASHES}\nlast\n", 2024),
    ]


@pytest.mark.django_db
def test_folder_passes_over_a_mail_that_is_still_being_written(mail_folder: Path):
    make_mail()
    outbox.deliver_due(now=clock())
    (file,) = mail_folder.iterdir()
    whole = file.read_bytes()

    file.write_bytes(whole + b"Content-Type: text/plain\nSubject: half")

    assert len(folder.newest(mail_folder)) == 1


def test_folder_may_be_empty_or_missing(tmp_path: Path):
    assert folder.newest(tmp_path) == folder.newest(tmp_path / "missing") == []


@pytest.mark.django_db
def test_page_lists_mail_newest_first_and_shows_one(page_on: Path, client):
    make_mail("a", subject="Older")
    make_mail("b", subject="Newer", at=AT.replace(year=2025), text="Go to http://testserver/x/\n")
    outbox.deliver_due(now=clock(AT.replace(year=2026)))

    page = client.get(LIST)
    links = re.findall(r'href="(/development/mail/[^"]+/\d+/)">(\w+)<', page.content.decode())
    mail = client.get(links[0][0])

    assert [words for _, words in links] == ["Newer", "Older"]
    assert "no-store" in page["Cache-Control"]
    assert "no-store" in mail["Cache-Control"]
    assert '<a href="http://testserver/x/"' in mail.content.decode()


@pytest.mark.django_db
def test_page_escapes_what_a_mail_says(page_on: Path, client):
    make_mail(subject="<script>x</script>", text='<img src="x"> javascript:alert(1)\n')
    outbox.deliver_due(now=clock())
    (mail,) = folder.newest(page_on)

    pages = [client.get(LIST), client.get(f"{LIST}{mail.file}/{mail.number}/")]

    html = "".join(page.content.decode() for page in pages)
    assert ("<script>x" in html, "<img src=&quot;x" in html) == (False, False)
    assert "&lt;img src=&quot;x&quot;&gt;" in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    "address",
    ["none/1/", "..%2fsecret/1/", "../secret/1/", "%2e%2e/1/", "*/1/", "x/0/", "x/99999999999/"],
)
@pytest.mark.django_db
def test_page_reads_nothing_but_the_folder(page_on: Path, client, address):
    secret = get_connection(file_path=str(page_on.parent))
    make_mail()
    secret.send_messages([postman.as_email(OutgoingMail.objects.get())])
    (file,) = page_on.parent.glob("*.log")
    file.rename(page_on.parent / "secret.log")

    assert client.get(f"{LIST}{address}").status_code == 404


def test_page_is_not_there_otherwise(client):
    assert client.get(LIST).status_code == 404
