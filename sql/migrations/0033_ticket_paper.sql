-- How an office's tickets look, and papers that staff have printed once more
-- depends: 0029_outage_numbers
-- migrate: apply

ALTER TABLE office
    -- protocol.ticket_layout.TicketLayout; what is chosen on the page stays until the office's file says another.
    ADD COLUMN ticket_layout jsonb NOT NULL DEFAULT '{}';

-- One more paper of a number that exists, from one kiosk, ordered by somebody. Kept for a day.
CREATE TABLE ticket_copy (
    id         uuid        PRIMARY KEY,
    office_id  integer     NOT NULL,
    ticket_id  uuid        NOT NULL,
    device_id  integer     NOT NULL REFERENCES device (id),
    ordered_at timestamptz NOT NULL,
    -- A key of accounts, as staff:7.
    ordered_by text        NOT NULL,
    -- When the kiosk said how it went; empty while nobody knows.
    told_at    timestamptz,
    -- What kept it from paper; empty when it was printed.
    reason     text,
    FOREIGN KEY (office_id, ticket_id) REFERENCES ticket (office_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_copy_reason_check CHECK (reason IS NULL OR told_at IS NOT NULL)
);
CREATE INDEX ticket_copy_open_index ON ticket_copy (device_id) WHERE told_at IS NULL;
CREATE INDEX ticket_copy_ticket_index ON ticket_copy (office_id, ticket_id);

-- migrate: rollback
DROP TABLE ticket_copy;
ALTER TABLE office DROP COLUMN ticket_layout;
