"""Language models behind the port `Llm`, one file or folder each."""
