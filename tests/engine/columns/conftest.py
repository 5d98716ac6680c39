"""What several tests of columns stand on."""

import hashlib
from pathlib import Path

import pytest
from bench.settle import data, told
from tests.support.benched import LINES


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the facts that the benchmark makes, few of them."""
    folder = tmp_path_factory.mktemp("facts")
    program = Path(told.__file__).with_name("program.toml")
    data.write(folder, LINES, hashlib.sha256(program.read_bytes()).hexdigest())
    return folder
