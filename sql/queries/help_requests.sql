-- name: ask_for_help(office_id, device_id, now)$
-- Opens a call from a device, or gives no row when it has one open.
INSERT INTO help_request (office_id, device_id, at) VALUES (:office_id, :device_id, :now)
ON CONFLICT (office_id, device_id) WHERE state <> 'done' DO NOTHING
RETURNING id;

-- name: last_help_call(office_id, device_id)^
-- How a device's newest call stands.
SELECT state, at FROM help_request WHERE office_id = :office_id AND device_id = :device_id ORDER BY id DESC LIMIT 1;

-- name: acknowledge_help(office_id, request_id, actor, now)$
-- Notes who is on the way; no row when somebody else is already, or the call is over.
UPDATE help_request SET state = 'coming', acknowledged_by = :actor, acknowledged_at = :now
 WHERE office_id = :office_id AND id = :request_id AND state = 'waiting'
RETURNING id;

-- name: finish_help(office_id, request_id, actor, now)$
-- Ends a call; no row when it is over already.
UPDATE help_request SET state = 'done', ended_by = :actor, ended_at = :now
 WHERE office_id = :office_id AND id = :request_id AND state <> 'done'
RETURNING id;

-- name: find_help(office_id, request_id)^
-- One call of the office with the place of its device.
SELECT r.id, r.state, d.name AS place, r.at, r.acknowledged_by, r.acknowledged_at
  FROM help_request r JOIN device d ON d.id = r.device_id
 WHERE r.office_id = :office_id AND r.id = :request_id;

-- name: open_help(office_id)
-- The office's open calls, oldest first.
SELECT r.id, r.state, d.name AS place, r.at, r.acknowledged_by, r.acknowledged_at
  FROM help_request r JOIN device d ON d.id = r.device_id
 WHERE r.office_id = :office_id AND r.state <> 'done'
 ORDER BY r.at, r.id;

-- name: publish_help(office_id, kind, now)$
-- Tells the office's screens that there is another call, or another answer; what it is they ask for.
SELECT publish_change(:office_id, :kind, '{}', :now);

-- name: end_left_over_help(before, actor, now)
-- Ends calls that nobody has ended, made before then.
UPDATE help_request SET state = 'done', ended_by = :actor, ended_at = :now
 WHERE state <> 'done' AND at < :before
RETURNING office_id;

-- name: forget_help(before)!
-- Deletes calls that were over by then.
DELETE FROM help_request WHERE ended_at < :before;
