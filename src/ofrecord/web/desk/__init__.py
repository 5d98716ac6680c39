"""The desk: where the vendor's people work.

Knows what each role is asked to do and shows that first. It must never decide: each button calls a flow, which
checks permission and scope again, and a refusal is shown in its own words where it was asked.

Promises: what a role may not do is not offered to it, and refused when it is asked for all the same.
"""
