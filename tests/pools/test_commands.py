"""`ofrecord pool`, as a person at a terminal has it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import story
from support.ground import Ground


@pytest.fixture
def environment(ground: Ground, committed_db: str, tmp_path: Path) -> dict[str, str]:
    """An installation on 5 November 2009, whose program has the pool advertising."""
    whole = story.FIRST_READING.read_text()
    document = tmp_path / "with-a-pool.toml"
    document.write_text(whole.replace("[program]\n", '[program]\npools = ["advertising"]\n', 1))
    story.begin("2009-11-05", document)
    return os.environ | {
        "DATABASE_URL": ground.app_url(committed_db),
        "OFRECORD_DATA": str(tmp_path),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }


def ofrecord(environment: dict[str, str], *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-P", "-m", "ofrecord.commands", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_amounts_are_recorded_taken_out_and_shown(environment: dict[str, str]) -> None:
    assert ofrecord(environment, "pool", "show") == (0, "Nothing was pooled.", "")
    put = ("pool", "record", "advertising", "2009-10", "48000.00 USD", "--reason", "revenue of October")
    assert ofrecord(environment, *put) == (
        0,
        "The pool advertising holds 48,000.00 USD of October 2009.",
        "",
    )
    taken_out = ("pool", "record", "--reason", "counted twice", "--", "advertising", "2009-10", "-500.50 USD")
    assert ofrecord(environment, *taken_out)[1] == "The pool advertising holds 47,499.50 USD of October 2009."
    assert ofrecord(environment, "pool", "show")[1] == "2009-10  advertising  47,499.50 USD"


def test_what_is_refused_ends_with_one_and_what_is_not_understood_with_two(
    environment: dict[str, str],
) -> None:
    code, said, why = ofrecord(
        environment, "pool", "record", "advertising", "2009-03", "1.00 USD", "--reason", "early"
    )
    assert (code, said) == (1, "")
    assert why == (
        "Nothing was pooled in March 2009: the program took effect on 1 April 2009. "
        "Choose April 2009 or a later month."
    )
    assert ofrecord(environment, "pool", "record", "advertising", "2009-10", "1.00", "--reason", "x")[0] == 2
    assert ofrecord(environment, "pool", "record", "advertising", "2009-10", "1.00 USD")[0] == 2
    assert ofrecord(environment, "pool", "show")[1] == "Nothing was pooled."
