"""A demonstration: a vendor, its partners and their customers, and what they did day by day.

Invents people and what they want, never a figure: the story is played through the same flows that people use, and
what comes of it is billed, judged and closed like anything else. Promises: the same seed tells the same story; a day is
told whole or not at all, so a story that was interrupted goes on where it stopped.

The story goes through what a channel goes through: payments in parts, refunds, chargebacks, a change of partner that is
learned late, a tier that was wrong, disputes, a second program version. `sample-exchange-rates.csv` has the layout of
the European Central Bank's file and figures that nobody published.

`companies.csv` names the companies: registrants of the U.S. Securities and Exchange Commission with their stock
exchange, the largest first, from the list that the Commission publishes, a work of the United States government and
in the public domain. The companies have nothing to do with the story.
"""
