class Refused(Exception):
    """A rule said no. The text is written for the person who asked and is safe to show."""
