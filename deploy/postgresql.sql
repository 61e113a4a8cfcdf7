-- Roles and limits, once for a new server of PostgreSQL 14 or newer, as its superuser:
--     psql --set portal=portal --file deploy/postgresql.sql
-- Then give both a password (\password portal) and name the first one in DATABASE_URL.
\set ON_ERROR_STOP on

-- The portal: owns its tables, waits for nothing long. A page that takes five seconds is broken.
CREATE ROLE :"portal" LOGIN;
ALTER ROLE :"portal" SET statement_timeout = '5s';
ALTER ROLE :"portal" SET lock_timeout = '2s';
ALTER ROLE :"portal" SET idle_in_transaction_session_timeout = '30s';
-- A statement that fails holds what people typed, and so does the row that a rule refuses: neither
-- is for the server's log. The portal writes down which rule it was.
ALTER ROLE :"portal" SET log_min_error_statement = 'panic';
ALTER ROLE :"portal" SET log_error_verbosity = 'terse';

-- Whoever makes backups from another machine: reads everything, writes nothing.
\set backup :portal _backup
CREATE ROLE :"backup" LOGIN;
GRANT pg_read_all_data TO :"backup";
ALTER ROLE :"backup" SET default_transaction_read_only = on;

CREATE DATABASE :"portal" OWNER :"portal" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"portal" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"portal" TO :"portal", :"backup";

-- Each web process may keep 16 connections, each worker one: for two web nodes of two processes,
-- their workers and somebody who looks. It takes effect when the server is started again.
ALTER SYSTEM SET max_connections = 120;
