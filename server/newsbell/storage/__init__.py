"""All SQL. Functions take a connection and take and return domain values."""
