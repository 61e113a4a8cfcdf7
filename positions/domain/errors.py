class Refused(Exception):
    """A rule said no. The text is written for the person who asked and is safe to show.

    `field` names the answer it is about, where it is about one.
    """

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field
