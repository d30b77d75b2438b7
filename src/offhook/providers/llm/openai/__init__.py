"""Any server that speaks OpenAI's chat completions, through the official SDK."""
