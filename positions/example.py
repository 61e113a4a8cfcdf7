"""The example on pages that explain deadlines: a real last minute, and where it is read."""

from datetime import datetime

from positions.deadlines import end_of_minute, last_minute

# The SEA round for summer 2024 departures: Friday, April 5, 2024, 11:59 PM HST.
LAST_MINUTE = last_minute(end_of_minute(datetime(2024, 4, 5, 23, 59)))  # noqa: DTZ001  wall time
EXAMPLE = "An example: the last minute of Friday, April 5, 2024, in Hawaii"

PLACES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Asia/Tokyo",
    "Pacific/Guam",
)
