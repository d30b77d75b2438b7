"""The simulated phone: a carrier and a caller in one, for demos, tests and a look at any running server.

It knows the carrier's side of the protocol from the carrier's documents alone and shares no code with `channels/`, so
that each checks the other. `frames` and `line` are the carrier (sans-IO), `script` and `actor` the caller, `phone` the
shell around both.
"""
