-- name: add_callback(id, authority_id, office_id, name, phone, language, subject, note, due_at, reason, service, reference, user_id, now)$
-- Puts somebody on the call list with the first line of its timeline; gives the id, nothing when no
-- service has this code.
WITH added AS (
    INSERT INTO callback (id, authority_id, office_id, name, phone, language, subject, note, due_at, reason,
                          service_id, reference, created_at)
    SELECT :id, :authority_id, :office_id, :name, :phone, :language, :subject, :note, :due_at, :reason, s.id,
           :reference, :now ::timestamptz
      FROM (VALUES (:service ::text)) AS asked (code)
      LEFT JOIN service s ON s.code = asked.code
     WHERE asked.code IS NULL OR s.id IS NOT NULL
    RETURNING id
), told AS (
    INSERT INTO callback_event (callback_id, at, verb, user_id, note)
    SELECT added.id, :now, 'add', :user_id, '' FROM added
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

-- name: forget_callbacks(before)!
-- Empties what names or tells of somebody in items that ended before; they stay for the figures.
WITH forgotten AS (
    UPDATE callback SET name = '', phone = NULL, subject = '', note = ''
     WHERE finished_at < :before AND phone IS NOT NULL
    RETURNING id
)
UPDATE callback_event e SET note = '' FROM forgotten WHERE e.callback_id = forgotten.id AND e.note <> '';
