"""The shipped documents, and a small one to vary."""

from pathlib import Path

PROGRAMS = Path(__file__).parents[2] / "programs"
SHIPPED = ("online-services-2009.toml", "online-services-2009-18.toml")

# The document of the design's taste: no direct way, no conditions of service, no title on a clause.
SMALL = """\
[program]
id        = "online-services"
version   = "2009.1"
title     = "Online Services Partner Program"
vendor    = "Northwind Online"
effective = 2009-04-01
notice    = "90 days"
currency  = "USD"
rounding  = "half up, per line"
time_zone = "America/New_York"
year      = "from 1 July"

[ways.partner-of-record]
title = "Partner of record"
bills = "vendor"
open  = { US = 2009-04-01, GB = 2009-07-01 }

[offers.business-suite]
title  = "Business productivity suite"
parts  = ["mail", "portal", "conferencing", "messaging"]
sold   = "per seat, monthly"
prices = [{ region = "US", from = 2009-04-01, price = "15.00 USD" }]

[fees.first-year]
pays = "partner of record"
on   = "billed"
when = { way = "partner-of-record", month = "1..12" }
rate = "12%"

[fees.ongoing]
pays = "partner of record"
on   = "billed"
when = { way = "partner-of-record", month = "13.." }
rate = "6%"

[[examples]]
says  = "Fifty users for three years"
story = { offer = "business-suite", region = "US", seats = 50, months = 36 }
pays  = { "year 1" = "1080.00 USD", "year 2" = "540.00 USD", "year 3" = "540.00 USD" }
"""

# A document with every key of the language, without examples: what of it is changed is one fault.
RICH = """\
[program]
id        = "channel"
version   = "2011.1"
title     = "Channel Program"
vendor    = "Northwind Online"
effective = 2010-07-01
notice    = "90 days"
currency  = "USD"
rounding  = "half even, per line"
time_zone = "America/New_York"
year      = "from 1 July"
tiers     = ["Registered", "Gold"]
segments  = ["small", "midsize"]
pools     = ["advertising"]
proration = "by days"
last_day  = "included"

[payment]
minimum             = "50.00 USD"
claw_window         = "180 days"
claw_limit          = "50%"
reduced_by          = ["refund", "chargeback"]
exchange_rates_last = "3 days"

[ways.partner-of-record]
bills = "vendor"
open  = { US = 2010-07-01 }

[ways.resale]
bills = "partner"
open  = { US = 2010-07-01 }

[offers.business-suite]
family = "productivity"
prices = [{ region = "US", from = 2010-07-01, price = "15.00 USD", wholesale = "10.00 USD" }]

[offers.archive]
family = "records"
prices = [{ region = "US", from = 2010-07-01, price = "4.00 USD", wholesale = "3.00 USD" }]

[fees.base]
pays    = "partner of record"
when    = { way = "partner-of-record", month = "1..12", month_from = "designation" }
bands   = [{ up_to = "10000.00 USD", rate = "5%" }, { from = "10000.00 USD", rate = "8%" }]
graduated_per = "partner and program year"
cap     = { amount = "5000.00 USD", per = "customer and program year" }
floor   = { amount = "1.00 USD", per = "customer and program year" }
holdback = { share = "20%", days = "90 days" }
earned  = "when collected"
applies = "until renewal"

[fees.later]
pays    = "partner of record"
when    = { way = "partner-of-record", month = "13..", month_from = "designation" }
rate    = "4%"
applies = "all"

[fees.campaign]
pays    = "partner of record"
when    = { way = "partner-of-record", family = "productivity", seats = "25..249", sold = "2011-02-01..2011-04-01" }
needs   = { new_customers = 3, seats = 75, in = "2010-07-01..2011-06-30", counts = "for the whole period" }
amount  = "2.00 USD"
each    = "seat"
together_with = ["base", "later"]

[fees.grown]
pays    = "partner of record"
when    = { way = "partner-of-record" }
on      = "list"
rate    = "1%"
growth  = { per = "partner and month", above = "110%" }
together_with = ["base", "later", "campaign"]

[fees.referral]
split   = { referrer = "70%", "services partner" = "30%" }
when    = {}
on      = "collected"
rate    = "1%"

[fees.gold]
pays    = "partner of record"
when    = { way = "partner-of-record", deal = "new", segment = "midsize", tier = "Gold", billed = "2011-07-01.." }
rate    = "3%"
instead_of = "later"
together_with = ["base", "campaign", "grown"]

[fees.margin]
pays    = "reseller"
when    = { way = "resale" }
on      = "margin"
bands   = [{ up_to = "10 customers", rate = "2%" }, { from = "11 customers", rate = "3%" }]
whole_amount_per = "partner and quarter"

[fees.override]
pays    = "distributor"
when    = { way = "resale" }
on      = "fee"
of      = "margin"
rate    = "10%"

[fees.advertising]
pays      = "host"
when      = {}
on        = "pooled"
pool      = "advertising"
shared_by = "own revenue"
rate      = "40%"

[unpaid.resale]
when    = { way = "resale", role = "partner of record" }
because = "The reseller earns the margin."

[unpaid.chain]
when    = { way = "partner-of-record", role = ["reseller", "distributor"] }
because = "Only resale has a chain."
"""

# An example to go with it, with every key of a story; what it says is paid is not what comes out.
FULL = """
[[examples]]
says = "Everything that a story can tell"
[examples.story]
offer      = "business-suite"
region     = "US"
seats      = 50
months     = 24
segment    = "midsize"
deal       = "cross-sell"
commitment = 24
price      = "13.50 USD"
paid       = "45 days after the invoice"
tier       = "Registered"
tiers      = [{ day = 2011-01-01, tier = "Gold" }]
partners   = [
  { name = "Fabrikam", role = "partner of record", until = 2011-03-01 },
  { name = "Contoso", role = "partner of record", from = 2011-03-01 },
  { name = "Fabrikam", role = "referrer", share = "60%" },
  { name = "Litware", role = "referrer", from = 2010-08-01, share = "40%" },
]
credits    = [
  { day = 2010-10-15, month = 3, kind = "refund", amount = "100.00 USD" },
  { day = 2010-11-15, month = 4, kind = "chargeback" },
  { day = 2010-12-15, month = 4, kind = "chargeback won back" },
]
also       = [
  { offer = "archive", region = "US", seats = 25, months = 12, paid = "never" },
  { offer = "archive", region = "US", seats = 30, months = 6, start = 2010-09-01, way = "resale" },
  { offer = "archive", region = "US", seats = 5, months = 3, start = 2010-10-01, customer = "the same", partners = [
    { name = "Tailspin", role = "partner of record" },
  ] },
]
pools      = [{ month = "2010-08", pool = "advertising", amount = "12000.00 USD" }]
[examples.pays]
"year 2" = "1.00 USD"
[examples.pays_to]
Fabrikam = { "total" = "2.00 USD", "2010-08" = "0.50 USD" }
referrer = { "month 3" = "0.10 USD" }
"""
