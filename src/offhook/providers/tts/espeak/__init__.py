"""Speech by espeak-ng, embedded: always there, no key, no model, no network.

`adapter` is the port; `engine`, `library` and `shaping` run in the engine process; `voices` is shared by both sides.
"""
