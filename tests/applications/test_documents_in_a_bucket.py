"""Documents in a bucket of S3, which moto plays at the edge of the library that speaks to it."""

from collections.abc import Iterator

import boto3
import pytest
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from moto import mock_aws

from applications.domain.errors import NotStored, Unopenable
from applications.domain.files import documents
from applications.domain.keeping import seals
from applications.models import Application, Document, Slot
from jetportal.buckets import bucket_options
from tests.applicants import STARTED_AT, add_document, make_application, pdf
from tests.services import free_port

pytestmark = pytest.mark.django_db

BUCKET = "portal-documents"
ADDRESS = f"s3://key:secret@s3.us-east-1.amazonaws.com/{BUCKET}/kept"


def use(settings, address: str) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "jetportal.bucket_storage.BucketStorage",
            "OPTIONS": bucket_options(address),
        },
    }


@pytest.fixture
def bucket(settings) -> Iterator[object]:
    with mock_aws():
        s3 = boto3.resource("s3", "us-east-1", aws_access_key_id="k", aws_secret_access_key="s")
        use(settings, ADDRESS)
        yield s3.create_bucket(Bucket=BUCKET)


@pytest.fixture
def draft() -> Application:
    return make_application(filled=False)


def attach(application: Application, content: bytes, name: str = "passport.pdf") -> Document:
    upload = documents.Upload(Slot.CITIZENSHIP, name, content)
    by = application.applicant
    return documents.attach(application.key, upload, max_megabytes=10, by=by, at=STARTED_AT)


def keys(bucket) -> list[str]:
    return sorted(each.key for each in bucket.objects.all())


def test_document_lies_in_the_bucket_under_keys_and_comes_through_the_portal(
    bucket, draft: Application, client: Client
):
    document = attach(draft, pdf(), name="../passport of Ana.pdf")
    client.force_login(draft.applicant)

    shown = client.get(reverse("applications:document", args=[document.key]))

    assert keys(bucket) == [f"kept/{draft.key}/{document.key}.pdf"]
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content) == pdf()


def test_removed_document_is_gone_from_the_bucket(
    bucket, draft: Application, django_capture_on_commit_callbacks
):
    document = attach(draft, pdf())

    with django_capture_on_commit_callbacks(execute=True):
        documents.remove(draft.key, document.key, by=draft.applicant)

    assert keys(bucket) == []


def test_sensitive_document_reaches_the_bucket_sealed_and_is_turned_there(
    bucket, draft: Application, settings
):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.SEALING_KEYS = [old]
    document = add_document(draft, Slot.PHYSICIAN)
    (before,) = [each.get()["Body"].read() for each in bucket.objects.all()]
    settings.SEALING_KEYS = [new, old]

    list(seals.rotate())

    settings.SEALING_KEYS = [new]
    document.refresh_from_db()
    (after,) = [each.get()["Body"].read() for each in bucket.objects.all()]
    assert b"%PDF" not in before + after
    assert before != after
    with documents.opened(document) as file:
        assert file.read() == pdf()


def test_file_that_is_gone_from_the_bucket_is_not_found(bucket, draft: Application, client: Client):
    document = attach(draft, pdf())
    bucket.objects.all().delete()
    client.force_login(draft.applicant)

    with pytest.raises(FileNotFoundError):
        documents.opened(document)

    assert client.get(reverse("applications:document", args=[document.key])).status_code == 404


def test_bucket_that_is_away_takes_nothing_and_leaves_what_is_there(
    bucket, draft: Application, client: Client, settings
):
    earlier = attach(draft, pdf())
    use(settings, f"s3+http://key:secret@127.0.0.1:{free_port()}/{BUCKET}/kept")
    client.force_login(draft.applicant)
    upload = reverse("applications:upload", args=[draft.key, "citizenship"])
    file = SimpleUploadedFile("second.pdf", pdf(pages=2), "application/pdf")

    answer = client.post(upload, {"file": file})
    opened = client.get(reverse("applications:document", args=[earlier.key]), follow=True)
    with pytest.raises(NotStored):
        attach(draft, pdf(pages=3))
    with pytest.raises(Unopenable):
        documents.opened(earlier)

    assert answer.status_code == 503
    assert "nothing was stored" in answer.content.decode()
    assert "This file cannot be opened now. It is still stored." in opened.content.decode()
    assert Document.objects.get() == earlier
    assert keys(bucket) == [f"kept/{draft.key}/{earlier.key}.pdf"]


def test_bucket_that_is_away_names_neither_key_nor_file_in_the_log(draft, settings, caplog):
    use(settings, f"s3+http://thekey:thesecret@127.0.0.1:{free_port()}/{BUCKET}")

    with pytest.raises(NotStored):
        attach(draft, pdf())

    assert "storage took no file error=OSError" in caplog.text
    assert [word for word in ("thekey", "thesecret", str(draft.key)) if word in caplog.text] == []
