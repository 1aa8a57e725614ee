-- The rest of each hall's day, as it was forecast last; alarms go out to whom the office has named
-- depends: 0025_moves
-- migrate: apply

-- Made once a minute by whoever makes the forecasts, read by team leads.
CREATE TABLE hall_outlook (
    office_id integer     PRIMARY KEY REFERENCES office (id),
    at        timestamptz NOT NULL,
    body      jsonb       NOT NULL
);

-- An alarm is told by the same outbox as everything else that leaves the house, in the alarm's transaction.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced', 'waiting_joined', 'alarm'));
ALTER TABLE outbox
    ADD COLUMN alarm_id bigint,
    ADD CONSTRAINT outbox_alarm_fkey FOREIGN KEY (office_id, alarm_id)
        REFERENCES hall_alarm (office_id, id) ON DELETE CASCADE,
    DROP CONSTRAINT outbox_visit_check,
    ADD CONSTRAINT outbox_visit_check CHECK
        (num_nonnulls(appointment_id, entry_booking_id, waiting_entry_id, alarm_id) = 1),
    ADD CONSTRAINT outbox_alarm_check CHECK ((kind = 'alarm') = (alarm_id IS NOT NULL));
CREATE INDEX outbox_alarm_index ON outbox (office_id, alarm_id) WHERE alarm_id IS NOT NULL;

-- migrate: rollback
DELETE FROM outbox WHERE kind = 'alarm';
DROP INDEX outbox_alarm_index;
ALTER TABLE outbox
    DROP CONSTRAINT outbox_alarm_check,
    DROP CONSTRAINT outbox_visit_check,
    DROP COLUMN alarm_id,
    ADD CONSTRAINT outbox_visit_check CHECK
        (num_nonnulls(appointment_id, entry_booking_id, waiting_entry_id) = 1);
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced', 'waiting_joined'));
DROP TABLE hall_outlook;
