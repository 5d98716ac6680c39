"""Where in the text each key and value stands, and which are stated twice.

`tomllib` gives values without their places and stops at the first name that is stated twice; the syntax tree
knows both. The values themselves are always `tomllib`'s.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
Place = tuple[int, int]

TOML: Final = Language(tree_sitter_toml.language())
HEADERS: Final = ("table", "table_array_element")
KEYS: Final = ("bare_key", "quoted_key", "dotted_key")
NO_VALUES: Final = (*KEYS, "comment", "ERROR")
BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def path_text(path: Path) -> str:
    """The path as a person reads it: `examples[1].pays."year 1"`, lists counted from 1."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            word = part if part and BARE.issuperset(part) else f'"{part}"'
            text += f".{word}" if text else word
    return text


@dataclass(frozen=True, slots=True)
class Repeated:
    """A name stated a second time, and the bytes to leave out to read the rest."""

    path: Path
    place: Place
    first: Place
    start: int
    end: int


@dataclass(slots=True)
class Positions:
    """The places of keys and values by path."""

    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    repeated: list[Repeated] = field(default_factory=list)

    def has(self, path: Path) -> bool:
        return path in self.keys or path in self.values

    def of_key(self, path: Path) -> Place:
        """Where the key stands; for one that is not there, where the table it belongs in stands."""
        return self._nearest(path, self.keys, self.values)

    def of_value(self, path: Path) -> Place:
        """Where the value stands; for one that is not there, where the table it belongs in stands."""
        return self._nearest(path, self.values, self.keys)

    def _nearest(self, path: Path, wanted: dict[Path, Place], other: dict[Path, Place]) -> Place:
        while path:
            if found := wanted.get(path) or other.get(path):
                return found
            path = path[:-1]
        return (1, 1)


def read_positions(source: bytes) -> Positions:
    """Walks the syntax tree; what is no TOML is passed over, `tomllib` says what is wrong with it."""
    reader = _Walk(source)
    for node in Parser(TOML).parse(source).root_node.named_children:
        reader.statement(node)
    return reader.positions


def without_repeated(source: bytes, positions: Positions) -> bytes:
    """The text with every repeated name blanked out, lines and columns unmoved."""
    text = bytearray(source)
    for repeated in positions.repeated:
        for index in range(repeated.start, repeated.end):
            if text[index] not in b"\r\n":
                text[index] = ord(" ")
    return bytes(text)


class _Walk:
    """One walk over one text."""

    def __init__(self, source: bytes) -> None:
        # The places in each line of the bytes that continue a character: the tree counts them, people do not.
        self.continued = [_continuations(line) for line in source.split(b"\n")]
        self.positions = Positions()
        self.lists: dict[Path, int] = {}

    def statement(self, node: Node) -> None:
        """A pair before the first header, or a header with its pairs."""
        if node.type == "pair":
            self.pair((), node)
        elif node.type in HEADERS:
            self.header(node)

    def header(self, node: Node) -> None:
        key = _key_of(node)
        if key is None:
            return
        path = self.resolved(tuple(_words(key)))
        for length in range(1, len(path)):
            self.positions.keys.setdefault(path[:length], self.place(key))
        if node.type == "table_array_element":
            number = self.lists.get(path, 0)
            self.lists[path] = number + 1
            self.positions.keys.setdefault(path, self.place(key))
            path = (*path, number)
        elif not self.first_time(path, key, node.start_byte, node.end_byte):
            return
        self.positions.keys[path] = self.place(key)
        for child in node.named_children:
            if child.type == "pair":
                self.pair(path, child)

    def resolved(self, words: Path) -> Path:
        """The path with the number of the current element after every list of tables that it goes through."""
        path: Path = ()
        for number, word in enumerate(words):
            path = (*path, word)
            if number < len(words) - 1 and path in self.lists:
                path = (*path, self.lists[path] - 1)
        return path

    def pair(self, within: Path, node: Node) -> None:
        key = _key_of(node)
        value = next((child for child in node.named_children if child.type not in NO_VALUES), None)
        if key is None or value is None:
            return
        path = (*within, *_words(key))
        if self.first_time(path, key, _start_with_comma(node), node.end_byte):
            for length in range(len(within) + 1, len(path) + 1):
                self.positions.keys.setdefault(path[:length], self.place(key))
            self.value(path, value)

    def first_time(self, path: Path, key: Node, start: int, end: int) -> bool:
        """Whether the name is stated for the first time; passing through a table does not count."""
        first = self.positions.values.get(path)
        if first is None:
            self.positions.values[path] = self.place(key)
            return True
        at = self.positions.keys.get(path, first)
        self.positions.repeated.append(Repeated(path, self.place(key), at, start, end))
        return False

    def value(self, path: Path, node: Node) -> None:
        self.positions.values[path] = self.place(node)
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self.pair(path, child)
        elif node.type == "array":
            elements = [child for child in node.named_children if child.type not in NO_VALUES]
            for number, child in enumerate(elements):
                self.value((*path, number), child)

    def place(self, node: Node) -> Place:
        """Line and column in characters, counted from 1; the tree counts bytes."""
        row, column = node.start_point
        return row + 1, column - bisect_left(self.continued[row], column) + 1


def _continuations(line: bytes) -> list[int]:
    return [] if line.isascii() else [index for index, byte in enumerate(line) if byte & 0xC0 == 0x80]


def _key_of(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type in KEYS), None)


def _words(key: Node) -> Iterator[str]:
    """The words of a dotted key, from the left; the tree nests them as deep as there are words."""
    words = []
    node: Node | None = key
    while node is not None and node.type == "dotted_key":
        words.append(node.named_children[-1])
        node = node.named_children[0] if node.named_child_count > 1 else None
    if node is not None:
        words.append(node)
    return (_word(word) for word in reversed(words))


def _word(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "replace")
    if node.type != "quoted_key":
        return text
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text


def _start_with_comma(node: Node) -> int:
    """Where to begin leaving a pair out: inside an inline table the comma before it goes too."""
    before = node.prev_sibling
    return before.start_byte if before is not None and before.type == "," else node.start_byte
