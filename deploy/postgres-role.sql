-- A role that may read and do nothing else. Run it, once, in the database to mirror, as a superuser, or as an owner of the
-- tables with CREATEROLE:
--
--     psql "$DATABASE_URL" -f deploy/postgres-role.sql
--     psql "$DATABASE_URL" -c '\password db_sync_reader'
--
-- It can be run again, say after a schema was added, and by each of several owners. What whoever runs it may not grant is
-- named in a notice. Tables that Prisma keeps for itself in a schema of its own (prisma) stay out of reach.
DO $$
DECLARE
    space record;
    each record;
    creator name;
    others text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'db_sync_reader') THEN
        BEGIN
            CREATE ROLE db_sync_reader LOGIN CONNECTION LIMIT 5;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'The role % may not make roles: run this as a superuser, or let one run '
                'CREATE ROLE db_sync_reader LOGIN CONNECTION LIMIT 5, and run this again.', current_user
                USING ERRCODE = 'insufficient_privilege';
        END;
    END IF;

    -- Not the guard, which is that nothing else is granted, but a second one.
    BEGIN
        ALTER ROLE db_sync_reader SET default_transaction_read_only = on;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE 'db_sync_reader was made by another role and stays as it is.';
    END;

    IF has_database_privilege(current_database(), 'CONNECT WITH GRANT OPTION') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO db_sync_reader', current_database());
    ELSIF NOT has_database_privilege('db_sync_reader', current_database(), 'CONNECT') THEN
        RAISE NOTICE 'db_sync_reader may not connect to %: its owner has to grant CONNECT.', current_database();
    END IF;

    FOR space IN
        SELECT oid, nspname, nspowner FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'prisma')
        ORDER BY nspname
    LOOP
        IF has_schema_privilege(space.oid, 'USAGE WITH GRANT OPTION') THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO db_sync_reader', space.nspname);
        ELSIF NOT has_schema_privilege('db_sync_reader', space.oid, 'USAGE') THEN
            RAISE NOTICE 'The schema % is left out: it belongs to %, who has to run this as well.',
                space.nspname, pg_get_userbyid(space.nspowner);
            CONTINUE;
        END IF;

        FOR each IN
            SELECT oid::regclass AS name FROM pg_class
            WHERE relnamespace = space.oid AND relkind IN ('r', 'p', 'v', 'm', 'f')
                AND has_table_privilege(oid, 'SELECT WITH GRANT OPTION')
        LOOP
            EXECUTE format('GRANT SELECT ON %s TO db_sync_reader', each.name);
        END LOOP;
        SELECT string_agg(DISTINCT pg_get_userbyid(relowner), ', ') INTO others FROM pg_class
        WHERE relnamespace = space.oid AND relkind IN ('r', 'p', 'v', 'm', 'f')
            AND NOT has_table_privilege('db_sync_reader', oid, 'SELECT');
        IF others IS NOT NULL THEN
            RAISE NOTICE 'Some tables of the schema % are left out: they belong to %, who has to run this as well.',
                space.nspname, others;
        END IF;

        -- Tables to come, of whoever has tables here and of whoever runs this. For those that somebody else will make, run
        -- ALTER DEFAULT PRIVILEGES FOR ROLE somebody IN SCHEMA public GRANT SELECT ON TABLES TO db_sync_reader;
        FOR creator IN
            SELECT current_user UNION SELECT pg_get_userbyid(space.nspowner) UNION
            SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = space.oid AND relkind IN ('r', 'p')
        LOOP
            IF pg_has_role(creator, 'USAGE') AND has_schema_privilege(creator, space.oid, 'CREATE')
                AND creator <> 'pg_database_owner' THEN
                EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO db_sync_reader',
                    creator, space.nspname);
            END IF;
        END LOOP;
    END LOOP;
END
$$;

-- Before Postgres 15 everybody may make tables in the schema public. If nobody relies on it:
-- REVOKE CREATE ON SCHEMA public FROM PUBLIC;
