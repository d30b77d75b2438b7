"""Many simulated callers at once, and what they cost the server: `offhook bench calls`."""
