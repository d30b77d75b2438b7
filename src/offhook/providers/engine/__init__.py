"""Engine processes: whatever holds the GIL or may crash runs in a child of its own.

A child is `python -m offhook.providers.engine.child`, speaks msgpack frames over a socket pair (`wire`), imports only
its engine, and dies with its parent. This module stays empty, so that a child imports nothing it does not need.

Child side (`serving`): subclass `Engine`; a factory `create(config: dict) -> Engine` is named `package.module:create`.
All methods run on one thread, one message after the other:

    class Engine:
        def call(self, method, payload) -> object           # request -> reply
        def stream(self, method, payload, replies) -> None  # replies.emit(item); look at replies.cancelled often
        def open(self, payload, emit) -> EngineSession      # one per channel; state lives in the session
        def idle(self) -> bool                              # a small step while nothing waits; True if more is left

    class EngineSession:
        def receive(self, message) -> None                  # what EngineChannel.send gave, in order
        def call(self, method, payload) -> object           # what EngineChannel.request gave, in order with receive
        def close(self) -> None

Parent side (`pool`, `channel`):

    pool = EnginePool(EngineSpec("pocketsphinx", "package.module:create", {"k": 1}), size=2, clock=clock)
    await pool.start()
    result = await pool.request("method", payload, deadline_ms=300)
    async for item in pool.stream("method", payload, deadline_ms=300): ...      # aclose cancels in the child
    channel = pool.open_channel(opening_payload, listener)                      # pinned to one child
    channel.attached; channel.send(message) -> bool; channel.close()
    await channel.request("final", payload, deadline_ms=500)

Payloads are what msgpack carries: None, bool, int, float, str, bytes, list, dict. When a child dies its work fails at
once with `EngineDied`; a channel's listener hears `on_lost(reason)`, then `on_restored(gap_ms)` once the channel is
pinned to a living child, in a new and empty session there: the listener resends what that session has to know.
"""
