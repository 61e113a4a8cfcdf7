from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "jetportal.accounts"
    label = "accounts"
