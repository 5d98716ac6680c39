"""What was pooled in a month, such as advertising revenue, to be shared between partners by a clause.

Knows no partner; who gets which share is decided by the program. Promises: an amount never changes, those of a month
add up, and no month's sum is below zero.
"""
