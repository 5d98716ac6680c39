"""`ofrecord program` at the command line."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ofrecord.commands.program import add_to

from .documents import PROGRAMS, SMALL

OTHERS = Path(__file__).parent / "others"

app = typer.Typer()
add_to(app)


def test_check_says_what_the_examples_pay() -> None:
    result = CliRunner().invoke(app, ["program", "check", str(PROGRAMS / "online-services-2009-18.toml")])
    assert result.exit_code == 0
    assert "Online Services Partner Program, version 2009.1-18: no fault in 3 clauses." in result.output
    assert "Fifty users for three years: year 1 1,620.00 USD, year 2 540.00 USD" in result.output


def test_check_says_whom_the_examples_pay() -> None:
    result = CliRunner().invoke(app, ["program", "check", str(OTHERS / "hosting-franchise.toml")])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    at = lines.index("  Two hosts, each with a customer of its own")
    assert lines[at + 1 :] == ["    to Fabrikam: total 2,550.00 EUR", "    to Contoso: total 850.00 EUR"]
    at = lines.index("  A host with a large customer: total 5,900.00 EUR")
    assert lines[at + 1] == "    to Fabrikam: total 6,500.00 EUR"


def test_check_lists_every_fault_and_ends_with_1(tmp_path: Path) -> None:
    file = tmp_path / "program.toml"
    file.write_text(SMALL.replace('"12%"', '"112%"').replace('"90 days"', "90"))
    result = CliRunner().invoke(app, ["program", "check", str(file)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.split("\n")[:3] == [
        f'{file}:7:13 program.notice: This is the number 90. Write a number of days, like "90 days".',
        f"{file}:28:8 fees.first-year.rate: 112% is more than the whole. A rate is at most 100%.",
        "2 faults.",
    ]


def test_what_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "absent.toml"):
        result = CliRunner().invoke(app, ["program", "check", str(file)])
        assert result.exit_code == 1
        assert f"{file}: This file cannot be read" in result.stderr


@pytest.mark.parametrize(("format_name", "begins"), [("md", '<a id="guide">'), ("html", "<!doctype html>")])
def test_guide_writes_both_forms(format_name: str, begins: str) -> None:
    file = str(PROGRAMS / "online-services-2009.toml")
    result = CliRunner().invoke(app, ["program", "guide", file, "--format", format_name])
    assert result.exit_code == 0
    assert result.stdout.startswith(begins)
    assert "1,080.00 USD" in result.stdout


def test_a_document_is_checked_without_a_web_framework_or_a_database() -> None:
    """Not even through a third file."""
    code = (
        "import sys, ofrecord.flows.check_program, ofrecord.program.guide_html, ofrecord.program.guide_markdown\n"
        "found = [name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg')]\n"
        "sys.exit(f'{found}' if found else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
