"""Two kinds of rows that a list is drawn from: a queryset of PostgreSQL, and lines in memory (a book's).

Both answer the same questions in the same way, each with new rows, and understand the same paths:
"customer__name" follows a foreign key in the one and attributes in the other. Rows without a value come last,
however they are sorted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F, Model, Q, QuerySet
from django.db.models.functions import Lower

Row = TypeVar("Row")
CHUNK = 1000


@dataclass(frozen=True)
class StoredRows(Generic[Row]):
    """Rows of a queryset: every question becomes SQL. `tie` breaks ties, so that pages never overlap."""

    queryset: "QuerySet[Any]"
    tie: str = "pk"

    def having(self, words: Sequence[str], paths: Sequence[str]) -> "StoredRows[Row]":
        """The rows in which each word is found in one of the paths, whatever its case."""
        found = self.queryset
        for word in words:
            found = found.filter(reduce(Q.__or__, (Q(**{f"{path}__icontains": word}) for path in paths), Q()))
        return StoredRows(found, self.tie)

    def equal(self, path: str, value: str) -> "StoredRows[Row]":
        """The rows whose field, written as text, is `value`."""
        return StoredRows(self.queryset.filter(**{path: value}), self.tie)

    def between(self, path: str, first: date | None, last: date | None) -> "StoredRows[Row]":
        """The rows whose day lies between the two, both inside; None leaves that end open."""
        ends = {f"{path}__gte": first, f"{path}__lte": last}
        return StoredRows(self.queryset.filter(**{end: day for end, day in ends.items() if day}), self.tie)

    def ordered(self, path: str, is_descending: bool) -> "StoredRows[Row]":
        """The rows sorted by the path; text as in a register, whatever its case."""
        by = Lower(path) if _is_text(self.queryset.model, path) else F(path)
        if is_descending:
            return StoredRows(self.queryset.order_by(by.desc(nulls_last=True), F(self.tie).desc()), self.tie)
        return StoredRows(self.queryset.order_by(by.asc(nulls_last=True), F(self.tie).asc()), self.tie)

    def count(self, limit: int) -> int:
        """How many rows, counted no further than `limit`."""
        return self.queryset.order_by()[:limit].count()

    def cut(self, first: int, until: int) -> Sequence[Row]:
        """The rows `[first, until)`."""
        return list(self.queryset[first:until])

    def __iter__(self) -> Iterator[Row]:
        return iter(self.queryset.iterator(chunk_size=CHUNK))


@dataclass(frozen=True)
class HeldRows(Generic[Row]):
    """Rows that are already in memory. Their own order breaks ties."""

    lines: Sequence[Row]

    def having(self, words: Sequence[str], paths: Sequence[str]) -> "HeldRows[Row]":
        folded = [word.casefold() for word in words]

        def found(line: Row) -> bool:
            text = "\n".join(
                str(value) for path in paths if (value := _follow(line, path)) is not None
            ).casefold()
            return all(word in text for word in folded)

        return self._only(found)

    def equal(self, path: str, value: str) -> "HeldRows[Row]":
        return self._only(lambda line: str(_follow(line, path)) == value)

    def between(self, path: str, first: date | None, last: date | None) -> "HeldRows[Row]":
        def inside(line: Row) -> bool:
            day = _follow(line, path)
            return day is not None and (first or day) <= day <= (last or day)

        return self._only(inside)

    def ordered(self, path: str, is_descending: bool) -> "HeldRows[Row]":
        without = [line for line in self.lines if _follow(line, path) is None]
        having = [line for line in self.lines if _follow(line, path) is not None]
        return HeldRows(
            [*sorted(having, key=lambda line: _folded(_follow(line, path)), reverse=is_descending), *without]
        )

    def count(self, limit: int) -> int:
        return min(limit, len(self.lines))

    def cut(self, first: int, until: int) -> Sequence[Row]:
        return self.lines[first:until]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.lines)

    def _only(self, keep: Callable[[Row], bool]) -> "HeldRows[Row]":
        return HeldRows([line for line in self.lines if keep(line)])


Rows: TypeAlias = StoredRows[Row] | HeldRows[Row]
Dress: TypeAlias = Callable[[Sequence[Any]], Sequence[Row]]


def in_chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, some at a time."""
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def rows_of(source: "QuerySet[Any] | Sequence[Row]", tie: str = "pk") -> Rows[Row]:
    """The rows of a queryset or of a sequence."""
    return StoredRows(source, tie) if isinstance(source, QuerySet) else HeldRows(source)


def _follow(line: object, path: str) -> Any:
    """The attribute at the end of the path, None when something on the way is None."""
    for name in path.split("__"):
        if line is None:
            return None
        line = getattr(line, name)
    return line


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _is_text(model: type[Model], path: str) -> bool:
    """Whether the path ends at a column of text; what a query annotated is taken as it is."""
    *steps, last = path.split("__")
    try:
        for step in steps:
            related = model._meta.get_field(step).related_model
            assert isinstance(related, type), f"{step} of {path} leads to a row"
            model = related
        return isinstance(model._meta.get_field(last), CharField)
    except FieldDoesNotExist:
        return False
