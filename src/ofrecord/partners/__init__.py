"""Partners, the vendor's office, the people of both; which program version a partner accepted, from which day.

Knows no customer and no sale. Promises: a partner sells only once it was approved and has accepted; an acceptance
names day, person and hash, and stays.
"""
