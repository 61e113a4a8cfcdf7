"""A PDF under its closed policy: painted by the browser's own viewer, in frames of ours alone."""

import hashlib
import io

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Error as NoPicture
from playwright.sync_api import Page, Route
from reportlab.pdfgen.canvas import Canvas

from applications.domain import access
from applications.domain.roles import ensure_roles
from applications.models import Document, SensitiveOpening, Slot, Status
from jetportal.sealing import seal_bytes
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_staff
from tests.browser.ways import press
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

A4 = (595, 842)
FRAME = '<!doctype html><title>A frame</title><iframe src="{}" width="600" height="500"></iframe>'


def red_pdf() -> bytes:
    """Return a page that is red all over, so that a picture tells whether it is painted."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(0, 0, *A4, fill=1)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def is_painted(page: Page) -> bool:
    """Tell whether at least every fiftieth point of the window is red."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    points = picture.width * picture.height
    found = picture.getcolors(points) or []
    red = sum(count for count, (r, g, b) in found if r > 200 and g < 60 and b < 60)
    return red * 50 > points


def be_painted(page: Page, what: str) -> None:
    """Wait for the red page. While the viewer starts, the browser may have no picture to give."""

    def painted() -> bool:
        try:
            return is_painted(page)
        except NoPicture:
            return False

    wait_until(painted, what, seconds=60)


@pytest.fixture
def office(enter, settings) -> None:
    """The program office, signed in; the second factor has tests of its own."""
    settings.DEMO = True
    ensure_roles()
    enter(make_staff("office@example.org", access.PROGRAM_OFFICE))


@pytest.fixture
def document(open_round: RecruitmentRound, settings, tmp_path) -> Document:
    settings.MEDIA_ROOT = tmp_path
    application = make_application(round_=open_round, status=Status.SUBMITTED)
    document = application.documents.get(slot=Slot.CITIZENSHIP)
    with document.file.storage.open(document.file.name, "wb") as file:
        file.write(red_pdf())
    return document


def path_of(document: Document) -> str:
    return reverse("applications:document", args=[document.key])


def framed(page: Page, address: str, source: str) -> None:
    """Open a page at this address that shows the source in a frame."""

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=FRAME.format(source))

    page.route(address, answer)
    page.goto(address)


@pytest.mark.usefixtures("office")
def test_staff_read_a_pdf_by_itself_and_in_a_frame_of_ours(
    page: Page, document: Document, live_server
):
    page.goto(path_of(document))
    be_painted(page, "the PDF by itself")

    framed(page, f"{live_server.url}/a-page-of-ours", path_of(document))
    be_painted(page, "the PDF in a frame")


@pytest.mark.usefixtures("office")
def test_page_of_others_shows_no_pdf_of_ours(page: Page, document: Document, live_server):
    framed(page, "http://elsewhere.example/", live_server.url + path_of(document))

    wait_until(
        lambda: page.frames[1].url.startswith("chrome-error://"), "the frame is refused", seconds=30
    )
    assert not is_painted(page)


@pytest.mark.usefixtures("office")
def test_sensitive_pdf_is_painted_in_the_answer_to_the_reason(page: Page, document: Document):
    application, content = document.application, red_pdf()
    kept = application.documents.get(slot=Slot.PHYSICIAN)
    with kept.file.storage.open(kept.file.name, "wb") as file:
        file.write(seal_bytes(content))
    kept.sha256 = hashlib.sha256(content).hexdigest()
    kept.save()

    place = [application.pk, kept.key]
    page.goto(reverse("admin:applications_application_sensitive_file", args=place))
    page.get_by_label("Why do you open it?").fill("Screening")
    press(page, "Open Statement of Physician (PDF)")

    be_painted(page, "the sensitive PDF")
    assert SensitiveOpening.objects.get().part == Slot.PHYSICIAN
