"""Voices behind the port `Tts`, one file or folder each; `spoken` turns written text into words for all of them."""
