-- name: lock_hall(office_id)$
-- Nobody publishes anything of this office until the transaction ends: what is read afterwards is the
-- hall as it stands at the next version.
SELECT version FROM office_version WHERE office_id = :office_id FOR NO KEY UPDATE;

-- name: raise_alarm(office_id, kind, counter_id, actor, now)$
-- Opens an alarm and gives its id, or no row when the same is open already: the hall's of this kind, or
-- for "staff" this person's.
INSERT INTO hall_alarm (office_id, kind, counter_id, actor, at)
VALUES (:office_id, :kind, :counter_id, :actor, :now)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: open_alarm(office_id, kind, actor)$
-- The id of the open alarm of this kind; of the kind "staff", this person's.
SELECT id FROM hall_alarm
 WHERE office_id = :office_id AND kind = :kind AND ended_at IS NULL AND (kind <> 'staff' OR actor = :actor);

-- name: acknowledge_alarm(office_id, alarm_id, actor, now)$
-- Notes who is on the way to a colleague; no row when the alarm is over or somebody else is already.
UPDATE hall_alarm SET acknowledged_by = :actor, acknowledged_at = :now
 WHERE office_id = :office_id AND id = :alarm_id AND kind = 'staff' AND ended_at IS NULL AND acknowledged_by IS NULL
RETURNING id;

-- name: end_alarm(office_id, alarm_id, actor, now)$
-- Ends an alarm; no row when it is over already.
UPDATE hall_alarm SET ended_by = :actor, ended_at = :now
 WHERE office_id = :office_id AND id = :alarm_id AND ended_at IS NULL
RETURNING id;

-- name: publish_alarm(office_id, alarm_id, staff_kind, now)^
-- Tells the office's screens of an alarm, and of the hall as it is now; gives the alarm. "staff_kind" names
-- the change for a staff alarm, the hall's own are named by what the hall is now.
SELECT alarm_json(a) ::text AS alarm,
       publish_change(a.office_id,
                      CASE WHEN a.kind = 'staff' THEN :staff_kind ::text
                           ELSE CASE hall_now(a.office_id) WHEN 'leave' THEN 'hall.leave'
                                                           WHEN 'paused' THEN 'hall.paused' ELSE 'hall.resumed' END END,
                      jsonb_build_object('hall', hall_now(a.office_id), 'alarm', alarm_json(a)), :now) AS version
  FROM hall_alarm a WHERE a.office_id = :office_id AND a.id = :alarm_id;

-- name: alarm_place(office_id, alarm_id)^
-- What an alarm's message says of its place, and whom the office has named.
SELECT au.slug AS authority, au.name ::text AS authority_name, (o.setup -> 'name') ::text AS office,
       o.time_zone, c.name ::text AS counter, a.at, (o.setup -> 'emergency') ::text AS contact
  FROM hall_alarm a
  JOIN office o ON o.id = a.office_id
  JOIN authority au ON au.id = o.authority_id
  LEFT JOIN counter c ON c.office_id = a.office_id AND c.id = a.counter_id
 WHERE a.office_id = :office_id AND a.id = :alarm_id;

-- name: find_alarm(office_id, alarm_id)$
-- One alarm as answered.
SELECT alarm_json(a) ::text FROM hall_alarm a WHERE a.office_id = :office_id AND a.id = :alarm_id;

-- name: alarms_since(office_id, since)
-- The office's open alarms and those raised since then, newest first.
SELECT alarm_json(a) ::text AS alarm FROM hall_alarm a
 WHERE a.office_id = :office_id AND (a.ended_at IS NULL OR a.at >= :since)
 ORDER BY a.ended_at IS NOT NULL, a.at DESC, a.id DESC;

-- name: hall_now(office_id)$
-- Whether the hall is open, paused, or to be left.
SELECT hall_now(:office_id);

-- name: own_counter(office_id, user_id)$
-- The inner id of the counter of this office where the person sits.
SELECT id FROM counter WHERE office_id = :office_id AND clerk_id = :user_id;

-- name: forget_alarms(before)!
-- Alarms that are over since then; staff may look back at a day, not at each other's years.
DELETE FROM hall_alarm WHERE ended_at < :before;
