"""The queue starts what is due: at once when the clock was set, and each minute."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.flows import found_installation, turn_clock
from ofrecord.partners.queries import reader_of
from support import story


def _work_off(queue: str) -> None:
    """A worker does what waits in the queue, and ends.

    In a thread of its own: in this one a browser's event loop may run, left by a test before.
    """
    with ThreadPoolExecutor(1) as threads:
        threads.submit(_work, queue).result(timeout=60)


def _work(queue: str) -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(queues=[queue], wait=False, install_signal_handlers=False, listen_notify=False)


def test_setting_the_clock_has_the_worker_bill_the_months_between(committed_db: str) -> None:
    story.begin("2025-10-01")
    story.sell(story.partner("Harbor Lane", "2025-10-01"), "Parker", 10, "2025-10-01")
    person = found_installation.add_colleague(
        at=now(), name="Tobias", email="tobias@vendor.example", password="x", role=VendorRole.FINANCE
    )
    with entered(OFFICE):
        finance = reader_of(person)
        assert finance is not None
        turn_clock.turn(reader=finance, at=now(), day=date(2026, 1, 15))
    assert ProcrastinateJob.objects.filter(task_name="jobs.clock_moved", status="todo").count() == 1

    _work_off("calendar")

    with entered(OFFICE):
        months = list(invoices(OFFICE).order_by("month").values_list("month", flat=True))
    assert months == [date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)]
    assert (
        not ProcrastinateJob.objects.filter(task_name="jobs.clock_moved").exclude(status="succeeded").exists()
    )


def test_every_task_is_known_to_the_worker() -> None:
    """The worker loads the `tasks` of each room; one that it does not know would wait for ever."""
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    assert {"jobs.run_due", "jobs.clock_moved", "settlement.settle", "demonstration.tell"} <= set(app.tasks)
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic >= {"jobs.run_due", "demonstration.tell"}
