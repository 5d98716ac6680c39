"""Customers, their segments day by day, and which partners deal with them.

Knows no order. Promises: a partner sees a customer only if it deals with it; two partners that bring the same company
each see their own record and learn nothing of each other.
"""
