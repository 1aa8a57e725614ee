"""What every area stands on: database, queries, migrations, change feed, errors, clock, logs."""
