"""A Singer tap that reads every table of a Postgres database in one snapshot, by COPY of JSON built by the server."""
