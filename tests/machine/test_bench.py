"""`bin/bench` brings what it needs, and measures only what was made for the measurement, whole."""

import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from bench import preview_ground

from ofrecord.engine.files import Kept
from ofrecord.kernel.calendar import Month
from ofrecord.machine.postgres import SUPERUSER, database_url
from support.ground import Ground

ROOT = Path(__file__).parents[2]
WHAT: dict[str, object] = {"partners": 16, "program": "plain"}
# In place of the script of that name: it says what is asked of it, and goes no further.
ENVIRONMENT = """
root=$(dirname -- "$0")/..
say() { printf '%s\\n' "$*" >&2; }
make_environment() { say "made for $1"; exit 3; }
"""


def bench(folder: Path, *words: str) -> tuple[int, str]:
    (folder / "bin").mkdir(exist_ok=True)
    shutil.copy(ROOT / "bin" / "bench", folder / "bin")
    (folder / "bin" / "environment.sh").write_text(ENVIRONMENT)
    command = ["sh", str(folder / "bin" / "bench"), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("what", ["settle", "close", "touched", "preview"])
def test_what_is_measured_against_is_installed_first(what: str, tmp_path: Path) -> None:
    assert bench(tmp_path, what) == (3, "made for test\n")


def test_each_measurement_is_offered_the_words_that_it_takes(tmp_path: Path) -> None:
    code, said = bench(tmp_path)
    assert (code, said.splitlines()) == (
        2,
        ["bin/bench settle|close [--lines N] [--json]", "bin/bench touched|preview [--lines N]"],
    )


def test_closed_months_are_written_as_the_database_wants_them(ground: Ground, committed_db: str) -> None:
    url = database_url(ground.socket, SUPERUSER, ground.superuser_password, committed_db)
    preview_ground.post(url, [(Month(2009, 4), Kept("book", "0" * 64, 5))], 4)
    with psycopg.connect(url) as connection:
        found = connection.execute("select carried_sha256, lines from settlement_closedmonth").fetchall()
    assert found == [("", 5)]


def test_only_a_ground_that_was_made_whole_is_measured(tmp_path: Path) -> None:
    assert not preview_ground.is_made(tmp_path / "new", WHAT)
    assert not preview_ground.is_made(tmp_path, WHAT)
    (tmp_path / "books").mkdir()
    with pytest.raises(SystemExit, match="is not whole"):
        preview_ground.is_made(tmp_path, WHAT)
    preview_ground.say_made(tmp_path, WHAT)
    assert preview_ground.is_made(tmp_path, WHAT)
    with pytest.raises(SystemExit, match="is of 16 partners, plain program; this measures 80 partners"):
        preview_ground.is_made(tmp_path, {**WHAT, "partners": 80})
