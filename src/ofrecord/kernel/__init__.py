"""Words every room may use: money, rates, shares, days, months, spans, ids, refusals.

Knows no framework and no business. Promises: no float touches money, one function rounds,
one function shares, and every value is frozen.
"""
