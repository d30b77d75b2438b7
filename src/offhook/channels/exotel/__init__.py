"""Exotel: dynamic URLs, Voicebot streams (PCM16 over a WebSocket), passthru, Connect, status callbacks."""
