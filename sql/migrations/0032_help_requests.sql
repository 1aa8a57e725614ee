-- Visitors at a kiosk ask for somebody to come; who comes is told to them
-- depends: 0004_queue 0026_device_pairing
-- migrate: apply

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('help', 'asked',  'come',     'coming'),
    ('help', 'asked',  'finish',   'over'),
    ('help', 'asked',  'withdraw', 'over'),
    ('help', 'coming', 'finish',   'over'),
    ('help', 'coming', 'withdraw', 'over');

-- Where the device stands says where to go; nothing tells who asks, or why.
CREATE TABLE help_request (
    office_id integer     NOT NULL REFERENCES office (id),
    id        uuid        NOT NULL DEFAULT gen_random_uuid(),
    device_id integer     NOT NULL REFERENCES device (id),
    state     text        NOT NULL DEFAULT 'asked',
    asked_at  timestamptz NOT NULL,
    -- As in every record of who did something: staff:7.
    coming_by text,
    coming_at timestamptz,
    over_by   text,
    over_at   timestamptz,
    PRIMARY KEY (office_id, id),
    CONSTRAINT help_request_state_check CHECK (state IN ('asked', 'coming', 'over')),
    CONSTRAINT help_request_coming_check CHECK ((coming_by IS NULL) = (coming_at IS NULL)),
    CONSTRAINT help_request_over_check CHECK ((state = 'over') = (over_at IS NOT NULL))
);
-- Whoever presses again has asked already.
CREATE UNIQUE INDEX help_request_device_key ON help_request (office_id, device_id) WHERE state <> 'over';
CREATE INDEX help_request_open_index ON help_request (office_id, asked_at) WHERE state <> 'over';
CREATE INDEX help_request_over_index ON help_request (over_at);

CREATE TRIGGER help_request_lifecycle BEFORE UPDATE OF state ON help_request
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('help');

-- migrate: rollback
DROP TABLE help_request;
DELETE FROM lifecycle_transition WHERE lifecycle = 'help';
