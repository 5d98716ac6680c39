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
