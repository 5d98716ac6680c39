"""The collector is put back as it was, whatever ends the work, and however much of it there is at once."""

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ofrecord.kernel.collecting import collected_seldom


@collected_seldom()
def _work(before: int) -> None:
    assert gc.isenabled()
    assert gc.get_threshold()[0] > before
    raise KeyError


def test_it_looks_more_seldom_meanwhile_and_as_often_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError):
        _work(before[0])
    assert gc.get_threshold() == before


def test_many_threads_at_once_are_as_one() -> None:
    before, together = gc.get_threshold(), Barrier(6)

    @collected_seldom()
    def work() -> int:
        together.wait()
        found = gc.get_threshold()[0]
        together.wait()
        return found

    with ThreadPoolExecutor(6) as threads:
        found = {each.result() for each in [threads.submit(work) for _ in range(6)]}
    assert found == {before[0] * 100}
    assert gc.get_threshold() == before
