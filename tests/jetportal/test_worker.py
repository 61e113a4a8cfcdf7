import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from jetportal.worker import PatientSocket, announced


@pytest.fixture
def ends() -> Iterator[tuple[PatientSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with PatientSocket(fileno=ours.detach()) as patient, theirs:
        yield patient, theirs


def test_socket_reads_what_comes_in_time(ends):
    patient, theirs = ends
    patient.allow(10)

    theirs.sendall(b"name")

    assert (patient.recv(2), patient.recv(9)) == (b"na", b"me")


def test_socket_reads_the_end_of_a_closed_connection(ends):
    patient, theirs = ends

    theirs.close()

    assert patient.recv(1) == b""


@pytest.mark.parametrize("seconds", [-1, 0, 0.01])
def test_socket_waits_no_longer_than_allowed(ends, seconds):
    patient, _ = ends
    patient.allow(seconds)

    with pytest.raises(TimeoutError):
        patient.recv(1)


def test_socket_refuses_what_drips_in_after_its_time(ends):
    patient, theirs = ends
    patient.allow(0)

    theirs.sendall(b"n")

    with pytest.raises(TimeoutError):
        patient.recv(1)


def test_socket_keeps_to_a_shorter_limit_of_its_own(ends):
    patient, _ = ends
    patient.allow(10)
    patient.settimeout(0.01)

    with pytest.raises(TimeoutError):
        patient.recv(1)


@pytest.mark.parametrize(
    ("headers", "length"),
    [([], 0), ([("HOST", "a"), ("CONTENT-LENGTH", "12")], 12)],
)
def test_announced_length_is_that_of_the_header(headers, length):
    assert announced(SimpleNamespace(headers=headers)) == length
