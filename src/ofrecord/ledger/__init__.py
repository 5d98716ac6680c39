"""Double entry in whole minor units: knows that money moved, never why.

Promises: every transfer sums to zero in its currency, is posted once under its key, and is never changed.
"""
