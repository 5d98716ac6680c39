"""The story of a fee, in real browsers and at the command line: from a sale to a disputed, corrected, verified line.

Morgan publishes a program with tiers, caps, a part that is held back, and a claw window. Ana's firm is Gold, but is
recorded as Registered: she disputes what October paid. What was wrong is recorded, Frank in finance answers, and the
close of November books the correction. An auditor works the lines out again with two files, and an accounting program
adds the ledger up. The real web server and the real worker run; nobody touches the database once they do.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from ledger.test_export import balances_of_hledger
from support.ground import Ground
from support.people import (
    ANA,
    DANA,
    FRANK,
    MORGAN,
    PHONE,
    accept_the_program,
    apply_as_harbor_lane,
    approve_harbor_lane,
    close,
    founded,
    go_to,
    headline,
    invitation_mailed_to,
    join,
    move_the_day,
    publish_the_program,
    sign_in,
    somebody,
    until_there,
)

PROGRAM = Path(__file__).with_name("northwind-2026.toml")
LINE = re.compile(r"2026-1[01]\W\d+")


@pytest.fixture
def site(serve_site: Callable[[], str], committed_db: str) -> str:
    """The address of a new installation."""
    founded()
    return serve_site()


def test_from_a_sale_to_a_disputed_corrected_and_verified_line(
    site: str, browser: Browser, ground: Ground, committed_db: str, tmp_path: Path
) -> None:
    morgan, frank, ana = somebody(browser, site), somebody(browser, site), somebody(browser, site)
    dana, evan = somebody(browser, site, PHONE), somebody(browser, site)

    sign_in(morgan, MORGAN)
    publish_the_program(morgan, PROGRAM, "2026.1", examples=2)
    apply_as_harbor_lane(ana)
    approve_harbor_lane(morgan)
    number = number_of_harbor_lane(morgan)
    join(ana, invitation_mailed_to(morgan, ANA))
    accept_the_program(ana, "2026.1")

    # Ana reads what 50 seats would pay before she sends anything. She is Registered by the record:
    #   50 × 15.00 × 12% = 90.00 a month; 12 × 90.00 = 1,080.00, of which the cap leaves 1,000.00
    #   50 × 15.00 × 12 × 6% = 540.00 in the second year
    compose_an_order(ana)
    expect_foreseen(ana, first_year="1,000.00", second_year="540.00", cap="1,000.00")
    confirm(dana, make_the_link(ana))

    # Evan orders 10 seats directly and names Harbor Lane: that pays nothing.
    order_directly(evan, number)

    # October: 90.00 for Parker Hannifin, of which 20% = 18.00 are held back for 90 days: until 29 January.
    move_the_day(morgan, "2026-11-01", "1 November 2026")
    sign_in(frank, FRANK)
    pay_in_full(frank, "Parker Hannifin", "750.00")
    close(frank, "October 2026", fees="90.00")

    expect_october(ana)
    first_line = open_a_line(ana)
    ask_why_nothing(ana)
    dispute(ana, first_line)

    # Harbor Lane is Gold since 1 October, and a third of the bill is given back:
    #   750.00 − 250.00 = 500.00; × 15% = 75.00 in place of 90.00
    record_gold(morgan)
    refund(frank, "250.00")
    answer(frank, first_line)

    # November: 750.00 × 15% = 112.50; of 160.00 a quarter 85.00 are left beside the 75.00 of October.
    #   new 75.00 + 85.00 = 160.00, corrected −90.00; held back 15.00 + 17.00 − 18.00 = 14.00; payable 56.00
    move_the_day(morgan, "2026-12-01", "1 December 2026")
    close(frank, "November 2026", fees="70.00")
    expect_november(ana)
    correction, capped = lines_of_november(ana)
    expect_dispute_corrected(ana, first_line, correction)
    check_the_files(ana, tmp_path)

    document = download(ana, lambda: document_of_the_program(ana), tmp_path / "handed" / "program.toml")
    # An auditor needs the two files and nothing else.
    for line, fee in ((first_line, "90.00"), (correction, "-90.00"), (capped, "85.00")):
        verify(line, fee, document, books=tmp_path / "books", room=tmp_path / line.replace("/", "-"))
    check_the_ledger(ground.app_url(committed_db), tmp_path, number)


# Before the sale


def number_of_harbor_lane(morgan: Page) -> str:
    """What a customer who orders directly writes to name it."""
    found = re.search(r"P-[0-9A-Z]{8}", morgan.get_by_role("main").inner_text())
    assert found
    return found[0]


def compose_an_order(ana: Page) -> None:
    go_to(ana, "Orders")
    ana.get_by_role("link", name="Compose an order").first.click()
    ana.get_by_label("Name of a new customer").fill("Parker Hannifin")
    ana.get_by_label("Starts on").fill("2026-10-01")
    ana.get_by_label("Seats").fill("50")


def expect_foreseen(ana: Page, *, first_year: str, second_year: str, cap: str) -> None:
    """Years, caps, conditions, and what could take it back."""
    years = ana.get_by_role("table", name="What you would earn").first.get_by_role("row")
    expect(years.nth(1)).to_contain_text(first_year)
    expect(years.nth(2)).to_contain_text(second_year)
    told = ana.get_by_role("region", name="What you would earn")
    expect(told).to_contain_text(cap)
    ana.get_by_text("What could take it back").click()
    expect(told).to_contain_text("refund")
    expect(told).to_contain_text("180 days")


def make_the_link(ana: Page) -> str:
    ana.get_by_role("button", name="Look it through").click()
    expect(headline(ana)).to_contain_text("1,000.00")
    ana.get_by_role("button", name="Make the order and its link").click()
    return ana.get_by_role("textbox", name="link").input_value()


# The customers


def confirm(dana: Page, link: str) -> None:
    dana.goto(link)
    dana.get_by_label("Your name").fill("Dana Whitfield")
    dana.get_by_label("Work e-mail").fill(DANA)
    dana.get_by_label("I may order for Parker Hannifin").check()
    dana.get_by_role("button", name="Confirm the order").click()
    expect(headline(dana)).to_have_text("Confirmed: 50 seats of Business productivity suite")


def order_directly(evan: Page, number: str) -> None:
    evan.goto("/order")
    evan.get_by_label("Seats").fill("10")
    evan.get_by_label("First day").fill("2026-10-01")
    evan.get_by_label("Partner number").fill(number)
    evan.get_by_label("Company", exact=True).fill("Baker Electric")
    evan.get_by_label("Your name").fill("Evan Baker")
    evan.get_by_label("Work e-mail").fill("evan@baker.example")
    evan.get_by_label("I may order for this company").check()
    evan.get_by_role("button", name="Order and confirm").click()
    expect(headline(evan)).to_have_text("Confirmed: 10 seats of Business productivity suite")


# Finance, and who keeps the record


def open_the_invoice(frank: Page, customer: str) -> None:
    go_to(frank, "Invoices")
    row = frank.get_by_role("row").filter(has_text=customer)
    until_there(frank, row)
    row.get_by_role("link").first.click()


def pay_in_full(frank: Page, customer: str, amount: str) -> None:
    open_the_invoice(frank, customer)
    expect(headline(frank)).to_have_text(f"{customer} owes {amount}\u00a0USD for October 2026")
    frank.get_by_role("button", name="Record the payment").click()
    expect(headline(frank)).to_contain_text(f"{customer} paid {amount}\u00a0USD")


def refund(frank: Page, amount: str) -> None:
    open_the_invoice(frank, "Parker Hannifin")
    back = frank.locator("form").filter(has=frank.get_by_role("button", name="Record it"))
    back.get_by_label("What").select_option(label="Refund")
    back.get_by_label("Amount, USD").fill(amount)
    back.get_by_label("Reason").fill("The portal stood still for ten days.")
    back.get_by_role("button", name="Record it").click()
    expect(frank.get_by_role("table", name="Payments and credits")).to_contain_text(
        "The portal stood still for ten days."
    )


def record_gold(morgan: Page) -> None:
    """For a day that is over: October is closed."""
    go_to(morgan, "Partners")
    morgan.get_by_role("link", name="Harbor Lane Consulting").click()
    morgan.get_by_role("link", name="Change tier or currency").click()
    morgan.get_by_label("Tier").select_option("Gold")
    form = morgan.locator("form").filter(has=morgan.get_by_role("button", name="Record the tier"))
    form.get_by_label("From").fill("2026-10-01")
    form.get_by_label("Reason").fill("It was certified as Gold before it joined.")
    form.get_by_role("button", name="Record the tier").click()
    expect(morgan.get_by_role("table", name="Tiers")).to_contain_text("Gold")


def answer(frank: Page, line: str) -> None:
    go_to(frank, "Settlement")
    frank.get_by_role("link", name="Disputes").click()
    expect(headline(frank)).to_contain_text("1 dispute")
    frank.get_by_role("link", name=line).click()
    expect(headline(frank)).to_have_text("Harbor Lane Consulting disputes 90.00\u00a0USD of October 2026")
    expect(frank.get_by_text("We are Gold since 1 October: it is 15%, not 12%.")).to_be_visible()
    frank.get_by_label("upheld").check()
    frank.get_by_label("Answer").fill(
        "You are right: Gold is recorded now. A refund of 250.00 counts as well."
    )
    frank.get_by_role("button", name="Send the answer").click()
    expect(headline(frank)).to_have_text("The dispute of Harbor Lane Consulting was upheld")


# The partner's statements


def figures(page: Page) -> Locator:
    return page.get_by_role("table", name="The figures of the statement")


def expect_figures(page: Page, **amounts: str) -> None:
    """The figures, each by the title of its row."""
    for title, amount in amounts.items():
        row = figures(page).get_by_role("row", name=re.compile(f"^{title.replace('_', ' ')}"))
        expect(row.get_by_role("cell").last).to_have_text(amount)


def open_statement(ana: Page, month: str) -> None:
    go_to(ana, "Statements")
    ana.get_by_role("table").get_by_role("link", name=month, exact=True).click()


def expect_october(ana: Page) -> None:
    open_statement(ana, "October 2026")
    expect(headline(ana)).to_have_text(
        "Northwind Online pays you 72.00\u00a0USD for October 2026; "
        "18.00\u00a0USD is held back until January 2027"
    )
    expect_figures(ana, New_lines="90.00", Held_back="−18.00", Payable="72.00", Closing_balance="0.00")


def open_a_line(ana: Page) -> str:
    """Behind the line: words, working, facts; its own page says the same. The name of the line."""
    row = ana.get_by_role("row").filter(has_text="Parker Hannifin").first
    name = row.get_by_role("link", name=LINE)
    line = name.inner_text()
    ana.get_by_text("why 90.00?").click()
    working = ana.locator(".working").first
    for part in ("first month of this subscription", "750.00", "12%", "1,000.00", "Registered", "90.00"):
        expect(working).to_contain_text(part)
    name.click()
    expect(headline(ana)).to_have_text("This line pays 90.00\u00a0USD")
    expect(ana.locator(".facts")).to_contain_text("2026.1")
    return line


def ask_why_nothing(ana: Page) -> None:
    open_statement(ana, "October 2026")
    ana.get_by_text("why nothing?").click()
    expect(ana.locator(".working", has_text="ordered directly from the vendor")).to_be_visible()
    ana.get_by_role("link", name="each clause, and what it lacked first").click()
    expect(headline(ana)).to_contain_text("Baker Electric")
    first_year = ana.get_by_role("row").filter(has_text="First year").first
    expect(first_year).to_contain_text("no")


def dispute(ana: Page, line: str) -> None:
    open_statement(ana, "October 2026")
    ana.get_by_role("link", name=line).click()
    ana.get_by_label("What is wrong").fill("We are Gold since 1 October: it is 15%, not 12%.")
    ana.get_by_role("button", name="Dispute this line").click()
    expect(ana.locator("#dispute")).to_contain_text("open")


def expect_november(ana: Page) -> None:
    open_statement(ana, "November 2026")
    expect(headline(ana)).to_have_text(
        "Northwind Online pays you 56.00\u00a0USD for November 2026; 14.00\u00a0USD is held back"
    )
    expect_figures(
        ana,
        Opening_balance="0.00",
        New_lines="160.00",
        Corrections="−90.00",
        Held_back="−14.00",
        Payable="56.00",
        Closing_balance="0.00",
    )


def lines_of_november(ana: Page) -> tuple[str, str]:
    """The correction, and the line at which the cap ended."""
    ana.get_by_text("why 85.00?").click()
    working = ana.locator(".working", has_text="112.50")
    expect(working).to_contain_text("160.00")
    capped = ana.get_by_role("row").filter(has_text="Parker Hannifin").filter(has_text="85.00").first
    corrected = ana.get_by_role("table", name="Corrections").get_by_role("row").nth(1)
    expect(corrected).to_contain_text("−90.00")
    return (
        corrected.get_by_role("link", name=LINE).first.inner_text(),
        capped.get_by_role("link", name=LINE).inner_text(),
    )


def expect_dispute_corrected(ana: Page, line: str, correction: str) -> None:
    """The line keeps its dispute and answer, and names what corrected it; the correction names the line."""
    go_to(ana, "Statements")
    ana.get_by_role("link", name="Disputes").click()
    expect(headline(ana)).to_have_text("No dispute waits for an answer")
    ana.get_by_role("link", name=line).click()
    expect(ana.locator("#dispute")).to_contain_text("Gold is recorded now")
    later = ana.get_by_role("table", name="Lines that correct this one")
    expect(later).to_contain_text("−90.00")
    later.get_by_role("link", name=correction).click()
    expect(headline(ana)).to_have_text("This line corrects an earlier one by −90.00\u00a0USD")
    expect(ana.locator(".facts").get_by_role("link", name=line)).to_be_visible()


# Files


def download(page: Page, press: Callable[[], None], to: Path) -> Path:
    with page.expect_download() as begun:
        press()
    begun.value.save_as(to)
    return to


def check_the_files(ana: Page, folder: Path) -> None:
    """The statement of November as PDF and as a workbook: the figures of its page."""
    open_statement(ana, "November 2026")
    paper = download(ana, lambda: ana.get_by_role("link", name="PDF").click(), folder / "november.pdf")
    said = " ".join(page.extract_text() for page in PdfReader(paper).pages)
    for part in ("Harbor Lane Consulting", "160.00", "90.00", "56.00"):
        assert part in said
    book = download(ana, lambda: ana.get_by_role("link", name="Workbook").click(), folder / "november.xlsx")
    stated = {row[0]: row[1] for row in load_workbook(book)["Summary"].iter_rows(values_only=True)}
    for figure, amount in (("New lines", 160), ("Corrections", -90), ("Held back", -14), ("Payable", 56)):
        assert stated[figure] == amount


def document_of_the_program(ana: Page) -> None:
    go_to(ana, "Program")
    ana.get_by_role("link", name="The document itself").click()


# The auditor, and an accounting program


def ofrecord(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, with no more of an environment than it is given."""
    command = [sys.executable, "-P", "-m", "ofrecord.commands", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def verify(line: str, fee: str, document: Path, *, books: Path, room: Path) -> None:
    """In an empty folder, with a copy of the month's book and of the document: no database, no data folder."""
    room.mkdir()
    (book,) = (books / line.partition("/")[0]).glob("book-*.parquet")
    book, document = (Path(shutil.copy(each, room)) for each in (book, document))
    done = ofrecord("verify-line", line, "--book", str(book), "--program", str(document))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("\nverified")
    assert fee in done.stdout


def check_the_ledger(database: str, folder: Path, number: str) -> None:
    """hledger adds up what the two statements say: 72.00 + 56.00 payable, 18.00 + 14.00 held back, 160.00 earned."""
    journal = folder / "ledger.journal"
    done = ofrecord(
        *("ledger", "export", "--format", "hledger", str(journal)),
        DATABASE_URL=database,
        OFRECORD_DATA=str(folder),
        OFRECORD_SECRET_KEY="the key of one test's site",
    )
    assert done.returncode == 0, done.stderr
    held = balances_of_hledger(journal)
    assert held[f"Liabilities:Partner-Payable:{number}", "USD"] == "-128.00"
    assert held[f"Liabilities:Partner-Fees-Held-Back:{number}", "USD"] == "-32.00"
    assert (f"Liabilities:Partner-Balance:{number}", "USD") not in held
    assert held["Expenses:Partner-Fees", "USD"] == "160.00"
