-- A role that may read and do nothing else. Run it, once, as the role that owns the tables, in the database to mirror:
--
--     psql "$DATABASE_URL" -f deploy/postgres-role.sql
--     psql "$DATABASE_URL" -c '\password db_sync_reader'
--
-- It can be run again, say after a schema was added. Tables that Prisma keeps for itself in a schema of its own
-- (prisma) stay out of reach.
BEGIN;

DO $$
DECLARE
    each name;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'db_sync_reader') THEN
        CREATE ROLE db_sync_reader LOGIN CONNECTION LIMIT 5;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO db_sync_reader', current_database());
    FOR each IN
        SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'prisma')
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO db_sync_reader', each);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO db_sync_reader', each);
        -- Tables to come, as far as the role that runs this makes them. For tables that another role makes, run
        -- ALTER DEFAULT PRIVILEGES FOR ROLE the_other_role IN SCHEMA public GRANT SELECT ON TABLES TO db_sync_reader;
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO db_sync_reader', each);
    END LOOP;
END
$$;

-- Not the guard, which is that nothing else was granted, but a second one.
ALTER ROLE db_sync_reader SET default_transaction_read_only = on;

-- Before Postgres 15 everybody may make tables in the schema public. If nobody relies on it:
-- REVOKE CREATE ON SCHEMA public FROM PUBLIC;

COMMIT;
