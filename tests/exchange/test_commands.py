"""`ofrecord rates`, as a person at a terminal has it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import story
from support.ground import Ground

HERE = Path(__file__).parent
HISTORY = HERE / "eurofxref-hist.csv"


@pytest.fixture
def environment(ground: Ground, committed_db: str, tmp_path: Path) -> dict[str, str]:
    """An installation on 12 October 2026."""
    story.begin("2026-10-12")
    return os.environ | {
        "DATABASE_URL": ground.app_url(committed_db),
        "OFRECORD_DATA": str(tmp_path),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }


def ofrecord(environment: dict[str, str], *words: str) -> tuple[int, list[str], list[str]]:
    command = [sys.executable, "-P", "-m", "ofrecord.commands", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_a_publication_is_imported_corrected_and_shown(environment: dict[str, str], tmp_path: Path) -> None:
    assert ofrecord(environment, "rates", "show") == (0, ["No rate is known."], [])
    assert ofrecord(environment, "rates", "import", str(HISTORY)) == (
        0,
        ["17 rates are new, 0 were known."],
        [],
    )
    assert ofrecord(environment, "rates", "import", str(HERE / "eurofxref-daily.xml")) == (
        0,
        ["0 rates are new, 4 were known."],
        [],
    )
    other = tmp_path / "other.csv"
    other.write_text(HISTORY.read_text().replace("1.0853", "1.0835"))
    code, said, why = ofrecord(environment, "rates", "import", str(other))
    assert (code, said, why) == (
        1,
        [],
        [
            "2026-10-09 USD: 1.0853 is known, 1.0835 is given",
            "Nothing was recorded. If the file is right, import it with --correct.",
        ],
    )
    assert ofrecord(environment, "rates", "import", str(other), "--correct")[1] == [
        "0 rates are new, 16 were known.",
        "1 were corrected:",
        "  2026-10-09 USD: 1.0853 is known, 1.0835 is given",
    ]
    assert ofrecord(environment, "rates", "show")[1] == [
        "2026-10-09  1 EUR = 0.9381 CHF",
        "2010-12-31  1 EUR = 15.6466 EEK",
        "2026-10-09  1 EUR = 0.8512 GBP",
        "2026-10-09  1 EUR = 163.21 JPY",
        "2026-10-09  1 EUR = 1.0835 USD",
    ]
    assert (
        ofrecord(environment, "rates", "show", "--day", "2026-10-08")[1][-1]
        == "2026-10-08  1 EUR = 1.0841 USD"
    )


def test_a_file_that_is_no_publication_is_refused_with_every_fault(
    environment: dict[str, str], tmp_path: Path
) -> None:
    faulty = tmp_path / "faulty.csv"
    faulty.write_text("Date,USD,\n2026-10-13,1.1,\n2026-10-09,about one,\n")
    code, said, why = ofrecord(environment, "rates", "import", str(faulty))
    assert (code, said) == (1, [])
    assert why == [
        f"{faulty}: line 2: 13 October 2026 is after today, 12 October 2026",
        f"{faulty}: line 3, USD: 'about one' is no rate; write it like 1.0853, with at most 10 decimals",
        "2 faults; nothing was recorded.",
    ]
    missing = ofrecord(environment, "rates", "import", str(tmp_path / "none.csv"))
    assert missing == (
        1,
        [],
        [f"{tmp_path / 'none.csv'}: This file cannot be read: no such file or directory."],
    )
    assert ofrecord(environment, "rates", "import", str(faulty), "--through", "May")[0] == 2
    assert ofrecord(environment, "rates", "show")[1] == ["No rate is known."]
