"""The vocabulary of offhook and the ports between its rooms: frozen events, typed ids, Protocols. No logic, no I/O."""
