"""The collector is put back as it was, whatever ends the work."""

import gc

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
