"""What a partner reads of its customers' invoices: what was billed, paid and taken back."""

import re

from ofrecord.access.types import PartnerRole
from support.pages import said, signed_in
from support.world import World


def test_the_working_of_an_invoice_goes_on_to_what_became_of_it(world: World) -> None:
    finance = signed_in(world.a.people[PartnerRole.FINANCE].id)
    page = said(finance.get(f"/portal/subscriptions/{world.a.subscriptions['confirmed']}"))
    # 23 × 15.00 × 22/31 = 244.84 for August is paid; of it 23 × 0.10 = 2.30 is given back.
    assert re.search(
        r"Invoice 244\.84.* Paid on 1 Oct 2026 −244\.84.* Refund C-2026-\d{6} of line 1 on 12 Oct 2026: "
        r"A day without service at harborlane −2\.30.* Owed 0\.00",
        page,
    ), page
    # Nothing became of September's yet, so its working ends with its amount.
    assert "Invoice 786.00" in page
    assert "Owed 786.00" not in page
