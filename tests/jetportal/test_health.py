import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django.asserts import assertNumQueries

from tests.services import Redis, free_port

pytestmark = pytest.mark.django_db


def lost(execute, sql, params, many, context):
    raise DatabaseError("connection to server at 10.1.2.3, user portal, failed")


def test_health_says_up_for_each_service(client: Client):
    with assertNumQueries(1):
        response = client.get("/health/")

    assert (response.status_code, response.json()) == (200, {"database": "up", "queue": "up"})
    assert "no-store" in response["Cache-Control"]


def test_health_without_a_queue_of_its_own_is_up(client: Client, settings):
    settings.REDIS_URL = ""

    assert client.get("/health/").json() == {"database": "up", "queue": "up"}


def test_health_stays_200_when_the_queue_is_lost_because_nothing_is_lost_with_it(
    client: Client, settings
):
    settings.REDIS_URL = f"redis://portal:hush-hush@127.0.0.1:{free_port()}/0"

    response = client.get("/health/")

    assert (response.status_code, response.json()) == (200, {"database": "up", "queue": "down"})


def test_health_follows_a_queue_that_stops_and_comes_back(
    client: Client, settings, own_redis: Redis
):
    settings.REDIS_URL = own_redis.url

    states = [client.get("/health/").json()["queue"]]
    own_redis.stop()
    states.append(client.get("/health/").json()["queue"])
    own_redis.start()
    states.append(client.get("/health/").json()["queue"])

    assert states == ["up", "down", "up"]


def test_health_is_503_without_the_database_and_leaks_nothing(client: Client):
    with connection.execute_wrapper(lost):
        response = client.get("/health/")

    assert (response.status_code, response.json()) == (503, {"database": "down", "queue": "up"})


def test_health_takes_no_form(client: Client):
    assert client.post("/health/").status_code == 405


def test_health_is_answered_without_a_redirect_to_https(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/health/").status_code == 200
    assert client.get("/").status_code == 301
