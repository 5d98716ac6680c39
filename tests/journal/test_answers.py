"""The first answer under a key: kept, given again, refused to another request, made once in a race."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.db import connection

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.journal.actions import answer_once
from ofrecord.journal.refusals import KeyReused
from ofrecord.journal.types import Kept


@pytest.mark.django_db
def test_the_first_answer_is_given_again_and_another_request_is_refused() -> None:
    with entered(OFFICE):
        first = answer_once(owner="a", key="k", request_hash="1", answer=lambda: Kept(201, {"n": 1}))
        again = answer_once(owner="a", key="k", request_hash="1", answer=lambda: Kept(201, {"n": 2}))
        other = answer_once(owner="b", key="k", request_hash="2", answer=lambda: Kept(201, {"n": 3}))
        with pytest.raises(KeyReused):
            answer_once(owner="a", key="k", request_hash="2", answer=lambda: Kept(201, {"n": 4}))
    assert (first.body, first.replayed) == ({"n": 1}, False)
    assert (again.body, again.replayed) == ({"n": 1}, True)
    assert other.body == {"n": 3}


def test_in_a_race_the_answer_is_made_once_and_all_get_it(committed_db: str) -> None:
    made: list[int] = []
    ready = Barrier(8)

    def make() -> Kept:
        made.append(1)
        sleep(0.05)
        return Kept(201, {"n": len(made)})

    def ask(_: int) -> Kept:
        try:
            ready.wait()
            with entered(OFFICE):
                return answer_once(owner="a", key="k", request_hash="1", answer=make)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert made == [1]
    assert [answer.body for answer in answers] == [{"n": 1}] * 8
    assert sum(not answer.replayed for answer in answers) == 1


def test_an_answer_that_failed_is_not_kept(committed_db: str) -> None:
    def fail() -> Kept:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), entered(OFFICE):
        answer_once(owner="a", key="k", request_hash="1", answer=fail)
    with entered(OFFICE):
        kept = answer_once(owner="a", key="k", request_hash="1", answer=lambda: Kept(201, {}))
    assert not kept.replayed
