-- Staff users, their roles and sessions; devices and their tokens; repeated requests
-- depends: 0001_offices
-- migrate: apply

CREATE TABLE staff_user (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username      text        NOT NULL,
    display_name  text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz,
    CONSTRAINT staff_user_username_key UNIQUE (username)
);

-- A role reaches one office, or all offices of an authority, or (both empty) everything.
CREATE TABLE staff_role (
    user_id      integer NOT NULL REFERENCES staff_user (id) ON DELETE CASCADE,
    role         text    NOT NULL,
    authority_id integer REFERENCES authority (id),
    office_id    integer REFERENCES office (id),
    CONSTRAINT staff_role_role_check CHECK (role IN ('clerk', 'reception', 'agent', 'supervisor', 'admin')),
    CONSTRAINT staff_role_reach_check CHECK (authority_id IS NULL OR office_id IS NULL),
    CONSTRAINT staff_role_key UNIQUE NULLS NOT DISTINCT (user_id, role, authority_id, office_id)
);

-- Tokens are random; only their SHA-256 is stored, so that a copy of the table opens nothing.
CREATE TABLE staff_session (
    token_hash bytea       PRIMARY KEY,
    user_id    integer     NOT NULL REFERENCES staff_user (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX staff_session_expires_index ON staff_session (expires_at);

CREATE TABLE login_failure (
    subject text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX login_failure_index ON login_failure (subject, at);

CREATE TABLE device (
    office_id    integer     NOT NULL REFERENCES office (id),
    id           integer     GENERATED ALWAYS AS IDENTITY,
    profile      text        NOT NULL,
    name         text        NOT NULL,
    token_hash   bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    PRIMARY KEY (office_id, id),
    CONSTRAINT device_token_key UNIQUE (token_hash),
    CONSTRAINT device_profile_check CHECK (profile IN ('kiosk', 'display'))
);

-- Answers to requests that carried an Idempotency-Key; written in the verb's own transaction.
CREATE TABLE answered_request (
    principal   text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    status      smallint    NOT NULL,
    answer      bytea       NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX answered_request_at_index ON answered_request (at);

ALTER TABLE counter ADD CONSTRAINT counter_clerk_fkey FOREIGN KEY (clerk_id) REFERENCES staff_user (id);

-- migrate: rollback
ALTER TABLE counter DROP CONSTRAINT counter_clerk_fkey;
DROP TABLE answered_request;
DROP TABLE device;
DROP TABLE login_failure;
DROP TABLE staff_session;
DROP TABLE staff_role;
DROP TABLE staff_user;
