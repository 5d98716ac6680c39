"""REST, by resource: turns words of HTTP into words of ours. Decides nothing."""
