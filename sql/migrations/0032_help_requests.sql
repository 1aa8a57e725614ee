-- Somebody before a kiosk calls for a person: one open call a device, and who answers it
-- depends: 0029_outage_numbers
-- migrate: apply

CREATE TABLE help_request (
    office_id       integer     NOT NULL REFERENCES office (id),
    id              bigint      GENERATED ALWAYS AS IDENTITY,
    device_id       integer     NOT NULL REFERENCES device (id),
    state           text        NOT NULL DEFAULT 'waiting',
    at              timestamptz NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    ended_by        text,
    ended_at        timestamptz,
    PRIMARY KEY (office_id, id),
    CONSTRAINT help_request_state_check CHECK (state IN ('waiting', 'coming', 'done')),
    CONSTRAINT help_request_answer_check CHECK (state <> 'coming' OR acknowledged_at IS NOT NULL),
    CONSTRAINT help_request_end_check CHECK ((state = 'done') = (ended_at IS NOT NULL))
);
-- However often somebody presses, one call is open.
CREATE UNIQUE INDEX help_request_open_key ON help_request (office_id, device_id) WHERE state <> 'done';
CREATE INDEX help_request_device_index ON help_request (office_id, device_id, id);
CREATE INDEX help_request_ended_at_index ON help_request (ended_at);

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('help_request', 'waiting', 'acknowledge', 'coming'),
    ('help_request', 'waiting', 'finish',      'done'),
    ('help_request', 'coming',  'finish',      'done');
CREATE TRIGGER help_request_lifecycle BEFORE UPDATE OF state ON help_request
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('help_request');

-- migrate: rollback
DELETE FROM lifecycle_transition WHERE lifecycle = 'help_request';
DROP TABLE help_request;
