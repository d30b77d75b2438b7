"""The ways in: one folder per carrier, plus what every media socket shares.

`trust`, `gate`, `call_token`, `inflow` and `outbox` are carrier-neutral; a carrier's folder holds its wire (sans-IO),
its media session (socket-neutral, so that any lane can carry it) and its HTTP endpoint.
"""
