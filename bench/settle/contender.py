"""One contender, in a process of its own: says the seconds that it took, the memory that it needed and its stages."""

import argparse
import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Final

MODULES: Final = {
    "ofrecord": "bench.settle.ours",
    "duckdb": "bench.settle.limit",
    "polars": "bench.settle.in_polars",
    "pandas": "bench.settle.in_pandas",
    "judge": "bench.settle.judged",
}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("name", choices=MODULES)
    words.add_argument("folder", type=Path)
    words.add_argument("book", type=Path)
    words.add_argument("terms_sha256")
    words.add_argument("through")
    words.add_argument("memory")
    asked = words.parse_args()
    settle = importlib.import_module(MODULES[asked.name]).settle
    began = time.perf_counter()
    stages = settle(asked.folder, asked.book, asked.terms_sha256, asked.through, asked.memory)
    took = time.perf_counter() - began
    print(json.dumps({"seconds": round(took, 2), "peak_mb": peak_mb(), "stages": stages}))  # noqa: T201


def peak_mb() -> int:
    """The most memory that this process had; what the process that began it had is not counted, where one can tell."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) // 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
