# ruff: noqa: INP001  (a script beside its Procfile, no package)
"""Run the processes of the Procfile together until one ends or this one is asked to stop."""

import sys
from contextlib import suppress
from pathlib import Path

from honcho import manager
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

PROCFILE = Path(__file__).with_name("Procfile")
PATIENCE = 15  # seconds a process may take to finish what it is doing


class LastingPrinter(Printer):
    """Prints as long as somebody reads: a closed terminal must not keep us from stopping."""

    def write(self, message: Message) -> None:
        with suppress(OSError):
            super().write(message)


class PatientManager(manager.Manager):
    """Stops processes once all have told their ids: a signal may come while they are starting."""

    asked = False

    def terminate(self) -> None:
        self.asked = True
        self._all_started()

    def _all_started(self) -> bool:
        started = bool(super()._all_started())
        if started and self.asked:
            super().terminate()  # does so once
        return started


def main() -> None:
    manager.KILL_WAIT = PATIENCE
    together = PatientManager(LastingPrinter())
    for name, command in parse_procfile(PROCFILE.read_text()).processes.items():
        together.add_process(name, command)
    together.loop()
    sys.exit(together.returncode)


if __name__ == "__main__":
    main()
