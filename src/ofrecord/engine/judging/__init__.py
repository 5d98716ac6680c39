"""The judge: what everything that was billed earns, in plain Python, slowly and plainly.

Facts become events, events are cut into pieces, pieces are claimed by clauses, claims are measured and reckoned.
Whatever computes fees faster must agree with this to the last minor unit.
"""
