"""All SQL. Functions take a `Connection` first, take and return values of the domain, and know two databases:
SQLite and PostgreSQL.
"""
