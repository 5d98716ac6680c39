"""A demonstration: a vendor, its partners and their customers, and what they did day by day.

Invents people and what they want, never a figure: the story is played through the same flows that people use, and
what comes of it is billed, judged and closed like anything else. Promises: the same seed tells the same story; a day is
told whole or not at all, so a story that was interrupted goes on where it stopped.

`companies.csv` names the companies: registrants of the U.S. Securities and Exchange Commission with their stock
exchange, the largest first, from the list that the Commission publishes, a work of the United States government and
in the public domain. The companies have nothing to do with the story.
"""
