"""The desk of positions and rounds. Importing a module here registers its models."""

from positions.admin import catalogue, rounds, watches

__all__ = ["catalogue", "rounds", "watches"]
