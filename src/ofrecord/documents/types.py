"""A statement with everything that stands on its paper."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ofrecord.kernel.money import Money
from ofrecord.settlement.types import Figures
from ofrecord.statements.types import NamedLine, StatementCard


class Form(StrEnum):
    """How a statement is handed out; the value ends the file's name."""

    PDF = "pdf"
    XLSX = "xlsx"

    @property
    def noun(self) -> str:
        return _NOUNS[self]

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_NOUNS = {Form.PDF: "a PDF", Form.XLSX: "a workbook"}
_MEDIA_TYPES = {
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Version:
    """A program version under which lines were worked out, and the hash of its document."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """A statement with all of its lines, its two parties, and the versions that govern the lines."""

    vendor: str
    partner: str
    partner_number: str
    card: StatementCard
    issued: date
    lines: tuple[NamedLine, ...]
    versions: tuple[Version, ...]

    @property
    def number(self) -> str:
        """ "P-4F8TW2ZC/2026-10/USD": a partner has one statement a month and currency."""
        return f"{self.partner_number}/{self.card.month}/{self.currency}"

    @property
    def currency(self) -> str:
        return self.figures.currency

    @property
    def figures(self) -> Figures:
        return self.card.figures

    @property
    def new(self) -> tuple[NamedLine, ...]:
        """The lines that correct nothing."""
        return tuple(named for named in self.lines if not named.booked.line.is_correction)

    @property
    def corrections(self) -> tuple[NamedLine, ...]:
        """The lines that correct others, beside each other where they correct the same one."""
        found = (named for named in self.lines if named.booked.line.is_correction)
        return tuple(sorted(found, key=lambda named: (named.booked.line.corrects, named.id)))


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with what it is."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """What one clause of a version adds to a statement; `title` says so where no clause applies."""

    title: str
    version: str
    lines: int
    amount: Money


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What is kept back of how many lines until a day."""

    release: date
    lines: int
    amount: Money


@dataclass(frozen=True, slots=True)
class File:
    """A file to take along."""

    name: str
    media_type: str
    content: bytes
