-- name: lock_office(office_id)$
-- Nobody publishes anything of this office until the transaction ends: what screens are told is in order.
SELECT version FROM office_version WHERE office_id = :office_id FOR NO KEY UPDATE;

-- name: ask(office_id, device_id, now)$
-- Opens a request and gives its id; nothing where the device's visitor has asked already.
INSERT INTO help_request (office_id, device_id, asked_at) VALUES (:office_id, :device_id, :now)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: open_of_device(office_id, device_id)^
-- The device's open request at this office; what it asked at another is finished by those there.
SELECT r.id ::text AS id, r.device_id AS device, d.name AS place, r.state, r.asked_at, r.coming_by, r.coming_at, r.over_at
  FROM help_request r JOIN device d ON d.id = r.device_id
 WHERE r.office_id = :office_id AND r.device_id = :device_id AND r.state <> 'over';

-- name: find(office_id, request_id)^
-- One request of the office.
SELECT r.id ::text AS id, r.device_id AS device, d.name AS place, r.state, r.asked_at, r.coming_by, r.coming_at, r.over_at
  FROM help_request r JOIN device d ON d.id = r.device_id
 WHERE r.office_id = :office_id AND r.id = :request_id;

-- name: open_at(office_id)
-- The office's open requests, whoever has waited longest first.
SELECT r.id ::text AS id, r.device_id AS device, d.name AS place, r.state, r.asked_at, r.coming_by, r.coming_at, r.over_at
  FROM help_request r JOIN device d ON d.id = r.device_id
 WHERE r.office_id = :office_id AND r.state <> 'over'
 ORDER BY r.asked_at, r.id;

-- name: come(office_id, request_id, actor, now)$
-- Notes who comes; nothing when somebody does already, or it is over.
UPDATE help_request SET state = 'coming', coming_by = :actor, coming_at = :now
 WHERE office_id = :office_id AND id = :request_id AND state = 'asked'
RETURNING id;

-- name: finish(office_id, request_id, actor, now)$
-- Ends a request; nothing when it is over.
UPDATE help_request SET state = 'over', over_by = :actor, over_at = :now
 WHERE office_id = :office_id AND id = :request_id AND state <> 'over'
RETURNING id;

-- name: publish(office_id, kind, now)$
-- Tells the office's screens that there is something to read; what it is, only staff may ask.
SELECT publish_change(:office_id, :kind, '{}' ::jsonb, :now);

-- name: unanswered(before)
-- Devices whose visitors have asked before that and to whom nobody is coming.
SELECT device_id FROM help_request WHERE state = 'asked' AND asked_at <= :before;

-- name: forget(before)!
-- Requests that were over by then.
DELETE FROM help_request WHERE over_at < :before;
