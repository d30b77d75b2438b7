"""Voice in the browser: `WS /media/browser/{session_id}`, the page at `/` and the widget that other sites embed."""
