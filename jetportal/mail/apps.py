from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "jetportal.mail"
    label = "mail"
