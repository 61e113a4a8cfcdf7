import smtplib
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.db import connection
from redis import Redis as RedisClient
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.services import Redis
from tests.smtp import Answer, MailReceiver


def send(receiver: MailReceiver) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "portal@jet.example", "mia@jet.example", "Hello"
    with smtplib.SMTP("127.0.0.1", receiver.port, timeout=5) as client:
        client.send_message(mail)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_database_belongs_to_this_run():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert settings.DATABASES["default"]["HOST"] in {"127.0.0.1", ""}


def test_redis_answers_on_the_number_of_this_worker():
    assert RedisClient.from_url(settings.REDIS_URL).ping()


def test_redis_of_a_test_stops_and_comes_back_on_its_port(own_redis: Redis):
    client = RedisClient.from_url(own_redis.url)
    assert client.ping()

    own_redis.stop()
    with pytest.raises(RedisConnectionError):
        client.ping()
    own_redis.start()

    assert client.ping()


def test_mail_receiver_keeps_what_it_accepts(mail_receiver: MailReceiver):
    send(mail_receiver)

    assert [str(m["Subject"]) for m in mail_receiver.to("mia@jet.example")] == ["Hello"]


def test_mail_receiver_answers_as_planned(mail_receiver: MailReceiver):
    mail_receiver.plan.extend([Answer.BUSY, Answer.REFUSE, Answer.DROP])

    with pytest.raises(smtplib.SMTPDataError, match="Busy"):
        send(mail_receiver)
    with pytest.raises(smtplib.SMTPDataError, match="mailbox"):
        send(mail_receiver)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail_receiver)
    send(mail_receiver)

    counts = (mail_receiver.attempts, len(mail_receiver.dropped), len(mail_receiver.messages))
    assert counts == (4, 1, 1)


def test_mail_receiver_stalls_until_released(mail_receiver: MailReceiver):
    mail_receiver.plan.append(Answer.STALL)

    impatient = smtplib.SMTP("127.0.0.1", mail_receiver.port, timeout=0.3)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        impatient.sendmail("portal@jet.example", ["mia@jet.example"], "Subject: Hello\n\nHello")

    assert (mail_receiver.attempts, mail_receiver.messages) == (1, [])
