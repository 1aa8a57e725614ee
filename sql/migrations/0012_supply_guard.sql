-- Guarding the supply: whose coming appointments are counted, and which proofs of work were used
-- depends: 0004_queue
-- migrate: apply

-- Random, made at first use and by nobody chosen: the key of this installation's hashes and challenges.
CREATE TABLE installation_secret (
    purpose text  PRIMARY KEY,
    secret  bytea NOT NULL,
    CONSTRAINT installation_secret_length_check CHECK (length(secret) >= 32)
);

-- Who has an appointment that was booked online, and from where it was asked for, by keyed hashes alone:
-- to be counted, never to be read. Addresses are forgotten after an hour.
CREATE TABLE online_claim (
    office_id      integer     NOT NULL,
    appointment_id uuid        NOT NULL,
    kind           text        NOT NULL,
    hash           bytea       NOT NULL,
    at             timestamptz NOT NULL,
    forget_at      timestamptz NOT NULL,
    PRIMARY KEY (office_id, appointment_id, kind),
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT online_claim_kind_check CHECK (kind IN ('phone', 'email', 'address'))
);
CREATE INDEX online_claim_hash_index ON online_claim (hash);
CREATE INDEX online_claim_forget_index ON online_claim (forget_at);

CREATE TABLE used_challenge (
    nonce      bytea       PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX used_challenge_expires_index ON used_challenge (expires_at);

-- migrate: rollback
DROP TABLE used_challenge;
DROP TABLE online_claim;
DROP TABLE installation_secret;
