from django.apps import AppConfig


class ParkingConfig(AppConfig):
    name = "jetportal.parking"
    label = "parking"
