"""Carriers of messages behind the port of contracts/messaging.py."""
