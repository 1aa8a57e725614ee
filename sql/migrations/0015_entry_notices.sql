-- Messages, links, reminders and limits for bookings of hours with places, as for appointments
-- depends: 0006_notices 0008_hotline 0009_entries 0012_supply_guard
-- migrate: apply

-- What somebody comes for: an appointment, or a party's hour. The hour's times stand in subqueries, so
-- that whoever joins by id reaches one row of either table by its key.
CREATE VIEW visit AS
    SELECT a.office_id, a.id, 'appointment' ::text AS kind, a.id AS appointment_id, NULL ::uuid AS entry_booking_id,
           a.reference, a.state, a.channel, a.created_at, a.expires_at, a.starts_at, a.ends_at
      FROM appointment a
    UNION ALL
    SELECT b.office_id, b.id, 'entry' ::text, NULL ::uuid, b.id,
           b.reference, b.state, b.channel, b.created_at, b.expires_at,
           (SELECT e.starts_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id),
           (SELECT e.ends_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id)
      FROM entry_booking b;

-- A message is about one of both. Each keeps its foreign key, and "visit_id" is whichever it is.
ALTER TABLE outbox
    ALTER COLUMN appointment_id DROP NOT NULL,
    ADD COLUMN entry_booking_id uuid,
    ADD COLUMN visit_id uuid GENERATED ALWAYS AS (coalesce(appointment_id, entry_booking_id)) STORED,
    ADD CONSTRAINT outbox_entry_booking_fkey FOREIGN KEY (office_id, entry_booking_id)
        REFERENCES entry_booking (office_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT outbox_visit_check CHECK (num_nonnulls(appointment_id, entry_booking_id) = 1);
CREATE INDEX outbox_visit_index ON outbox (office_id, visit_id);
CREATE INDEX outbox_entry_booking_index ON outbox (office_id, entry_booking_id) WHERE entry_booking_id IS NOT NULL;

-- So is what counts for somebody who books online.
ALTER TABLE online_claim
    DROP CONSTRAINT online_claim_pkey,
    ALTER COLUMN appointment_id DROP NOT NULL,
    ADD COLUMN entry_booking_id uuid,
    ADD COLUMN visit_id uuid GENERATED ALWAYS AS (coalesce(appointment_id, entry_booking_id)) STORED,
    ADD CONSTRAINT online_claim_pkey PRIMARY KEY (office_id, visit_id, kind),
    ADD CONSTRAINT online_claim_entry_booking_fkey FOREIGN KEY (office_id, entry_booking_id)
        REFERENCES entry_booking (office_id, id) ON DELETE CASCADE,
    ADD CONSTRAINT online_claim_visit_check CHECK (num_nonnulls(appointment_id, entry_booking_id) = 1);
CREATE INDEX online_claim_appointment_index ON online_claim (office_id, appointment_id)
    WHERE appointment_id IS NOT NULL;
CREATE INDEX online_claim_entry_booking_index ON online_claim (office_id, entry_booking_id)
    WHERE entry_booking_id IS NOT NULL;

-- Links in messages open the booking too, each by a secret of its own.
CREATE TABLE entry_secret (
    office_id   integer NOT NULL,
    booking_id  uuid    NOT NULL,
    secret_hash bytea   NOT NULL,
    PRIMARY KEY (office_id, booking_id, secret_hash),
    FOREIGN KEY (office_id, booking_id) REFERENCES entry_booking (office_id, id) ON DELETE CASCADE
);

-- The beginning that the party was reminded of; and found by name and number as others are.
ALTER TABLE entry_contact
    ADD COLUMN reminded_for timestamptz,
    ADD COLUMN words tsvector GENERATED ALWAYS AS (array_to_tsvector(name_words(name))) STORED;
CREATE INDEX entry_contact_words_index ON entry_contact USING gin (words) WHERE name <> '';
CREATE INDEX entry_contact_phone_index ON entry_contact (phone) WHERE phone IS NOT NULL;
CREATE INDEX entry_contact_email_index ON entry_contact (lower(email)) WHERE email IS NOT NULL;

-- When somebody is reminded of what begins then: so long ahead, but where that is in the evening or at
-- night, at seven in the evening before, by the clock of the place.
CREATE FUNCTION reminder_at(starts_at timestamptz, ahead interval, time_zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN local.wanted ::time >= '19:00' THEN local.wanted ::date + time '19:00'
                WHEN local.wanted ::time < '08:00' THEN local.wanted ::date - 1 + time '19:00'
                ELSE local.wanted END AT TIME ZONE time_zone
      FROM (VALUES ((starts_at - ahead) AT TIME ZONE time_zone)) AS local (wanted)
$$;

-- migrate: rollback
DROP FUNCTION reminder_at(timestamptz, interval, text);
DROP INDEX entry_contact_email_index;
DROP INDEX entry_contact_phone_index;
DROP INDEX entry_contact_words_index;
ALTER TABLE entry_contact DROP COLUMN words, DROP COLUMN reminded_for;
DROP TABLE entry_secret;
DELETE FROM online_claim WHERE entry_booking_id IS NOT NULL;
DROP INDEX online_claim_appointment_index;
ALTER TABLE online_claim
    DROP CONSTRAINT online_claim_pkey,
    DROP COLUMN visit_id,
    DROP COLUMN entry_booking_id,
    ALTER COLUMN appointment_id SET NOT NULL,
    ADD CONSTRAINT online_claim_pkey PRIMARY KEY (office_id, appointment_id, kind);
DELETE FROM outbox WHERE entry_booking_id IS NOT NULL;
DROP INDEX outbox_visit_index;
ALTER TABLE outbox
    DROP COLUMN visit_id,
    DROP COLUMN entry_booking_id,
    ALTER COLUMN appointment_id SET NOT NULL;
DROP VIEW visit;
