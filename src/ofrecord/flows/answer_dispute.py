"""The vendor's finance people answer a dispute."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.flows import dispute_letters as letters
from ofrecord.flows.open_dispute import house_of, to_partner, to_vendor
from ofrecord.mail.addresses import absolute
from ofrecord.program.queries import in_force
from ofrecord.statements import actions
from ofrecord.statements.queries import dispute
from ofrecord.statements.types import Outcome


@transaction.atomic
def answer_dispute(*, reader: Reader, at: datetime, dispute_id: UUID, outcome: Outcome, answer: str) -> None:
    """Upholds or rejects a dispute, with an answer that its partner reads; both sides hear of it.

    An answer moves no money. What was wrong is recorded where it was wrong (a credit, a role, a tier), and the
    next close books the correction of the line.

    Raises NotPermitted, NotFound, DisputeOver, WordsMissing.
    """
    require(reader, Permission.DISPUTES_ANSWER)
    assert outcome is not Outcome.WITHDRAWN, "a dispute is withdrawn by its partner"
    found = dispute(dispute_id, reader.scope) if reader.of_vendor else None
    if found is None:
        raise NotFound(what="dispute")
    actions.answer_dispute(by=reader.actor, at=at, dispute_id=dispute_id, outcome=outcome, answer=answer)
    partner, vendor = house_of(found.partner_id), in_force(at.date()).terms.vendor
    desk, portal = absolute("desk:dispute", dispute_id), absolute("portal:line", found.line)
    said = answer.strip()
    to_partner(found.partner_id, letters.answered_to_partner(vendor, found.line, outcome, said, portal), at)
    to_vendor(letters.answered_to_vendor(partner, found.line, outcome, said, desk), at)
