-- name: create_user(username, display_name, password_hash, now)$
-- Adds a user without any role; returns the id. A taken name violates staff_user_username_key.
INSERT INTO staff_user (username, display_name, password_hash, created_at)
VALUES (:username, :display_name, :password_hash, :now)
RETURNING id;

-- name: user_password(username)^
-- Gives what a log-in is checked against; also for disabled users, so that both take the same time.
SELECT id, password_hash, disabled_at IS NOT NULL AS disabled FROM staff_user WHERE username = :username;

-- name: set_password_hash(username, password_hash)$
-- Gives the user another password; returns the id, nothing for an unknown name.
UPDATE staff_user SET password_hash = :password_hash WHERE username = :username RETURNING id;

-- name: replace_password_hash(user_id, old_hash, new_hash)!
-- Stores the same password under newer parameters, unless it was changed meanwhile.
UPDATE staff_user SET password_hash = :new_hash WHERE id = :user_id AND password_hash = :old_hash;

-- name: disable_user(username, now)$
-- Bars the user from now on; returns the id, nothing for an unknown name. Who is disabled stays so since then.
UPDATE staff_user SET disabled_at = coalesce(disabled_at, :now) WHERE username = :username RETURNING id;

-- name: enable_user(username)$
-- Lets a disabled user log in again; returns the id, nothing for an unknown name.
UPDATE staff_user SET disabled_at = NULL WHERE username = :username RETURNING id;

-- name: end_sessions_of(user_id)!
-- Logs the user out everywhere. Run after the statement that bars log-ins, never as part of it: a
-- log-in that it had to wait for has committed its session by now, and this statement sees it.
DELETE FROM staff_session WHERE user_id = :user_id;

-- name: user_id(username)$
-- Gives the id that belongs to a user name.
SELECT id FROM staff_user WHERE username = :username;

-- name: office_id(slug)$
-- Gives the id that belongs to an office's slug.
SELECT id FROM office WHERE slug = :slug;

-- name: authority_id(slug)$
-- Gives the id that belongs to an authority's slug.
SELECT id FROM authority WHERE slug = :slug;

-- name: grant_role(user_id, role, authority_id, office_id)!
-- Gives the role; giving it again changes nothing.
INSERT INTO staff_role (user_id, role, authority_id, office_id)
VALUES (:user_id, :role, :authority_id, :office_id)
ON CONFLICT ON CONSTRAINT staff_role_key DO NOTHING;

-- name: withdraw_role(user_id, role, authority_id, office_id)!
-- Takes back exactly this role with this reach.
DELETE FROM staff_role
 WHERE user_id = :user_id AND role = :role
   AND authority_id IS NOT DISTINCT FROM :authority_id AND office_id IS NOT DISTINCT FROM :office_id;

-- name: users()
-- Lists all users, one row for each role, or one without a role.
SELECT u.id AS user_id, u.username, u.display_name, u.disabled_at IS NOT NULL AS disabled,
       r.role, r.authority_id, a.slug AS authority, r.office_id, o.slug AS office
  FROM staff_user u
  LEFT JOIN staff_role r ON r.user_id = u.id
  LEFT JOIN authority a ON a.id = r.authority_id
  LEFT JOIN office o ON o.id = r.office_id
 ORDER BY u.username, r.role, a.slug, o.slug;

-- name: start_session(token_hash, user_id, verified_hash, now, expires_at)$
-- Logs in whoever was checked against verified_hash; nothing when the user was disabled or got another
-- password meanwhile. The share lock makes "disable" wait until it can see this session.
INSERT INTO staff_session (token_hash, user_id, created_at, expires_at)
SELECT :token_hash, u.id, :now, :expires_at
  FROM staff_user u
 WHERE u.id = :user_id AND u.password_hash = :verified_hash AND u.disabled_at IS NULL
   FOR SHARE
RETURNING user_id;

-- name: session(token_hash, now)
-- Gives who is logged in by this token, one row for each role, or one without a role; none when it is over.
SELECT u.id AS user_id, u.username, u.display_name, s.expires_at,
       r.role, r.authority_id, a.slug AS authority, r.office_id, o.slug AS office
  FROM staff_session s
  JOIN staff_user u ON u.id = s.user_id
  LEFT JOIN staff_role r ON r.user_id = u.id
  LEFT JOIN authority a ON a.id = r.authority_id
  LEFT JOIN office o ON o.id = r.office_id
 WHERE s.token_hash = :token_hash AND s.expires_at > :now AND u.disabled_at IS NULL
 ORDER BY r.role, a.slug, o.slug;

-- name: end_session(token_hash)!
-- Logs out this session.
DELETE FROM staff_session WHERE token_hash = :token_hash;

-- name: lock_attempts(address)
-- Lets one log-in attempt at a time from this address be counted, until the transaction ends. A user
-- name's attempts are counted per address, so that this one lock covers both limits.
SELECT pg_advisory_xact_lock(hashtextextended('login ' || :address, 0));

-- name: claim_attempt(name_at_address, address, now, since, name_limit, address_limit)$
-- Counts an attempt as failed in advance and returns nothing; or, when a limit is reached, counts
-- nothing and returns the instant of the failure that must grow old before the next attempt.
WITH full_since AS (
    SELECT greatest(
        (SELECT f.at FROM login_failure f WHERE f.subject = :name_at_address AND f.at > :since
          ORDER BY f.at DESC OFFSET :name_limit ::bigint - 1 LIMIT 1),
        (SELECT f.at FROM login_failure f WHERE f.subject = :address AND f.at > :since
          ORDER BY f.at DESC OFFSET :address_limit ::bigint - 1 LIMIT 1)) AS at
), claimed AS (
    INSERT INTO login_failure (subject, at)
    SELECT claim.subject, :now
      FROM full_since, unnest(ARRAY[:name_at_address, :address]) AS claim (subject)
     WHERE full_since.at IS NULL
)
SELECT at FROM full_since;

-- name: clear_attempts(name_at_address, address, at)!
-- A right password: forgets the failures of this name at this address, and of the address only this attempt.
WITH own AS (
    SELECT f.ctid FROM login_failure f WHERE f.subject = :address AND f.at = :at
     LIMIT 1 FOR UPDATE SKIP LOCKED
), cleared AS (
    DELETE FROM login_failure f USING own WHERE f.ctid = own.ctid
)
DELETE FROM login_failure WHERE subject = :name_at_address;

-- name: sweep_sessions(now)!
-- Deletes sessions that are over; they open nothing already.
DELETE FROM staff_session WHERE expires_at <= :now;

-- name: sweep_attempts(since)!
-- Deletes failed log-ins that no limit counts any more.
DELETE FROM login_failure WHERE at <= :since;
