-- name: take_letters(office_ids, ids, batch, large_print, now, most)
-- Prints what waits for the post at these offices, as one batch; ids may be NULL: all of it. Each in the
-- form that its reader wished for, or all in large print. Of two who ask at the same moment each gets
-- other letters.
WITH chosen AS (
    SELECT m.office_id, m.id FROM outbox m
     WHERE m.way = 'letter' AND m.state = 'queued' AND m.useful_until > :now
       AND m.office_id = ANY (:office_ids ::integer[])
       AND (:ids ::uuid[] IS NULL OR m.id = ANY (:ids))
     ORDER BY m.created_at, m.id
     LIMIT :most
       FOR NO KEY UPDATE SKIP LOCKED
), printed AS (
    UPDATE outbox m SET state = 'printed', attempts = m.attempts + 1
      FROM chosen WHERE m.office_id = chosen.office_id AND m.id = chosen.id
    RETURNING m.office_id, m.id, m.payload #>> '{recipient,letter_form}' AS letter_form
), replaced AS (
    -- What was put back into the queue after it was printed.
    UPDATE letter_print l SET cleared_at = :now
      FROM printed p WHERE l.message_id = p.id AND l.cleared_at IS NULL
)
INSERT INTO letter_print (office_id, message_id, batch, copy, large_print, printed_at)
SELECT p.office_id, p.id, :batch,
       1 + coalesce((SELECT max(l.copy) FROM letter_print l WHERE l.message_id = p.id), 0),
       :large_print OR p.letter_form IS NOT DISTINCT FROM 'large_print', :now
  FROM printed p
RETURNING message_id AS id;

-- name: reprint_letters(batch, office_ids, new_batch, now)
-- Takes the letters of a batch that have not been posted into a new one, where each is a further
-- copy as it was; whoever asks second finds nothing left in the old one.
WITH locked AS (
    SELECT m.id FROM outbox m
      JOIN letter_print l ON l.message_id = m.id
     WHERE l.batch = :batch AND l.cleared_at IS NULL AND m.state = 'printed'
       AND l.office_id = ANY (:office_ids ::integer[])
     ORDER BY m.id
       FOR NO KEY UPDATE OF m
), earlier AS (
    UPDATE letter_print l SET cleared_at = :now
      FROM locked WHERE l.message_id = locked.id AND l.batch = :batch AND l.cleared_at IS NULL
    RETURNING l.office_id, l.message_id, l.copy, l.large_print
)
INSERT INTO letter_print (office_id, message_id, batch, copy, large_print, printed_at)
SELECT e.office_id, e.message_id, :new_batch, e.copy + 1, e.large_print, :now FROM earlier e
RETURNING message_id AS id;

-- name: post_letters(batch, office_ids, now)
-- The batch was handed to the post: gives the letters that are posted now. What was taken back since
-- it was printed stays taken back, and its sheet is cleared away with the others.
WITH locked AS (
    SELECT m.id FROM outbox m
      JOIN letter_print l ON l.message_id = m.id
     WHERE l.batch = :batch AND l.cleared_at IS NULL AND l.office_id = ANY (:office_ids ::integer[])
     ORDER BY m.id
       FOR NO KEY UPDATE OF m
), cleared AS (
    UPDATE letter_print l SET cleared_at = :now
      FROM locked WHERE l.message_id = locked.id AND l.batch = :batch AND l.cleared_at IS NULL
    RETURNING l.message_id
)
UPDATE outbox m SET state = 'posted', payload = NULL, sent_at = :now
  FROM cleared c WHERE m.id = c.message_id AND m.state = 'printed'
RETURNING m.id;

-- name: sheets_of_batch(batch, office_ids)
-- What is printed for a batch: again and again the same, until it is posted.
SELECT m.id, l.office_id, o.authority_id, l.copy, l.large_print, m.payload ::text AS payload
  FROM letter_print l
  JOIN outbox m ON m.id = l.message_id
  JOIN office o ON o.id = l.office_id
 WHERE l.batch = :batch AND l.cleared_at IS NULL AND m.state = 'printed'
   AND l.office_id = ANY (:office_ids ::integer[])
 ORDER BY l.office_id, m.created_at, m.id;

-- name: letters_to_print(office_ids, now)
-- What waits for the post, by office, the nearest visit first; what is about none comes last.
SELECT m.id, o.slug AS office, m.reference, v.starts_at, m.kind, m.created_at,
       (m.payload ->> 'previous_start') ::timestamptz AS previous_start,
       (m.payload -> 'recipient') ::text AS recipient,
       EXISTS (SELECT FROM letter_print l WHERE l.message_id = m.id) AS printed_before
  FROM outbox m
  JOIN office o ON o.id = m.office_id
  LEFT JOIN visit v ON v.office_id = m.office_id AND v.id = m.visit_id
 WHERE m.way = 'letter' AND m.state = 'queued' AND m.useful_until > :now
   AND m.office_id = ANY (:office_ids ::integer[])
 ORDER BY o.slug, v.starts_at, m.id;

-- name: open_sheets(office_ids)
-- Sheets that were printed and about which nobody has said yet that they are in the post; those whose
-- letter was taken back are among them, because somebody holds them in her hands.
SELECT l.batch, l.printed_at, l.copy, l.large_print, m.id, o.slug AS office, m.reference, v.starts_at, m.kind,
       m.state = 'printed' AS to_post, (m.payload -> 'recipient') ::text AS recipient
  FROM letter_print l
  JOIN outbox m ON m.id = l.message_id
  JOIN office o ON o.id = l.office_id
  LEFT JOIN visit v ON v.office_id = m.office_id AND v.id = m.visit_id
 WHERE l.cleared_at IS NULL AND l.office_id = ANY (:office_ids ::integer[])
   AND m.state IN ('printed', 'withdrawn')
 ORDER BY l.printed_at DESC, l.batch, o.slug, v.starts_at, m.id;

-- name: own_texts(authority, kind, way)
-- An authority's own words for a kind and a way, by language.
SELECT t.language, t.text
  FROM authority_text t JOIN authority a ON a.id = t.authority_id
 WHERE a.slug = :authority AND t.kind = :kind AND t.way = :way;

-- name: save_own_text(authority_id, kind, way, language, text, now)!
-- Makes this the authority's text.
INSERT INTO authority_text AS t (authority_id, kind, way, language, text, changed_at)
VALUES (:authority_id, :kind, :way, :language, :text, :now)
ON CONFLICT (authority_id, kind, way, language)
DO UPDATE SET text = excluded.text, changed_at = excluded.changed_at;

-- name: drop_own_text(authority_id, kind, way, language)!
-- Goes back to the standard text; where that is in use already, nothing happens.
DELETE FROM authority_text
 WHERE authority_id = :authority_id AND kind = :kind AND way = :way AND language = :language;
