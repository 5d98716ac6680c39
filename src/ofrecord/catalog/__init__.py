"""What can be ordered today: offers and prices, as the published program versions state them.

Knows no customer. Promises: an offer's rows come from one program version and never change.
"""
