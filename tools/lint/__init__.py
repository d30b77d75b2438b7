"""Rules of this code base that a review would otherwise have to remember. `python -m tools.lint` runs them all."""
