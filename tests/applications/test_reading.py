"""What is taken as a PDF, and what is refused with which words."""

import resource
import subprocess
import sys

import pytest

from applications import pdf_reader
from applications.domain.errors import DocumentRefused
from applications.domain.files import reading
from applications.domain.files.reading import MEGABYTE, check
from tests import hostile
from tests.applicants import pdf
from tests.services import wait_until

DAMAGED = "it is damaged"
NO_PDF = "This is not a PDF"
WEB_PAGE = "This is a web page and a PDF at once"
ARCHIVE = "This is an archive, not a PDF"
ACTIVE = "The PDF holds a script"
FILES = "The PDF carries other files inside it"


def said(content: bytes) -> str:
    with pytest.raises(DocumentRefused) as refusal:
        check(content, max_megabytes=10)
    return str(refusal.value)


def test_sound_pdf_is_taken_with_its_number_of_pages():
    pages = [check(content, max_megabytes=10) for content in (hostile.sound(), pdf(pages=3))]

    assert pages == [1, 3]


def test_document_of_exactly_the_limit_is_taken_and_one_byte_more_refused():
    sound = hostile.sound()
    full = sound + b" " * (MEGABYTE - len(sound))

    pages = check(full, max_megabytes=1)
    with pytest.raises(DocumentRefused, match="larger than 1 MB"):
        check(full + b" ", max_megabytes=1)

    assert pages == 1


def test_document_of_ten_megabytes_and_a_byte_is_refused_with_what_to_do():
    words = said(b"%PDF-" + bytes(10 * MEGABYTE - 4))

    assert words.startswith("The file is larger than 10 MB. Save it smaller")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"<html>%PDF-1.7</html>", NO_PDF),
        (b"\n" + hostile.sound(), NO_PDF),
        (b"\xff\xd8\xff\xe0 a picture", NO_PDF),
        (b"%PDF-", DAMAGED),
        (b"%PDF-1.7\n<html><script>alert(1)</script></html>", WEB_PAGE),
        (hostile.sound()[:150], DAMAGED),
        (hostile.sound()[:-30], DAMAGED),
        (b"%PDF-1.7\n" + b"\x00" * 100_000, DAMAGED),
    ],
    ids=["empty", "page", "late", "picture", "head", "polyglot", "half", "tail", "zeros"],
)
def test_what_is_no_whole_pdf_is_refused(content, words):
    assert words in said(content)


def test_locked_pdf_is_refused_with_what_to_do():
    assert said(hostile.locked("secret")) == (
        "The PDF is locked with a password. Save it without one."
    )


def test_pdf_that_only_forbids_changes_is_taken():
    assert check(hostile.locked(""), max_megabytes=10) == 1


@pytest.mark.parametrize(
    "make",
    [
        hostile.page_tree_that_holds_itself,
        hostile.page_tree_that_goes_round,
        hostile.page_tree_that_doubles,
        hostile.page_tree_as_deep_as_it_gets,
        hostile.arrays_in_arrays,
        hostile.object_stream_that_is_a_bomb,
        hostile.table_that_is_a_bomb,
    ],
    ids=lambda make: make.__name__,
)
def test_pdf_that_means_harm_is_refused_as_damaged(make):
    assert DAMAGED in said(make())


@pytest.mark.parametrize(
    "make", [hostile.count_that_lies, hostile.table_that_follows_itself], ids=lambda m: m.__name__
)
def test_pdf_that_lies_harmlessly_is_counted(make):
    assert check(make(), max_megabytes=10) == 1


def test_reader_bounds_its_memory_and_its_work_before_it_reads():
    """So a file that unfolds without end harms nothing but its own reading."""
    bounded = (pdf_reader.BYTES, pdf_reader.BYTES)
    program = [sys.executable, "-I", str(reading.READER)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        memory, work = resource.RLIMIT_AS, resource.RLIMIT_CPU
        wait_until(lambda: resource.prlimit(reader.pid, memory) == bounded, "the bound of memory")
        seconds = resource.prlimit(reader.pid, work)
        answer, _ = reader.communicate(pdf())

    assert (pdf_reader.BYTES, seconds) == (1024**3, (8, 8))
    assert answer == b"1"


def test_pdf_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "READING_SECONDS", 1)

    assert DAMAGED in said(b"%PDF-1.7\n" + b"startxref\n9\n" * 700_000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (hostile.archive(), ARCHIVE),
        (hostile.archive() + hostile.sound(), ARCHIVE),
        (hostile.picture_with_a_script(), NO_PDF),
        (hostile.page_in_a_comment(), WEB_PAGE),
        (hostile.with_catalog(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), ACTIVE),
        (hostile.with_catalog(b"/OpenAction<</S/Java#53cript/#4aS(app.alert(1))>>"), ACTIVE),
        (hostile.with_catalog(b"/Names<</JavaScript<</Names[(a)3 0 R]>>>>"), ACTIVE),
        (hostile.with_catalog(b"/AA<</WC<</S/URI/URI(https://example.org)>>>>"), ACTIVE),
        (hostile.with_catalog(b"/OpenAction<</S/Launch/F(calc.exe)>>"), ACTIVE),
        (hostile.with_catalog(b"/AcroForm<</XFA[(template)3 0 R]>>"), ACTIVE),
        (hostile.with_catalog(b"/Extra[<</Subtype/RichMedia>>]"), ACTIVE),
        (hostile.script_in_an_object_stream(), ACTIVE),
        (hostile.script_behind_a_password_of_nothing(), ACTIVE),
        (hostile.with_a_file_inside(), FILES),
    ],
    ids=[
        *("archive", "archive first", "svg", "page", "script", "spelled script", "named script"),
        *("own actions", "launch", "xfa", "media", "packed script", "sealed script", "file inside"),
    ],
)
def test_what_is_more_than_a_document_is_refused_with_what_to_do(content, words):
    assert words in said(content)


@pytest.mark.parametrize(
    "content",
    [
        hostile.with_catalog(b"/OpenAction[3 0 R/Fit]"),
        hostile.with_catalog(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
        hostile.with_catalog(b"/Extra<</S/URI/URI(https://example.org/JavaScript)>>"),
        hostile.with_catalog(b"/Resources<</Font<</AA 3 0 R/JS 3 0 R>>>>"),
    ],
    ids=["place", "way", "link", "fonts"],
)
def test_what_only_looks_like_a_script_is_taken(content):
    assert check(content, max_megabytes=10) == 1


def test_pdf_of_many_objects_is_read_in_time():
    many = [b"<</A %d/B[1 2 3]>>" % number for number in range(10_000)]

    assert check(hostile.written(*hostile.SOUND, *many), max_megabytes=10) == 1
