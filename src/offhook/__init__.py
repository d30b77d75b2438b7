"""offhook: a self-hosted server that answers for a business on the phone, in the browser and in chat."""

__version__ = "0.1.0"
