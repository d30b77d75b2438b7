"""Calls in LiveKit rooms: tokens for callers, the agent's place in each room, webhooks."""
