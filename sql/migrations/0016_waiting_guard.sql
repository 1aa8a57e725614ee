-- The waiting list: whom a freed place fits, from where somebody joined, and that joining is confirmed
-- depends: 0007_waiting_list 0015_entry_notices 0019_called_off
-- migrate: apply

-- At which cells of a plane a visit can begin: of one cell, of two, and so on up to the longest that fits.
CREATE FUNCTION visit_starts(plane bit) RETURNS bit[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    starts bit(300)[] := '{}';
    longer bit(300)   := plane;
BEGIN
    WHILE longer <> 0::bit(300) LOOP
        starts := starts || longer;
        longer := plane & (longer << 1);
    END LOOP;
    RETURN starts;
END $$;

-- Whether one of these starts lies in the cells from the first to before the end.
CREATE FUNCTION begins_within(starts bit, first_cell integer, end_cell integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (starts << first_cell) >> (300 - end_cell + first_cell) <> 0::bit(300)
$$;

-- From where somebody joined online, as a keyed hash: to be counted, never to be read, for an hour.
CREATE TABLE waiting_claim (
    entry_id uuid        PRIMARY KEY REFERENCES waiting_entry (id) ON DELETE CASCADE,
    hash     bytea       NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX waiting_claim_hash_index ON waiting_claim (hash, at);
CREATE INDEX waiting_claim_at_index ON waiting_claim (at);

-- That somebody stands on the list is told like what happens to a visit, by the same outbox.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced', 'waiting_joined'));
ALTER TABLE authority_text DROP CONSTRAINT authority_text_kind_check;
ALTER TABLE authority_text ADD CONSTRAINT authority_text_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced', 'waiting_joined'));
ALTER TABLE outbox
    ADD COLUMN waiting_entry_id uuid,
    ADD CONSTRAINT outbox_waiting_entry_fkey FOREIGN KEY (waiting_entry_id)
        REFERENCES waiting_entry (id) ON DELETE CASCADE,
    DROP CONSTRAINT outbox_visit_check,
    ADD CONSTRAINT outbox_visit_check CHECK
        (num_nonnulls(appointment_id, entry_booking_id, waiting_entry_id) = 1);
CREATE INDEX outbox_waiting_entry_index ON outbox (waiting_entry_id) WHERE waiting_entry_id IS NOT NULL;

-- migrate: rollback
DELETE FROM outbox WHERE waiting_entry_id IS NOT NULL;
DELETE FROM authority_text WHERE kind = 'waiting_joined';
DROP INDEX outbox_waiting_entry_index;
ALTER TABLE outbox
    DROP CONSTRAINT outbox_visit_check,
    DROP COLUMN waiting_entry_id,
    ADD CONSTRAINT outbox_visit_check CHECK (num_nonnulls(appointment_id, entry_booking_id) = 1);
ALTER TABLE authority_text DROP CONSTRAINT authority_text_kind_check;
ALTER TABLE authority_text ADD CONSTRAINT authority_text_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced'));
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced'));
DROP TABLE waiting_claim;
DROP FUNCTION begins_within(bit, integer, integer);
DROP FUNCTION visit_starts(bit);
