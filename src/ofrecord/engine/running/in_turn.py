"""Parquet files one after the other as one file: their groups of rows are copied as they are, and not read.

A Parquet file is groups of rows and, at its end, a footer that says where each column of each group lies. Copied behind
other groups, a group is the same but for these places, so that the footer alone is written anew. It is in the compact
protocol of Thrift; the numbers of its fields are those of the format's specification (apache/parquet-format,
`parquet.thrift`).
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

MAGIC: Final = b"PAR1"
# Behind a footer stand how long it is, and the magic.
_TAIL: Final = 4 + len(MAGIC)

# The kinds of values in the compact protocol. A truth that is a field is its kind, and has no bytes.
_TRUTHS, _NUMBERS, _BINARY, _LISTS, _STRUCT = (1, 2), (4, 5, 6), 8, (9, 10), 12
_WIDTHS: Final[Mapping[int, int]] = {1: 0, 2: 0, 3: 1, 7: 8}
# So long a list says how many values it has by itself.
_MANY: Final = 15

# What is another in a group that lies elsewhere, by the numbers of fields: places in the file, and its turn among the
# groups. An index of pages stands outside of the footer, and names places itself.
_PLACE, _TURN, _INDEX = "place", "turn", "index"
_CHUNK: Final[Mapping[int, Any]] = {9: _PLACE, 10: _PLACE, 11: _PLACE, 14: _PLACE}
_COLUMN: Final[Mapping[int, Any]] = {2: _PLACE, 3: _CHUNK, 4: _INDEX, 6: _INDEX}
_GROUP: Final[Mapping[int, Any]] = {1: _COLUMN, 5: _PLACE, 7: _TURN}
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4


class NotAlike(ValueError):
    """A part cannot be joined as it is: it has other columns than the first, or an index of pages, or is cut off."""


def join(parts: Iterable[Path], path: Path) -> int:
    """Writes the rows of all parts, one after the other, as one file; how many. There must be a part.

    A part is asked for once those before it are copied. Raises NotAlike.
    """
    first: _Footer | None = None
    rows, groups, written = 0, 0, bytearray()
    with path.open("wb") as file:
        file.write(MAGIC)
        for part in parts:
            with part.open("rb") as source:
                footer = _Footer.read(source)
                first = first or footer
                if footer.schema != first.schema:
                    raise NotAlike(f"{part.name} has other columns than the parts before it.")
                written += footer.moved(by=file.tell() - len(MAGIC), behind=groups)
                rows, groups = rows + footer.rows, groups + footer.groups
                source.seek(len(MAGIC))
                _copy(source, file, footer.begins - len(MAGIC))
        if first is None:
            raise ValueError("There is no part.")
        footer_bytes = first.with_groups(rows, groups, bytes(written))
        file.write(footer_bytes + len(footer_bytes).to_bytes(4, "little") + MAGIC)
    return rows


def _copy(source: BinaryIO, file: BinaryIO, size: int) -> None:
    while size > 0:
        some = source.read(min(size, 1 << 20))
        if not some:
            raise EOFError("A part is shorter than its footer says.")
        size -= file.write(some)


@dataclass(frozen=True, slots=True)
class _Footer:
    """The footer of a file: its bytes, where they begin in it, and where in them the value of each field stands."""

    content: bytes
    begins: int
    fields: Mapping[int, tuple[int, int]]

    @classmethod
    def read(cls, source: BinaryIO) -> "_Footer":
        source.seek(-_TAIL, os.SEEK_END)
        end = source.tell()
        begins = end - int.from_bytes(source.read(4), "little")
        if source.read(len(MAGIC)) != MAGIC:
            raise NotAlike("A part is no whole Parquet file.")
        source.seek(begins)
        content = source.read(end - begins)
        walk, fields = _Walk(content), dict[int, tuple[int, int]]()
        field = 0
        while found := walk.field(field):
            field, kind = found
            before = walk.at
            walk.skip(kind)
            fields[field] = before, walk.at
        return cls(content, begins, fields)

    @property
    def schema(self) -> bytes:
        begins, ends = self.fields[_SCHEMA]
        return self.content[begins:ends]

    @property
    def rows(self) -> int:
        return _Walk(self.content, self.fields[_ROWS][0]).number()

    @property
    def groups(self) -> int:
        return _Walk(self.content, self.fields[_GROUPS][0]).size()[0]

    def moved(self, by: int, behind: int) -> bytes:
        """The groups one after the other as they are so many bytes further on, behind so many others."""
        walk = _Moving(self.content, self.fields[_GROUPS][0], by=by, turn=behind)
        count, _ = walk.size()
        walk.copied = walk.at
        for _ in range(count):
            walk.struct(_GROUP)
            walk.turn += 1
        return walk.written()

    def with_groups(self, rows: int, groups: int, content: bytes) -> bytes:
        """The footer with other rows, in other groups."""
        (rows_from, rows_to), (groups_from, groups_to) = self.fields[_ROWS], self.fields[_GROUPS]
        between = self.content[rows_to:groups_from]
        size = bytes([_MANY << 4 | _STRUCT]) + _varint(groups)
        head = self.content[:rows_from] + _zigzag(rows) + between + size
        return head + content + self.content[groups_to:]


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def _zigzag(value: int) -> bytes:
    """A number of 64 bits, such that small ones are short also where they are negative."""
    return _varint(value << 1 if value >= 0 else (-value << 1) - 1)


class _Walk:
    """Walks through values in the compact protocol."""

    def __init__(self, content: bytes, at: int = 0) -> None:
        self.content, self.at = content, at

    def varint(self) -> int:
        value, shift = 0, 0
        while True:
            byte = self.content[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def number(self) -> int:
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def field(self, last: int) -> tuple[int, int] | None:
        """The number and the kind of the next field; None at the end of the structure."""
        header = self.content[self.at]
        self.at += 1
        if header == 0:
            return None
        return (last + (header >> 4) if header >> 4 else self.number()), header & 15

    def size(self) -> tuple[int, int]:
        """How many values a list has, and their kind."""
        header = self.content[self.at]
        self.at += 1
        many = header >> 4
        return (self.varint() if many == _MANY else many), header & 15

    def skip(self, kind: int) -> None:
        """Past a value of a field."""
        if kind in _NUMBERS:
            while self.content[self.at] > 127:
                self.at += 1
            self.at += 1
        elif kind == _BINARY:
            length = self.varint()
            self.at += length
        elif kind in _LISTS:
            self._skip_list()
        elif kind == _STRUCT:
            field = 0
            while found := self.field(field):
                field, inner = found
                self.skip(inner)
        elif kind in _WIDTHS:
            self.at += _WIDTHS[kind]
        else:
            raise NotAlike(f"A part has a value of the kind {kind}, which no footer has.")

    def _skip_list(self) -> None:
        count, kind = self.size()
        if kind in _TRUTHS:
            self.at += count
            return
        for _ in range(count):
            self.skip(kind)


class _Moving(_Walk):
    """Walks through groups of rows and writes them with other places."""

    def __init__(self, content: bytes, at: int, *, by: int, turn: int) -> None:
        super().__init__(content, at)
        self.by, self.turn, self.copied = by, turn, at
        self._written = bytearray()

    def written(self) -> bytes:
        return bytes(self._written + self.content[self.copied : self.at])

    def struct(self, shape: Mapping[int, Any]) -> None:
        field = 0
        while found := self.field(field):
            field, kind = found
            self._value(kind, shape.get(field))

    def _value(self, kind: int, what: Any) -> None:
        if what is None:
            self.skip(kind)
        elif what == _INDEX:
            raise NotAlike("A part has an index of pages, which names places in its own file.")
        elif what in (_PLACE, _TURN):
            self._number(what)
        elif kind in _LISTS:
            count, _ = self.size()
            for _ in range(count):
                self.struct(what)
        else:
            self.struct(what)

    def _number(self, what: str) -> None:
        before = self.at
        value = self.number()
        # No column begins at nothing: it says that it is not said.
        own = self.turn if what == _TURN else value + self.by if value else 0
        self._written += self.content[self.copied : before] + _zigzag(own)
        self.copied = self.at
