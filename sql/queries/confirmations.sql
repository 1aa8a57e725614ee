-- name: add_secret(office_id, appointment_id, secret_hash)!
-- Makes a further secret open the appointment.
INSERT INTO appointment_secret (office_id, appointment_id, secret_hash)
VALUES (:office_id, :appointment_id, :secret_hash);

-- name: forget_secrets(now)!
-- Ends what links in messages open, for appointments whose contact is forgotten too.
DELETE FROM appointment_secret s USING appointment a, office o, authority au
 WHERE a.office_id = s.office_id AND a.id = s.appointment_id AND o.id = a.office_id AND au.id = o.authority_id
   AND contact_forgotten_at(a.state, a.ends_at, a.ended_at, au.contact_days) < :now;

-- name: told_since(office_id, visit_id, since)$
-- How many messages were written about a visit since then, sent or not.
SELECT count(*) FROM outbox m
 WHERE m.office_id = :office_id AND m.visit_id = :visit_id AND m.created_at > :since;

-- name: due_reminders(now, ahead, most)
-- Appointments whose visitors want to be reminded, and are to be by now, each given to one asker
-- alone. Reminders leave between 8 and 20 o'clock: one that is due at seven in the evening has an hour
-- to be sent in. Whoever has been told of the appointment since it was due needs none.
SELECT a.office_id, a.id, a.reference, a.starts_at
  FROM appointment a
  JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
  JOIN office o ON o.id = a.office_id
 CROSS JOIN LATERAL (SELECT reminder_at(a.starts_at, :ahead ::interval, o.time_zone) AS at) AS due
 WHERE a.state = 'booked' AND c.remind AND c.reminded_for IS DISTINCT FROM a.starts_at
   -- The evening before is at most thirteen hours earlier; days are an index's, and a zone's.
   AND a.day BETWEEN (:now ::timestamptz)::date - 1 AND (:now ::timestamptz + :ahead ::interval + interval '13 hours')::date + 1
   AND a.starts_at > :now AND due.at <= :now AND a.created_at < due.at
   AND (:now ::timestamptz AT TIME ZONE o.time_zone)::time BETWEEN '08:00' AND '20:00'
   AND NOT EXISTS (SELECT FROM outbox m
                    WHERE m.office_id = a.office_id AND m.appointment_id = a.id AND m.created_at >= due.at)
 ORDER BY a.starts_at, a.id
 LIMIT :most
   FOR UPDATE OF a SKIP LOCKED;

-- name: note_reminded(office_id, appointment_id, starts_at)$
-- Notes that the visitor is reminded of this start; no row when that was noted before.
UPDATE appointment_contact SET reminded_for = :starts_at
 WHERE office_id = :office_id AND appointment_id = :appointment_id AND reminded_for IS DISTINCT FROM :starts_at
RETURNING appointment_id;

-- name: settle_call(reference, note, now)!
-- Whoever has changed a visit knows it as it is now: nobody rings about what the office had changed before.
-- Who has taken that call may be the one who speaks with the visitor, and finishes it; the note says what of
-- it still holds.
WITH known AS (
    UPDATE callback c
       SET state = CASE c.state WHEN 'open' THEN 'withdrawn' ELSE c.state END,
           finished_at = CASE c.state WHEN 'open' THEN :now ::timestamptz END,
           note = CASE c.state WHEN 'open' THEN c.note ELSE :note ::text || E'\n' || c.note END,
           expected_start = v.starts_at, expected_office_id = v.office_id
      FROM visit v
     WHERE v.reference = :reference AND c.reference = :reference
       AND c.expected_start IS NOT NULL AND c.state IN ('open', 'taken')
    RETURNING c.id, c.state
)
INSERT INTO callback_event (callback_id, at, verb, note)
SELECT known.id, :now, CASE known.state WHEN 'withdrawn' THEN 'withdraw' ELSE 'renew' END, :note FROM known;
