"""Alembic's scripts. Run through store/migrate.py only; each revision says the tables in full, for both databases."""
