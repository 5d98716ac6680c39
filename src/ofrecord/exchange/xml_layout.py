"""The layout of `eurofxref-daily.xml`: a Cube with a day holds a Cube with a rate for each currency.

Files of several days (`eurofxref-hist.xml`) are laid out alike. A document type is refused before anything of it is
read, and with it every entity: nothing is fetched, and nothing grows.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from xml.parsers import expat

from ofrecord.exchange.reading import Reading

ROOT: Final = "Envelope"
CUBE: Final = "Cube"
NAMESPACE_END: Final = " "
DEPTH: Final = 20


class _Refused(Exception):
    """The rest of the file is not read; the fault was noted."""


class _Element(NamedTuple):
    """An element that is open: whether it stands in a day, and in which where the day could be read."""

    in_a_day: bool
    day: date | None


@dataclass
class _Cubes:
    """Where in the file the parser is: the elements that are open, outermost first."""

    parser: expat.XMLParserType
    reading: Reading
    open: list[_Element] = field(default_factory=list)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(NAMESPACE_END)[2]
        if not self.open and local != ROOT:
            self._refuse(f"the file begins with {local[:40]!r}, not with {ROOT!r}")
        if len(self.open) == DEPTH:
            self._refuse(f"elements lie more than {DEPTH} deep in each other")
        element = self.open[-1] if self.open else _Element(False, None)
        if local == CUBE and "time" in attributes:
            element = _Element(True, self.reading.day(self._line, attributes["time"].strip()))
        elif local == CUBE and attributes:
            self._rate(element, attributes)
        self.open.append(element)

    def end(self, name: str) -> None:
        self.open.pop()

    def document_type(self, name: str, *_: object) -> None:
        self._refuse("the file declares a document type; a publication of rates has none")

    @property
    def _line(self) -> int:
        return self.parser.CurrentLineNumber

    def _refuse(self, says: str) -> None:
        self.reading.fault(self._line, says)
        raise _Refused

    def _rate(self, element: _Element, attributes: dict[str, str]) -> None:
        missing = [name for name in ("currency", "rate") if name not in attributes]
        if missing:
            self.reading.fault(self._line, f"a rate without its {missing[0]}")
        elif not element.in_a_day:
            self.reading.fault(self._line, "a rate outside of any day")
        elif element.day is not None and self.reading.currency(self._line, attributes["currency"]):
            currency, text = attributes["currency"], attributes["rate"].strip()
            self.reading.take(self._line, f"line {self._line}, {currency}", currency, element.day, text)


def read_xml(content: bytes, reading: Reading) -> None:
    """Reads the whole file; whatever cannot be taken is a fault with its line."""
    parser = expat.ParserCreate(namespace_separator=NAMESPACE_END)
    cubes = _Cubes(parser, reading)
    parser.StartElementHandler = cubes.begin
    parser.EndElementHandler = cubes.end
    parser.StartDoctypeDeclHandler = cubes.document_type
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        reading.fault(error.lineno, f"this is no XML: {expat.ErrorString(error.code)}")
    except _Refused:
        return
    except LookupError as error:
        reading.fault(1, f"the file's encoding is not known: {error}")
