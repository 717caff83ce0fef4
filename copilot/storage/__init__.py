"""The SQLite file: connection, migrations, backup and one repository an aggregate."""
