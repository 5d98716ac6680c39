"""A program version at the desk: uploaded, checked in full, published in a second step, read, accepted."""

import hashlib
import re
from base64 import b64encode

from django.core.files.uploadedfile import SimpleUploadedFile

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.program.queries import version_labels
from support.desk import Desk, Page, desk_of
from support.world import PROGRAMS, World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole
SHIPPED = (PROGRAMS / "online-services-2009.toml").read_text()
# Ninety days after 12 October 2026 is 10 January 2027.
# The example that begins in April 2009 lies before the next version takes effect.
TIMELESS = re.sub(r"\[\[examples\]\]\nsays  = \"A start.*?\n\n", "", SHIPPED, flags=re.S)
NEXT = TIMELESS.replace('"2009.1"', '"2027.1"').replace("effective = 2009-04-01", "effective = 2027-02-01")


def _uploaded(desk: Desk, text: str) -> Page:
    return desk.post("program-new", document=SimpleUploadedFile("program.toml", text.encode()))


def _published(desk: Desk, text: str, **changed: str) -> Page:
    document = text.encode()
    data = {"document": b64encode(document).decode(), "sha256": hashlib.sha256(document).hexdigest()}
    return desk.post("program-publish", **(data | changed))


def _versions() -> list[str]:
    with entered(OFFICE):
        return sorted(version_labels().values())


def test_the_versions_say_which_is_in_force_and_who_accepted_it(world: World) -> None:
    page = desk_of(world, SELLER).get("program")
    assert page.heading == "Version 2009.1 is in force"
    assert page.has(
        "2 of 3 partners accepted it.", "2009.1 Online Services Partner Program in force 1 Apr 2009"
    )
    assert not page.offers("desk:program-new")


def test_a_version_shows_the_guide_with_computed_examples_and_its_document(world: World) -> None:
    desk = desk_of(world, MANAGER)
    page = desk.get("version", world.version)
    assert page.heading == "Version 2009.1 is in force since 1 April 2009"
    assert page.has("12% of 9,000.00 USD is 1,080.00 USD", "Harborlane Consulting", "Quillmarsh Consulting")
    assert desk.get("version-document", world.version).html == SHIPPED


def test_a_faulty_document_gets_every_fault_with_its_place_and_no_button(world: World) -> None:
    faulty = SHIPPED.replace('rate  = "12%"', 'rate  = "12 percent"').replace('"90 days"', '"soon"')
    page = _uploaded(desk_of(world, CHIEF), faulty)
    assert page.status == 422
    assert page.heading == "The document has 2 faults"
    assert page.has("Nothing was published.", 'rate = "12 percent"', 'notice = "soon"')
    assert not page.offers("desk:program-publish")
    assert _versions() == ["2009.1"]


def test_an_example_that_does_not_come_out_is_a_fault(world: World) -> None:
    page = _uploaded(desk_of(world, CHIEF), SHIPPED.replace('"1080.00 USD"', '"1081.00 USD"'))
    assert page.has("year 1 pays 1,080.00 USD, not 1,081.00 USD")


def test_a_clean_document_is_read_as_a_guide_and_then_published(own_world: World) -> None:
    desk = desk_of(own_world, CHIEF)
    report = _uploaded(desk, NEXT)
    assert report.status == 200
    assert report.heading == "The document has no fault, and its 3 examples come out"
    assert report.has(
        "Version 2027.1 would take effect on 1 February 2027.", hashlib.sha256(NEXT.encode()).hexdigest()
    )
    assert _versions() == ["2009.1"]
    page = desk.follow(_published(desk, NEXT))
    assert page.heading == "Version 2027.1 takes effect on 1 February 2027"
    assert desk.get("program").has("Version 2027.1 follows on 1 February 2027.", "2027.1", "comes")


def test_nothing_is_published_that_was_not_checked(world: World) -> None:
    desk = desk_of(world, CHIEF)
    other = NEXT.replace('"12%"', '"13%"').encode()
    swapped = _published(desk, NEXT, document=b64encode(other).decode())
    assert swapped.status == 422
    assert swapped.has("These are not the bytes that were checked. Check the document again.")
    assert _published(desk, NEXT, document="no base64!").status == 422
    # With a hash of its own, a faulty document is checked again and refused.
    assert _published(desk, NEXT.replace('"12%"', '"13%"')).status == 422
    assert _versions() == ["2009.1"]


def test_a_version_that_is_taken_or_comes_too_soon_is_refused_in_words(world: World) -> None:
    desk = desk_of(world, CHIEF)
    taken = _published(desk, SHIPPED + "\n# Another remark.\n")
    assert taken.status == 409
    assert taken.has("Version 2009.1 of online-services was published before, with other contents.")
    soon = _published(desk, NEXT.replace("2027-02-01", "2026-12-01"))
    assert soon.status == 422
    assert soon.has("State an effective date of 10 January 2027 or later.")
    assert _versions() == ["2009.1"]


def test_the_report_says_beforehand_what_would_stop_the_publication(world: World) -> None:
    desk = desk_of(world, CHIEF)
    soon = _uploaded(desk, NEXT.replace("2027-02-01", "2026-12-01"))
    assert soon.has(
        "It cannot be published as it is.", "State an effective date of 10 January 2027 or later."
    )
    assert soon.lacks("Publish version 2027.1")
    taken = _uploaded(desk, SHIPPED + "\n# Another remark.\n")
    assert taken.has("Version 2009.1 of online-services was published before, with other contents.")
    known = _uploaded(desk, SHIPPED)
    assert known.has("This very document is published already; there is nothing to do.")
    assert known.lacks("Publish version 2009.1")


def test_another_program_gives_notice_to_the_one_in_force(world: World) -> None:
    desk = desk_of(world, CHIEF)
    other = NEXT.replace('"online-services"', '"other-services"').replace("2027-02-01", "2026-12-01")
    assert _published(desk, other).has("State an effective date of 10 January 2027 or later.")
    assert _versions() == ["2009.1"]


def test_only_the_channel_chief_publishes(world: World) -> None:
    for role in (MANAGER, FINANCE, SELLER):
        desk = desk_of(world, role)
        assert desk.get("program-new").status == 403
        assert _uploaded(desk, NEXT).status == 403
        assert _published(desk, NEXT).status == 403
    assert _versions() == ["2009.1"]
