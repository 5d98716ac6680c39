"""The files that come along with the story."""

from importlib.resources import files
from typing import Final

# Sample figures in the layout of the European Central Bank; nobody published them.
SAMPLE_RATES: Final = "sample-exchange-rates.csv"


def packaged(name: str) -> bytes:
    """The very bytes of a file of this room."""
    return files("ofrecord.demonstration").joinpath(name).read_bytes()
