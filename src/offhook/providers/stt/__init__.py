"""Recognisers behind the port `Stt`, one file or folder each."""
