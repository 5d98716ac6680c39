"""What day it is: the real one, or in a demonstration the one that was set.

Knows nothing that depends on the day. Promises: one row; only a demonstration's day is set, and only forward;
whether an installation is a demonstration never changes.
"""
