"""Speech that was made once and is played again: in memory, and on disk what holds nobody's data."""
