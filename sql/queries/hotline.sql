-- name: visits_of(name, phone, email, everywhere, authority_ids, office_ids, after, limit)
-- References of the appointments, and bookings of hours, whose contact fits all that is given, the one
-- booked last first; only those that somebody's grants reach, and that still have a contact. Reads other
-- areas' tables for the references alone: what is shown of them, those tell. after is the last one seen.
SELECT c.kind, c.reference
  FROM (SELECT 'appointment' ::text AS kind, a.reference, a.created_at, a.office_id, a.state,
               c.name, c.phone, c.email, c.words
          FROM appointment_contact c
          JOIN appointment a ON a.office_id = c.office_id AND a.id = c.appointment_id
        UNION ALL
        SELECT 'entry' ::text, b.reference, b.created_at, b.office_id, b.state, c.name, c.phone, c.email, c.words
          FROM entry_contact c
          JOIN entry_booking b ON b.office_id = c.office_id AND b.id = c.booking_id) AS c
  JOIN office o ON o.id = c.office_id
 WHERE c.state <> 'expired'
   AND (:name ::text IS NULL OR (c.name <> '' AND c.words @@ name_query(:name)))
   AND (:phone ::text IS NULL OR c.phone = :phone)
   AND (:email ::text IS NULL OR lower(c.email) = lower(:email))
   AND (:everywhere OR o.authority_id = ANY (:authority_ids ::integer[]) OR o.id = ANY (:office_ids ::integer[]))
   AND (:after ::text IS NULL
        OR (c.created_at, c.reference) < (SELECT seen.created_at, seen.reference
                                            FROM visit seen WHERE seen.reference = :after LIMIT 1))
 ORDER BY c.created_at DESC, c.reference DESC
 LIMIT :limit;

-- name: duplicates(name, phone, email, codes, hours, start, without, everywhere, authority_ids, office_ids, now, limit)
-- Coming appointments, and bookings of hours, with the same telephone, the same e-mail address, or all words
-- of the same name: first those with one of the services or kinds of hours, then by what is the same, then
-- those nearest to the start.
SELECT o.authority_id, o.id AS office_id, o.slug AS office, o.time_zone, c.reference, c.starts_at,
       c.services ::text AS services, c.code, c.title ::text AS title, c.party_size,
       CASE WHEN c.phone = :phone THEN 'phone' WHEN lower(c.email) = lower(:email) THEN 'email'
            ELSE 'name' END AS match
  FROM (SELECT a.office_id, a.reference, a.state, a.starts_at, a.ends_at, a.expires_at, a.services,
               NULL ::text AS code, NULL ::jsonb AS title, NULL ::smallint AS party_size,
               c.name, c.phone, c.email, c.words
          FROM appointment_contact c
          JOIN appointment a ON a.office_id = c.office_id AND a.id = c.appointment_id
        UNION ALL
        SELECT b.office_id, b.reference, b.state, e.starts_at, e.ends_at, b.expires_at, '[]' ::jsonb,
               e.code, e.title, b.party_size, c.name, c.phone, c.email, c.words
          FROM entry_contact c
          JOIN entry_booking b ON b.office_id = c.office_id AND b.id = c.booking_id
          JOIN timed_entry e ON e.office_id = b.office_id AND e.id = b.entry_id) AS c
  JOIN office o ON o.id = c.office_id
 WHERE (c.phone = :phone ::text
        OR lower(c.email) = lower(:email ::text)
        OR (c.name <> '' AND c.words @@ name_query(:name) AND c.words = array_to_tsvector(name_words(:name ::text))))
   AND c.state IN ('held', 'booked', 'arrived')
   AND c.ends_at > :now
   AND coalesce(c.expires_at, 'infinity') > :now
   AND c.reference IS DISTINCT FROM :without
   AND (:everywhere OR o.authority_id = ANY (:authority_ids ::integer[]) OR o.id = ANY (:office_ids ::integer[]))
 ORDER BY (EXISTS (SELECT FROM jsonb_array_elements(c.services) AS wish
                    WHERE wish ->> 'service' = ANY (:codes ::text[]))
           OR coalesce(c.code = ANY (:hours ::text[]), false)) DESC,
          array_position(ARRAY['phone', 'email', 'name'],
                         CASE WHEN c.phone = :phone THEN 'phone' WHEN lower(c.email) = lower(:email) THEN 'email'
                              ELSE 'name' END),
          abs(extract(epoch FROM c.starts_at - coalesce(:start ::timestamptz, :now))), c.reference
 LIMIT :limit;

-- name: add_callback(id, authority_id, office_id, name, phone, language, subject, note, due_at, reason, service, reference, expected_start, expected_office_id, user_id, now)$
-- Puts somebody on the call list with the first line of its timeline; gives the id, nothing when no
-- service has this code. What is to be told about a change of an appointment takes the place of what was
-- to be told about an earlier one and has not been: it is due as early, and is nobody's again. What the
-- visitor expects stays.
WITH added AS (
    INSERT INTO callback (id, authority_id, office_id, name, phone, language, subject, note, due_at, reason,
                          service_id, reference, expected_start, expected_office_id, created_at)
    SELECT :id, :authority_id, :office_id, :name, :phone, :language, :subject, :note, :due_at, :reason, s.id,
           :reference, :expected_start ::timestamptz, :expected_office_id ::integer, :now ::timestamptz
      FROM (VALUES (:service ::text)) AS asked (code)
      LEFT JOIN service s ON s.code = asked.code
     WHERE asked.code IS NULL OR s.id IS NOT NULL
    ON CONFLICT (reference) WHERE expected_start IS NOT NULL AND state IN ('open', 'taken') DO UPDATE
       SET state = 'open', taken_by = NULL, authority_id = excluded.authority_id, office_id = excluded.office_id,
           name = excluded.name, phone = excluded.phone, language = excluded.language,
           subject = excluded.subject, note = excluded.note, due_at = least(callback.due_at, excluded.due_at)
    RETURNING id, id = :id AS is_new
), told AS (
    INSERT INTO callback_event (callback_id, at, verb, user_id, note)
    SELECT added.id, :now, CASE WHEN added.is_new THEN 'add' ELSE 'renew' END, :user_id, '' FROM added
)
SELECT id FROM added;

-- name: move_callback(id, verb, from_states, to_state, user_id, anyones, note, due_at, now)$
-- Takes the item to another state and writes who did it; gives the id, or nothing when it is in none of
-- these states any more or, unless anyones may be moved, when somebody else has taken it. The row's lock
-- decides between two who want it.
WITH moved AS (
    UPDATE callback
       SET state = :to_state,
           taken_by = CASE WHEN :to_state = 'taken' THEN :user_id ::integer END,
           due_at = coalesce(:due_at ::timestamptz, due_at),
           finished_at = CASE WHEN :to_state IN ('done', 'withdrawn') THEN :now ::timestamptz END
     WHERE id = :id AND state = ANY (:from_states ::text[])
       AND (:anyones OR taken_by IS NULL OR taken_by = :user_id)
    RETURNING id
), told AS (
    INSERT INTO callback_event (callback_id, at, verb, user_id, note, due_at)
    SELECT moved.id, :now, :verb, :user_id, :note, :due_at FROM moved
)
SELECT id FROM moved;

-- name: expected_visit(reference)^
-- When and where somebody who is still to be rung about a change of this appointment expects it; keeps
-- the call from being finished until the transaction ends.
SELECT c.expected_start AS start, o.slug AS office, o.time_zone
  FROM callback c JOIN office o ON o.id = c.expected_office_id
 WHERE c.reference = :reference AND c.expected_start IS NOT NULL AND c.state IN ('open', 'taken')
   FOR UPDATE OF c;

-- name: find_callback(id)^
-- One item with its timeline, oldest first.
SELECT * FROM kept_callback WHERE id = :id;

-- name: list_callbacks(state, due_before, everywhere, authority_ids, office_ids, mine, after, limit)
-- Items in a state that somebody's grants reach, the most urgent first: all, those of some authorities,
-- those of some offices. due_before, mine (who has taken it) and after (the last one seen) may be NULL.
SELECT kept.*
  FROM kept_callback kept
 WHERE kept.state = :state
   AND kept.due_at < coalesce(:due_before ::timestamptz, 'infinity')
   AND (:everywhere OR kept.authority_id = ANY (:authority_ids ::integer[])
        OR kept.office_id = ANY (:office_ids ::integer[]))
   AND (:mine ::integer IS NULL OR kept.taken_by = :mine)
   AND (:after ::uuid IS NULL
        OR (kept.due_at, kept.id) > (SELECT seen.due_at, seen.id FROM callback seen WHERE seen.id = :after))
 ORDER BY kept.due_at, kept.id
 LIMIT :limit;

-- name: count_callbacks(everywhere, authority_ids, office_ids, user_id)^
-- How many items that somebody's grants reach wait for a call, and how many of them they have taken.
SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE taken_by = :user_id) AS mine
  FROM callback
 WHERE state IN ('open', 'taken')
   AND (:everywhere OR authority_id = ANY (:authority_ids ::integer[]) OR office_id = ANY (:office_ids ::integer[]));

-- name: withdraw_stale(due_before, now)!
-- Ends items that nobody has come to for so long that ringing would help nobody.
UPDATE callback SET state = 'withdrawn', taken_by = NULL, finished_at = :now
 WHERE state IN ('open', 'taken') AND due_at < :due_before;

-- name: forget_callbacks(now)!
-- Empties what names or tells of somebody in items that ended as many days ago as their authority keeps it;
-- they stay for the figures.
WITH forgotten AS (
    UPDATE callback c SET name = '', phone = NULL, subject = '', note = ''
      FROM authority au
     WHERE au.id = c.authority_id AND c.phone IS NOT NULL
       AND c.finished_at < :now ::timestamptz - au.contact_days * interval '24 hours'
    RETURNING c.id
)
UPDATE callback_event e SET note = '' FROM forgotten WHERE e.callback_id = forgotten.id AND e.note <> '';
