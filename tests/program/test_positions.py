"""Where things stand: in inline tables, in lists over several lines, after text that is not ASCII, stated twice."""

import tomllib

import pytest

from ofrecord.program.positions import Path, path_text, read_positions, without_repeated

TEXT = """\
[program]
title = "Größe"  # é
a.b.c = 1
"quoted key" = { x = 1, "y z" = [ { q = 2 }, { q = 3 } ] }

[offers.suite]
prices = [
  # the first
  { region = "US", price = "1.00 USD" },
  { region = "GB",
    price = "2.00 USD" },
]

[[examples]]
says = \"\"\"two
lines\"\"\"
[[examples]]
says = "é", x = 1
[examples.story]
seats = 5
"""

PLACES: list[tuple[Path, tuple[int, int], tuple[int, int]]] = [
    (("program",), (1, 2), (1, 2)),
    (("program", "title"), (2, 1), (2, 9)),
    (("program", "a", "b", "c"), (3, 1), (3, 9)),
    (("program", "quoted key", "x"), (4, 18), (4, 22)),
    (("program", "quoted key", "y z", 1, "q"), (4, 48), (4, 52)),
    (("offers", "suite", "prices", 0, "price"), (9, 20), (9, 28)),
    (("offers", "suite", "prices", 1, "price"), (11, 5), (11, 13)),
    (("examples", 0, "says"), (15, 1), (15, 8)),
    (("examples", 1, "story", "seats"), (20, 1), (20, 9)),
]


@pytest.mark.parametrize(
    ("path", "key", "value"), PLACES, ids=lambda p: path_text(p) if p and isinstance(p[0], str) else ""
)
def test_places(path: Path, key: tuple[int, int], value: tuple[int, int]) -> None:
    positions = read_positions(TEXT.replace(", x = 1\n[", "\n[").encode())
    assert positions.of_key(path) == key
    assert positions.of_value(path) == value


def test_what_is_not_there_stands_where_its_table_stands() -> None:
    positions = read_positions(TEXT.encode())
    assert positions.of_key(("offers", "suite", "title")) == (6, 2)
    assert positions.of_value(("nothing", "at", "all")) == (1, 1)


def test_columns_count_characters() -> None:
    positions = read_positions('a = { "ééé" = 1, b = 2 }\r\nc = 3\r\n'.encode())
    assert positions.of_key(("a", "b")) == (1, 18)
    assert positions.of_key(("c",)) == (2, 1)


def test_paths_are_written_as_a_person_reads_them() -> None:
    assert path_text(("examples", 0, "pays", "year 1")) == 'examples[1].pays."year 1"'
    assert path_text(("fees", "first-year")) == "fees.first-year"


REPEATED = """\
[a]
x = 1
y = { p = 1, q = 2, p = 3 }
x = 2
[b]
z = 1
[a]
x = 3
w.v = 1
[c]
w.v = 2
w.v = 3
"""


def test_names_stated_twice_are_all_found_and_can_be_left_out() -> None:
    positions = read_positions(REPEATED.encode())
    found = [(path_text(r.path), r.place, r.first) for r in positions.repeated]
    assert found == [
        ("a.y.p", (3, 21), (3, 7)),
        ("a.x", (4, 1), (2, 1)),
        ("a", (7, 2), (1, 2)),
        ("c.w.v", (12, 1), (11, 1)),
    ]
    once = without_repeated(REPEATED.encode(), positions)
    assert len(once) == len(REPEATED)
    assert tomllib.loads(once.decode()) == {
        "a": {"x": 1, "y": {"p": 1, "q": 2}},
        "b": {"z": 1},
        "c": {"w": {"v": 2}},
    }


def test_a_list_of_tables_repeats_no_name() -> None:
    assert read_positions(b"[[a]]\nx=1\n[a.b]\ny=1\n[[a]]\nx=1\n[a.b]\ny=2\n").repeated == []
    assert read_positions(b"[a.b]\nx=1\n[a]\ny=1\n[a.c]\nx=1\n").repeated == []
