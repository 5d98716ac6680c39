"""What is said of the engine, typed or in the environment, is refused in a sentence where it cannot be right."""

import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from ofrecord.commands.interrupting import interruptible
from ofrecord.engine.choice import AUTO, DUCKDB, SPARK, USUAL, Choice, require_installed, stated
from ofrecord.engine.refusals import (
    CredentialsInUrl,
    EngineUnknown,
    FolderUnclear,
    MasterUnclear,
    MemoryUnclear,
    SparkMissing,
    SparkUnreachable,
    StorageMissing,
)
from ofrecord.engine.running.spark import begun, require_answer
from ofrecord.engine.storage import Remote, folder_at, require_reachable
from ofrecord.flows.running_engine import running_engine

NO_AMOUNTS = (
    "nonsense",
    "",
    "0",
    "0GB",
    "1e3",
    "-5GB",
    "2",
    "GB",
    "80%",
    "1KB",
    "511MB",
    "2GB; SET threads=1",
    "٢GB",
)
AMOUNTS = ("2GB", "512MB", "1.5GB", "2 GB", "2gib", "488.3MiB", "1TiB")


def ofrecord(*words: str, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "-P", "-m", "ofrecord.commands", *words]
    apart = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "OFRECORD"))
    }
    done = subprocess.run(
        command, env=apart | environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize("memory", NO_AMOUNTS)
def test_what_is_no_amount_of_memory_is_refused_by_name(memory: str) -> None:
    with pytest.raises(MemoryUnclear) as refused:
        Choice(memory=memory)
    assert repr(memory) in str(refused.value)
    assert "such as 2GB or 512MB" in str(refused.value)


@pytest.mark.parametrize("memory", AMOUNTS)
def test_amounts_of_memory_are_taken(memory: str) -> None:
    assert Choice(memory=memory).memory == memory


@pytest.mark.parametrize("master", ["nonsense", "", "spark://", "local[", "http://host:7077"])
def test_what_is_no_master_is_refused_where_spark_is_asked_for(master: str) -> None:
    with pytest.raises(MasterUnclear, match="spark://HOST:7077"):
        Choice(SPARK, master)
    assert Choice(AUTO, master).name == AUTO


@pytest.mark.parametrize(
    "master", ["spark://a:7077,b:7077", "k8s://https://h:443", "yarn", "local", "local[*]"]
)
def test_masters_of_spark_are_taken(master: str) -> None:
    assert Choice(SPARK, master).master == master


def test_the_environment_says_what_is_not_typed() -> None:
    assert stated({}) == stated({"OFRECORD_ENGINE": "", "OFRECORD_ENGINE_MEMORY": ""}) == USUAL
    said = {
        "OFRECORD_ENGINE": "spark",
        "OFRECORD_SPARK_MASTER": "yarn",
        "OFRECORD_ENGINE_MEMORY": "4GB",
    }
    assert stated(said) == Choice(SPARK, "yarn", "4GB")


@pytest.mark.parametrize("name", ["foo", "judge", "auto"])
def test_no_engine_runs_but_those_that_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(EngineUnknown, match=name), running_engine(name, USUAL, tmp_path, print):
        pass
    assert not [*tmp_path.iterdir()]


def test_a_store_of_no_known_kind_is_refused_with_those_that_are_known() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(StorageMissing) as refused:
        _ = Remote("foo://bucket/books").store
    assert str(refused.value) == (
        "Books are kept at foo://bucket/books, as OFRECORD_BOOKS says, which cannot be reached: there is no kind of "
        "store called 'foo'. Known are s3://, gs://, abfs://, file://."
    )


def test_what_a_store_says_of_itself_is_handed_on() -> None:
    fsspec = pytest.importorskip("fsspec")

    class Odd(fsspec.AbstractFileSystem):  # type: ignore[misc,name-defined]
        protocol = "odd"

        def __init__(self, **_: object) -> None:
            raise OSError("Unable to load libodd.\nIt is nowhere.")

    fsspec.register_implementation("odd", Odd, clobber=True)
    with pytest.raises(StorageMissing) as refused:
        require_reachable(folder_at("odd://bucket/books"))
    assert refused.value.sentence().endswith(
        "which cannot be reached: what reaches it says “Unable to load libodd”."
    )


def test_ctrl_c_is_answered_by_a_sentence_whatever_an_engine_makes_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    former = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(typer.Exit) as ended, interruptible():
            _in_an_engine()
    finally:
        logging.disable(logging.NOTSET)
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err.startswith("Interrupted. To do it again: ofrecord")
    assert signal.getsignal(signal.SIGINT) is former


def _in_an_engine() -> None:
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt as fault:
        raise RuntimeError("Query interrupted") from fault


def test_a_password_in_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    code, said = ofrecord("worker", OFRECORD_BOOKS="s3://key:hidden@bucket/books")
    assert (code, "hidden" in said) == (1, False)
    assert said.startswith(
        "The s3:// URL at which books are to be kept has a key, a password or a query in it."
    )
    with pytest.raises(CredentialsInUrl) as refused:
        folder_at("abfs://books/of?sig=hidden")
    assert "hidden" not in str(refused.value)
    assert folder_at("abfs://books@account.dfs.core.windows.net/books") == Remote(
        "abfs://books@account.dfs.core.windows.net/books"
    )


def test_a_url_is_read_whatever_its_case_and_with_its_escapes() -> None:
    assert folder_at("S3://bucket/Books/") == Remote("s3://bucket/Books")
    assert folder_at("FILE:///srv/the%20books") == Path("/srv/the books")
    with pytest.raises(CredentialsInUrl) as refused:
        folder_at("s3://hidden@bucket/books")
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "books",
        "~/books",
        "file://srv/books",
        "s3:/bucket/books",
        "../books",
        "s3://",
        "file:///srv/books?a=b",
    ],
)
def test_what_is_neither_a_whole_path_nor_a_url_is_no_place_for_books(text: str) -> None:
    with pytest.raises(FolderUnclear, match="OFRECORD_BOOKS as a whole path such as /srv/books"):
        folder_at(text)


def test_an_engine_that_is_not_installed_is_refused_before_anything_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ofrecord.engine.choice.find_spec", lambda name: None)
    require_installed(Choice(DUCKDB))
    with pytest.raises(SparkMissing, match="is not installed beside Of Record"):
        require_installed(Choice(SPARK))


def test_what_a_store_needs_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(StorageMissing) as refused:
        _ = Remote("s3://bucket/books").store
    assert str(refused.value).lower().count("install ") == 2, "install them, by pip install"
    assert "Install them with pip install fsspec s3fs" in str(refused.value)


@pytest.mark.parametrize("verb", ["up", "web", "worker"])
def test_nothing_is_served_under_settings_that_cannot_be_right(verb: str, tmp_path: Path) -> None:
    words = (verb, "--data", str(tmp_path / "data")) if verb == "up" else (verb,)
    code, said = ofrecord(*words, OFRECORD_ENGINE="foo")
    assert (code, said.splitlines()[0][:25]) == (1, "There is no engine 'foo'.")
    code, said = ofrecord(*words, OFRECORD_ENGINE_MEMORY="nonsense")
    assert (code, said.startswith("'nonsense' is no amount of memory")) == (1, True)
    code, said = ofrecord(*words, OFRECORD_BOOKS="foo://bucket/books")
    assert (code, said.startswith("Books are kept at foo://bucket/books, as OFRECORD_BOOKS says")) == (
        1,
        True,
    )
    code, said = ofrecord(*words, OFRECORD_BOOKS="books")
    assert (code, said.startswith("'books' says no place where books are kept.")) == (1, True)
    assert not (tmp_path / "data").exists()


def test_a_master_that_does_not_answer_is_named_and_ctrl_c_stays_ours() -> None:
    class Builder:
        def getOrCreate(self) -> None:  # noqa: N802  (Spark's own name)
            signal.signal(signal.SIGINT, lambda number, frame: None)
            raise RuntimeError("All masters are unresponsive! Giving up.")

    former = signal.getsignal(signal.SIGINT)
    with pytest.raises(SparkUnreachable, match="spark://nosuch:7077"):
        begun(Builder(), "spark://nosuch:7077")
    assert signal.getsignal(signal.SIGINT) is former


def test_a_master_is_called_before_spark_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as there, socket.create_server(("127.0.0.1", 0)) as gone:
        open_port, closed_port = (each.getsockname()[1] for each in (there, gone))
        gone.close()
        for master in ("local[2]", "yarn", f"spark://127.0.0.1:{closed_port},127.0.0.1:{open_port}"):
            require_answer(master)
        for master in (f"spark://127.0.0.1:{closed_port}", "spark://127.0.0.1", "spark://no such host:7077"):
            with pytest.raises(SparkUnreachable, match="does not begin on the master spark://"):
                require_answer(master)


def test_settle_refuses_them_before_it_looks_for_an_installation(tmp_path: Path) -> None:
    words = ("settle", "2009-04", "--data", str(tmp_path))
    code, said = ofrecord(*words, "--memory=-5GB")
    assert (code, said.startswith("'-5GB' is no amount"), len(said.splitlines())) == (1, True, 1)
    code, said = ofrecord(*words, "--engine", "spark", "--master", "nonsense")
    assert (code, said.startswith("'nonsense' is no master"), len(said.splitlines())) == (1, True, 1)


def test_only_a_master_that_is_typed_must_go_with_spark(tmp_path: Path) -> None:
    words = ("settle", "2009-04", "--data", str(tmp_path))
    code, said = ofrecord(*words, OFRECORD_SPARK_MASTER="spark://host:7077")
    assert (code, "is not running on the data folder" in said) == (1, True)
    code, said = ofrecord(*words, "--master", "spark://host:7077")
    assert (code, "--master is of --engine spark" in said) == (2, True)
