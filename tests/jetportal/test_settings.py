import os
import shutil
import subprocess
import sys
from pathlib import Path

from jetportal.settings import POSTGRESQL_OPTIONS
from tests.services import ROOT

PRINT = "from jetportal.settings import *; print(DATABASE['NAME'], EMAIL_FILE_PATH, sep='\\n')"


def test_settings_keep_data_and_mail_inside_a_folder_of_any_name(tmp_path: Path):
    home = tmp_path / "c++ #1 50%20"
    modules = shutil.ignore_patterns("*[!y]", "__pycache__")  # the files that end in .py alone
    shutil.copytree(ROOT / "jetportal", home / "jetportal", ignore=modules)
    unset = {"DATABASE_URL", "EMAIL_URL"}

    result = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=home,
        env={name: value for name, value in os.environ.items() if name not in unset},
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout.splitlines() == [f"{home}/var/db.sqlite3", f"{home}/var/mail"]


def test_postgresql_compiles_no_statement():
    """That takes a second or two, for the list of an applicant too where rows were not counted."""
    assert "-c jit=off" in POSTGRESQL_OPTIONS["options"]
