-- name: keep_content(office_id, sha256, media_type, content, now)!
-- Keeps a file's content once for the office, whatever it is called and however often it is put in.
INSERT INTO panel_content (office_id, sha256, media_type, content, kept_at)
VALUES (:office_id, :sha256, :media_type, :content, :now)
ON CONFLICT (office_id, sha256) DO NOTHING;

-- name: name_file(office_id, name, sha256, now)!
-- Calls a content by this name; what had the name before has it no more.
INSERT INTO panel_file (office_id, name, sha256, named_at) VALUES (:office_id, :name, :sha256, :now)
ON CONFLICT (office_id, name) DO UPDATE SET sha256 = excluded.sha256, named_at = excluded.named_at;

-- name: bytes_kept(office_id)$
-- How much the office keeps, in bytes.
SELECT coalesce(sum(octet_length(content)), 0) ::bigint FROM panel_content WHERE office_id = :office_id;

-- name: lock_files(office_id)
-- Whoever puts in or takes away waits until others have done so: what is counted then holds.
SELECT pg_advisory_xact_lock(hashtextextended('panel_files', :office_id));

-- name: drop_file(office_id, name)$
-- Takes the name away; returns it, nothing where there was none.
DELETE FROM panel_file WHERE office_id = :office_id AND name = :name RETURNING name;

-- name: drop_unnamed(office_id)!
-- Deletes contents that no name stands for any more.
DELETE FROM panel_content c WHERE c.office_id = :office_id
   AND NOT EXISTS (SELECT FROM panel_file f WHERE f.office_id = c.office_id AND f.sha256 = c.sha256);

-- name: files(office_id)
-- Lists the office's files by name.
SELECT f.name, f.sha256, c.media_type, octet_length(c.content) ::bigint AS bytes, f.named_at
  FROM panel_file f JOIN panel_content c ON c.office_id = f.office_id AND c.sha256 = f.sha256
 WHERE f.office_id = :office_id ORDER BY f.name;

-- name: content(office_id, sha256)$
-- Gives a content that a name of the office stands for.
SELECT c.content FROM panel_content c
 WHERE c.office_id = :office_id AND c.sha256 = :sha256
   AND EXISTS (SELECT FROM panel_file f WHERE f.office_id = c.office_id AND f.sha256 = c.sha256);
