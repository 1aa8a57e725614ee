-- When a visit ended before its time, and how long an authority keeps who it was for
-- depends: 0015_entry_notices
-- migrate: apply

-- Days from the end of a visit, or from when it was cancelled, until name, number and addresses are deleted.
ALTER TABLE authority
    ADD COLUMN contact_days smallint NOT NULL DEFAULT 2,
    ADD CONSTRAINT authority_contact_days_check CHECK (contact_days BETWEEN 1 AND 30);

-- When nobody had to come any more: cancelled, run out, settled, missed. When earlier ones were cancelled
-- is not known; they were made before that, and who they were for goes first.
ALTER TABLE appointment ADD COLUMN ended_at timestamptz;
UPDATE appointment SET ended_at = CASE WHEN state IN ('cancelled', 'expired') THEN created_at ELSE ends_at END
 WHERE state NOT IN ('held', 'booked', 'arrived');
ALTER TABLE appointment ADD CONSTRAINT appointment_ended_check
    CHECK ((ended_at IS NULL) = (state IN ('held', 'booked', 'arrived')));

ALTER TABLE entry_booking ADD COLUMN ended_at timestamptz;
UPDATE entry_booking b
   SET ended_at = CASE WHEN b.state IN ('cancelled', 'expired') THEN b.created_at ELSE e.ends_at END
  FROM timed_entry e
 WHERE e.office_id = b.office_id AND e.id = b.entry_id AND b.state NOT IN ('held', 'booked', 'arrived');
ALTER TABLE entry_booking ADD CONSTRAINT entry_booking_ended_check
    CHECK ((ended_at IS NULL) = (state IN ('held', 'booked', 'arrived')));

CREATE OR REPLACE VIEW visit AS
    SELECT a.office_id, a.id, 'appointment' ::text AS kind, a.id AS appointment_id, NULL ::uuid AS entry_booking_id,
           a.reference, a.state, a.channel, a.created_at, a.expires_at, a.starts_at, a.ends_at, a.ended_at
      FROM appointment a
    UNION ALL
    SELECT b.office_id, b.id, 'entry' ::text, NULL ::uuid, b.id,
           b.reference, b.state, b.channel, b.created_at, b.expires_at,
           (SELECT e.starts_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id),
           (SELECT e.ends_at FROM timed_entry e WHERE e.office_id = b.office_id AND e.id = b.entry_id), b.ended_at
      FROM entry_booking b;

-- From when on nobody needs to know any more who a visit was for: a hold that ran out was nobody's, all
-- others are kept so many days from their end, or from when they were cancelled if that was earlier.
CREATE FUNCTION contact_forgotten_at(state text, ends_at timestamptz, ended_at timestamptz, contact_days smallint)
RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN state = 'expired' THEN ended_at
                ELSE least(ends_at, ended_at) + contact_days * interval '24 hours' END
$$;

-- migrate: rollback
DROP FUNCTION contact_forgotten_at(text, timestamptz, timestamptz, smallint);
DROP VIEW visit;
ALTER TABLE entry_booking DROP COLUMN ended_at;
ALTER TABLE appointment DROP COLUMN ended_at;
ALTER TABLE authority DROP COLUMN contact_days;
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
