"""What the queue and the calendar start. Decides nothing: says when, and calls a flow."""
