"""Embedded recognition with pocketsphinx (port Stt). The engine's side imports none of what the server's side needs."""

from __future__ import annotations

from offhook.providers.stt.pocketsphinx.adapter import PocketsphinxStream, PocketsphinxStt

__all__ = ["PocketsphinxStream", "PocketsphinxStt"]
