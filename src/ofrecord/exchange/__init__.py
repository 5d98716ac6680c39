"""What one euro was worth in other currencies, day by day, as the European Central Bank publishes it.

Knows no amount and no partner; which rate an amount is exchanged at is decided downstream. Promises: a rate is kept
exactly as it was written; it never changes, and of two for one currency and day the one learned later counts.
"""
