"""REST, by resource: turns words of HTTP into words of ours. Decides nothing, saves nothing.

Promises: what a page can do through a flow, a client can do here under the same refusals; a refusal is a problem
document (RFC 9457) with a stable code; an idempotency key gives the first answer again.
"""
