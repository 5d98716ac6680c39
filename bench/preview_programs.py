"""The programs under which previews are measured: one of rates alone, and one in which much hangs on other sales."""

HEAD = """
[program]
id = "bench"
version = "1"
title = "A program"
vendor = "Northwind Online"
effective = 2009-04-01
notice = "0 days"
currency = "USD"
rounding = "half up, per line"
time_zone = "UTC"
year = "from 1 July"
tiers = ["Registered", "Gold"]

[payment]
minimum = "20.00 USD"

[ways.direct]
title = "Direct"
bills = "vendor"
open = { US = 2009-04-01 }

[ways.partner-of-record]
title = "Partner of record"
bills = "vendor"
open = { US = 2009-04-01 }

[offers.business-suite]
title = "Business suite"
parts = ["mail"]
sold = "per seat, monthly"
prices = [{ region = "US", from = 2009-04-01, price = "15.00 USD" }]
"""
TAIL = """
[unpaid.direct]
title = "Direct orders"
when = { way = "direct" }
because = "Fees are paid on orders that a partner prepared."

[service]
title = "Conditions"
customer_is_told = "that the partner earns a fee"
links_last = "30 days"
conditions = "The vendor provides the services."

[[examples]]
says = "A month"
story = { offer = "business-suite", region = "US", seats = 10, months = 1 }
pays = { "month 1" = "27.00 USD" }
"""
PLAIN = """
[fees.first-year]
title = "First year"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record", month = "1..12" }
rate = "12%"
cap = { amount = "3000.00 USD", per = "subscription" }
together_with = ["ongoing"]

[fees.ongoing]
title = "Ongoing"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
rate = "6%"
"""
RICH = """
[fees.share]
title = "Share"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
rate = "12%"
cap = { amount = "10000.00 USD", per = "customer and program year" }
holdback = { share = "20%", days = "45 days" }
together_with = ["more", "growing", "paid"]

[fees.more]
title = "Bonus"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record", tier = "Gold" }
needs = { new_customers = 2, seats = 40, in = "lifetime", counts = "for the whole period" }
rate = "6%"
together_with = ["growing", "paid"]

[fees.growing]
title = "By volume"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
bands = [{ up_to = "50000.00 USD", rate = "3%" }, { from = "50000.00 USD", rate = "5%" }]
graduated_per = "partner and program year"
together_with = ["paid"]

[fees.paid]
title = "When paid"
pays = "partner of record"
on = "collected"
when = { way = "partner-of-record" }
rate = "3%"
"""
PROGRAMS = {
    "plain": HEAD + PLAIN + TAIL,
    "rich": HEAD + RICH + TAIL,
}
