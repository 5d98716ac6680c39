"""Times a settlement of generated facts: our engine, one query by hand, polars, pandas; and compares their books.

The contenders run one after the other, each in a process of its own, from the same Parquet files to one Parquet file
of their own; the files were read once before, so that all find them in the system's cache.
"""

import argparse
import hashlib
import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.settle import compare, data
from bench.settle.contender import MODULES

ALWAYS: Final = ("ofrecord", "duckdb", "polars", "pandas")
PROGRAM: Final = Path(__file__).with_name("program.toml")
Found = dict[str, Any]


def main() -> None:
    asked = _asked()
    with _scratch(asked.folder) as folder:
        found = measure(folder, asked.lines, asked.only, asked.memory)
    if asked.json:
        print(json.dumps(found))  # noqa: T201
    else:
        for name, value in found.items():
            print(f"{name}: {value}")  # noqa: T201
    if not found["identical"]:
        sys.exit(1)


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="bin/bench settle", description=__doc__)
    words.add_argument("--lines", type=int, default=1_000_000, help="invoice lines of 24 months")
    words.add_argument("--json", action="store_true", help="one line of JSON")
    words.add_argument(
        "--only", type=lambda text: text.split(","), default=list(ALWAYS), help=", ".join(MODULES)
    )
    words.add_argument("--memory", default="2GB", help="the limit of our engine, and of the query by hand")
    words.add_argument(
        "--folder", type=Path, help="kept, with data and books; the data is made once for all runs"
    )
    asked = words.parse_args()
    unknown = [name for name in asked.only if name not in MODULES]
    if unknown or asked.lines < 1:
        words.error(f"contenders are {', '.join(MODULES)}; there is at least one line")
    return asked


@contextmanager
def _scratch(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="bench-settle-") as made:
        yield Path(made)


def measure(folder: Path, lines: int, names: list[str], memory: str) -> Found:
    """Makes the data where it is not there yet, lets every contender run, and compares."""
    sha256 = hashlib.sha256(PROGRAM.read_bytes()).hexdigest()
    facts = folder / f"facts-{lines}-{sha256[:8]}"
    if not facts.exists():
        made = folder / f".{facts.name}"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        _apart(data.write, made, lines, sha256)
        made.rename(facts)
    runs, books = {}, {}
    for name in names:
        _warm(facts)
        books[name] = folder / f"{name}.parquet"
        runs[name] = _run(name, facts, books[name], sha256, memory)
    others = _apart(compare.differing, books, memory, folder / "compared")
    return _summed_up(lines, facts, runs, books) | {"identical": not others}


def _apart(work: Any, *given: Any) -> Any:
    """Done in another process, so that its memory is free again when contenders run."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def _warm(folder: Path) -> None:
    for path in folder.rglob("*.parquet"):
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass


def _run(name: str, facts: Path, book: Path, sha256: str, memory: str) -> Found:
    """The contender's own figures. Its process ends with the run if it does not hold out."""
    command = [
        sys.executable,
        "-m",
        "bench.settle.contender",
        name,
        facts,
        book,
        sha256,
        data.THROUGH,
        memory,
    ]
    print(f"{name} …", file=sys.stderr)  # noqa: T201
    done = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} ended with {done.returncode}")
    found: Found = json.loads(done.stdout)
    return found


def _summed_up(lines: int, facts: Path, runs: dict[str, Found], books: dict[str, Path]) -> Found:
    found: Found = {"lines": lines}
    found |= {f"{name}_s": run["seconds"] for name, run in runs.items()}
    own = runs.get("ofrecord")
    if own is not None:
        found["peak_mb"] = own["peak_mb"]
        for name in ("duckdb", "polars", "pandas"):
            if name in runs:
                found[f"of_{name}"] = round(own["seconds"] / runs[name]["seconds"], 2)
        found["stages"] = own["stages"]
    found |= {f"{name}_peak_mb": run["peak_mb"] for name, run in runs.items()}
    found["facts_mb"] = sum(path.stat().st_size for path in facts.rglob("*.parquet")) // 2**20
    found |= {f"{name}_book_mb": path.stat().st_size // 2**20 for name, path in books.items()}
    return found


if __name__ == "__main__":
    main()
