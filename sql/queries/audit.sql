-- name: note_access(authority_id, office_id, now, actor, what, seen)*!
-- Writes that a member of staff was shown this contact data; commits or vanishes with what showed it.
INSERT INTO contact_access (authority_id, office_id, at, actor, what, seen)
VALUES (:authority_id, :office_id, :now, :actor, :what, :seen ::text[]);

-- name: accesses_at(office_id, before_id, limit)
-- Who was shown contact data of this office, and of its authority as a whole, the latest first; those
-- before an id when one is given.
SELECT access.id, access.at, access.actor, access.what, access.seen
  FROM contact_access access
  JOIN office o ON o.id = :office_id
 WHERE (access.office_id = o.id OR access.office_id IS NULL AND access.authority_id = o.authority_id)
   AND (:before_id ::bigint IS NULL OR access.id < :before_id)
 ORDER BY access.id DESC
 LIMIT :limit;

-- name: forget_accesses(before)!
-- Deletes accesses that nobody looks up any more.
DELETE FROM contact_access WHERE at < :before;
