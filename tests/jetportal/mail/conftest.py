import pytest

from tests.smtp import MailReceiver


@pytest.fixture
def smtp(mail_receiver: MailReceiver, settings) -> MailReceiver:
    """Let this process send through the receiver, with little patience."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_receiver.port
    settings.EMAIL_TIMEOUT = 0.5
    return mail_receiver
