"""What a period's billed lines earn: facts and Terms in, fee lines out.

Knows partners, customers and invoices by their ids only, and the rules by Terms only. Must never know a
database, a framework or a clock. Promises: the same facts and Terms give the same lines on any day; every
line stores all of its working, and its amount is what that working gives; a sale that earns nothing is a
line too.
"""
