"""Storage: engine, transactions, migrations; SQLite by default, PostgreSQL by URL."""
