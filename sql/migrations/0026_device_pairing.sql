-- Devices ask to be let in by a code, say how they are, and are moved, renewed and configured from here
-- depends: 0002_people_and_devices
-- migrate: apply

ALTER TABLE device
    -- What it is told to do, as protocol.device_care.DeviceSettings names it.
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
    -- What it last said of itself, and when.
    ADD COLUMN health jsonb,
    ADD COLUMN seen_at timestamptz,
    -- Since when it is to make itself another token; empty once it has.
    ADD COLUMN renew_since timestamptz,
    ADD CONSTRAINT device_id_key UNIQUE (id);

-- A device that shows a code until somebody who may enters it. It made its token itself; only the hash
-- came here, so that no answer ever carries a token.
CREATE TABLE device_pairing (
    code       text        PRIMARY KEY,
    token_hash bytea       NOT NULL,
    profile    text        NOT NULL,
    version    text        NOT NULL,
    -- A keyed hash of the network address: one address asks for few codes.
    asked_from bytea       NOT NULL,
    asked_at   timestamptz NOT NULL,
    CONSTRAINT device_pairing_token_key UNIQUE (token_hash),
    CONSTRAINT device_pairing_profile_check CHECK (profile IN ('kiosk', 'display'))
);
CREATE INDEX device_pairing_asked_at_index ON device_pairing (asked_at);

-- migrate: rollback
DROP TABLE device_pairing;
ALTER TABLE device DROP CONSTRAINT device_id_key, DROP COLUMN renew_since, DROP COLUMN seen_at, DROP COLUMN health,
    DROP COLUMN settings;
