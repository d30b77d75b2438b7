"""Twilio: signed webhooks, TwiML, Media Streams (mu-law 8 kHz over a WebSocket), REST hang-up."""
