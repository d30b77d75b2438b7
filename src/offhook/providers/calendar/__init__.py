"""Outside calendars behind the port of contracts/calendar.py."""
