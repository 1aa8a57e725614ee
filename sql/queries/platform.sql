-- name: lock_migrations()$
-- Waits until no other process migrates this database; held until the connection ends.
-- The key is "queue" in ASCII.
SELECT pg_advisory_lock(486520349029) IS NULL;

-- name: has_migration_table()$
-- Tells whether any migration was ever applied.
SELECT to_regclass('public._pogo_migration') IS NOT NULL;

-- name: migrations_applied(migrations)$
-- Tells whether all the named migrations have been applied.
SELECT NOT EXISTS (
    SELECT FROM unnest(:migrations ::text[]) AS wanted (id)
     WHERE wanted.id NOT IN (SELECT migration_id FROM public._pogo_migration));

-- name: answers()$
-- Proves that the server executes statements.
SELECT 1;

-- name: try_request_key(principal, key)$
-- Locks this key of this principal until the transaction ends; false when another request holds it.
SELECT pg_try_advisory_xact_lock(hashtextextended(:principal || ' ' || :key, 0));

-- name: find_answered_request(principal, key)^
-- The answer that was given to this key before, if any.
SELECT fingerprint, status, answer FROM answered_request WHERE principal = :principal AND key = :key;

-- name: keep_answer(principal, key, fingerprint, status, answer, now)!
-- Remembers an answer; commits or vanishes together with the verb it answers.
INSERT INTO answered_request (principal, key, fingerprint, status, answer, at)
VALUES (:principal, :key, :fingerprint, :status, :answer, :now);

-- name: claim_daily_chore(name, day)$
-- Gives the chore of this day to one process only, which hears the day on which it was done before;
-- nothing for all others, and nothing on an installation's first day.
WITH begun AS (
    INSERT INTO daily_chore (name, day) VALUES (:name, :day) ON CONFLICT (name) DO NOTHING
), before AS (
    SELECT day FROM daily_chore WHERE name = :name AND day < :day FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE daily_chore SET day = :day WHERE name = :name AND EXISTS (SELECT FROM before)
)
SELECT day FROM before;

-- name: forget_old_answers(before)!
-- Repeats older than this are new requests.
DELETE FROM answered_request WHERE at < :before;

-- name: find_secret(purpose)$
-- Gives the installation's secret for this purpose; nothing before it was first used.
SELECT secret FROM installation_secret WHERE purpose = :purpose;

-- name: add_secret(purpose, secret)!
-- Makes this the installation's secret for it, unless another process was faster.
INSERT INTO installation_secret (purpose, secret) VALUES (:purpose, :secret) ON CONFLICT (purpose) DO NOTHING;
