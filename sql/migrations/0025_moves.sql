-- How often a visit was moved, so that calendar files follow one another also where no message was sent
-- depends: 0017_contact_days 0018_entry_levels
-- migrate: apply

ALTER TABLE appointment ADD COLUMN moves integer NOT NULL DEFAULT 0;
ALTER TABLE entry_booking ADD COLUMN moves integer NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW visit AS
    SELECT a.office_id, a.id, 'appointment' ::text AS kind, a.id AS appointment_id, NULL ::uuid AS entry_booking_id,
           a.reference, a.state, a.channel, a.created_at, a.expires_at, a.starts_at, a.ends_at, a.ended_at, a.moves
      FROM appointment a
    UNION ALL
    SELECT b.office_id, b.id, 'entry' ::text, NULL ::uuid, b.id,
           b.reference, b.state, b.channel, b.created_at, b.expires_at,
           (SELECT e.starts_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id),
           (SELECT e.ends_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id), b.ended_at,
           b.moves
      FROM entry_booking b;

-- migrate: rollback
DROP VIEW visit;
ALTER TABLE entry_booking DROP COLUMN moves;
ALTER TABLE appointment DROP COLUMN moves;
CREATE VIEW visit AS
    SELECT a.office_id, a.id, 'appointment' ::text AS kind, a.id AS appointment_id, NULL ::uuid AS entry_booking_id,
           a.reference, a.state, a.channel, a.created_at, a.expires_at, a.starts_at, a.ends_at, a.ended_at
      FROM appointment a
    UNION ALL
    SELECT b.office_id, b.id, 'entry' ::text, NULL ::uuid, b.id,
           b.reference, b.state, b.channel, b.created_at, b.expires_at,
           (SELECT e.starts_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id),
           (SELECT e.ends_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id), b.ended_at
      FROM entry_booking b;
