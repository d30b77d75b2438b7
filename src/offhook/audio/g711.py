"""µ-law, the encoding of North American and Japanese telephony and of most carriers' media sockets.

ITU-T G.711 maps 14-bit linear samples to 8 bits on a logarithmic scale of eight segments per sign, each twice as
coarse as the one below. A code is stored inverted, so that a silent line still has ones on it:

- linear 0 encodes to 0xFF, the silence byte; 0xFF and 0x7F both decode to 0;
- the loudest codes are 0x80 (+32124) and 0x00 (-32124), linear values beyond them clip;
- encoding after decoding is the identity on every code but 0x7F, which becomes 0xFF.

One byte is one sample. At 8 kHz that is 8 bytes per millisecond and 160 per 20 ms frame.
"""

from __future__ import annotations

import audioop

SILENCE = 0xFF
"""The code of linear zero."""


def mulaw_decode(payload: bytes) -> bytes:
    """PCM16 of µ-law codes: two bytes out for each byte in."""
    return audioop.ulaw2lin(payload, 2)


def mulaw_encode(pcm: bytes) -> bytes:
    """µ-law codes of PCM16: one byte out for each two in. Raises ValueError on half a sample."""
    if len(pcm) % 2:
        raise ValueError(f"PCM16 comes in whole samples of 2 bytes; got {len(pcm)} bytes")
    return audioop.lin2ulaw(pcm, 2)
