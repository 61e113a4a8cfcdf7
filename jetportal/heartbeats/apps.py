from django.apps import AppConfig


class HeartbeatsConfig(AppConfig):
    name = "jetportal.heartbeats"
    label = "heartbeats"
