"""What is not kept is gone with whoever wrote it, however it ended."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ofrecord.engine.files import keep_written
from ofrecord.engine.scratch import scratch
from ofrecord.engine.storage import Remote

AT_WORK = """
import sys, time
from pathlib import Path
from ofrecord.engine.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "spilled").write_text("much")
    print(folder, flush=True)
    time.sleep(60)
"""


def at_work(inside: Path) -> "tuple[subprocess.Popen[str], Path]":
    process = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(inside)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_the_folder_is_gone_when_it_is_left(tmp_path: Path) -> None:
    with scratch(tmp_path) as one, scratch(tmp_path) as other:
        assert one != other
        assert one.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ZeroDivisionError), scratch(tmp_path):
        _ = 1 / 0
    assert not [*tmp_path.iterdir()]


def test_what_a_killed_process_left_is_removed_by_the_next_one_and_nothing_else(tmp_path: Path) -> None:
    process, left = at_work(tmp_path)
    try:
        with scratch(tmp_path):
            assert (left / "spilled").exists(), "somebody works with it"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (left / "spilled").exists()
        with scratch(tmp_path):
            assert not left.exists()
    finally:
        process.kill()
        process.wait()


def test_what_belongs_to_a_store_is_put_aside_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch(Remote("memory://books")) as folder:
        assert folder.parent == tmp_path


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def write(path: Path) -> int:
        path.write_bytes(b"half")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        keep_written(tmp_path / "2009-04", "book", write)
    assert not [*(tmp_path / "2009-04").iterdir()]
