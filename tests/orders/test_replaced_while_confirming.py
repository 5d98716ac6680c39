"""A link that is being replaced while the customer confirms through it."""

import threading
import time
from uuid import uuid4

from django.db import connection

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.clock.queries import now
from ofrecord.flows import answer_order, compose_order
from ofrecord.orders.models import Confirmation, Order
from ofrecord.orders.refusals import LinkRevoked
from ofrecord.orders.types import Answerer
from support import story


def test_a_confirmation_that_waited_for_the_renewal_is_refused(committed_db: str) -> None:
    story.begin()
    house = story.partner("Harbor Lane")
    wanted = compose_order.Wanted(
        offer="business-suite",
        region="US",
        seats=50,
        commitment_months=12,
        starts_on=now().date(),
        customer_name="Ball Corporation",
    )
    with entered(house.reader.scope):
        order_id, secret = compose_order.compose(reader=house.reader, at=now(), wanted=wanted)
    refused: list[Exception] = []

    def confirm() -> None:
        try:
            answer_order.confirm(
                at=now(),
                secret=secret,
                who=Answerer("Dana", "dana@ball.example"),
                seats=50,
                consent=True,
                form_key=uuid4(),
            )
        except LinkRevoked as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    customer = threading.Thread(target=confirm)
    with entered(house.reader.scope):
        compose_order.renew_link(reader=house.reader, at=now(), order_id=order_id)
        customer.start()
        time.sleep(0.5)  # it has read the link, and waits for the order
        assert customer.is_alive()
    customer.join(timeout=10)
    assert [type(refusal) for refusal in refused] == [LinkRevoked]
    with entered(OFFICE):
        assert not Confirmation.objects.exists()
        assert Order.objects.get().status == "open"
