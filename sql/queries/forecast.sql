-- name: try_to_be_alone()$
-- Whether this connection may now make the forecasts of the installation; until it lets go, or ends, no
-- other one may. The key is "waits" in ASCII.
SELECT pg_try_advisory_lock(512735409267);

-- name: let_go()$
-- Others may make the forecasts.
SELECT pg_advisory_unlock(512735409267);

-- name: offices_due(rested_before)
-- The offices whose hall has changed since its last forecast, or has not but for time, which passes for
-- whoever waits; those where nobody waits only now and then.
SELECT o.slug
  FROM office o JOIN office_version v ON v.office_id = o.id
  LEFT JOIN wait_forecast f ON f.office_id = o.id
 WHERE f.office_id IS NULL OR f.told IS NULL OR f.version <> v.version OR f.at < :rested_before
    OR EXISTS (SELECT FROM ticket t WHERE t.office_id = o.id AND t.state = 'waiting')
 ORDER BY o.id;

-- name: cycle_place(office_id)$
-- Where the office stands in its cycle of appointments and walk-ins; nothing before the first call.
SELECT place FROM call_cycle WHERE office_id = :office_id;

-- name: lock_told(office_id)$
-- What the office's screens were told last, locked.
SELECT told ::text FROM wait_forecast WHERE office_id = :office_id FOR NO KEY UPDATE;

-- name: tell_screens(office_id, told, now)$
-- Tells every screen of the office; gives the version of the change.
SELECT publish_change(:office_id ::int, 'forecast.updated', jsonb_build_object('forecast', :told ::text::jsonb), :now);

-- name: keep_forecast(office_id, version, told, body, now)!
-- Keeps the office's last forecast.
INSERT INTO wait_forecast AS f (office_id, at, version, told, body)
VALUES (:office_id, :now, :version, :told ::text::jsonb, :body ::text::jsonb)
ON CONFLICT (office_id) DO UPDATE
   SET at = excluded.at, version = excluded.version, told = excluded.told, body = excluded.body;

-- name: outlook_made_at(office_id)$
-- When the office's outlook on the rest of the day was made; no row when there is none or it says nothing,
-- which may be another in a moment and costs nothing to find out.
SELECT at FROM hall_outlook WHERE office_id = :office_id AND body -> 'reason' = 'null';

-- name: keep_outlook(office_id, body, now)!
-- Replaces the office's outlook.
INSERT INTO hall_outlook (office_id, at, body) VALUES (:office_id, :now, :body ::text::jsonb)
ON CONFLICT (office_id) DO UPDATE SET at = excluded.at, body = excluded.body;

-- name: find_outlook(office_id, since)$
-- The office's outlook, unless it is older.
SELECT body ::text FROM hall_outlook WHERE office_id = :office_id AND at >= :since;

-- name: offices_lapsed(before)
-- The offices whose screens still show a forecast that is older.
SELECT office_id FROM wait_forecast WHERE told IS NOT NULL AND at < :before ORDER BY office_id;

-- name: lapse_forecast(office_id, before, now)$
-- Takes an old forecast from the office's screens, unless somebody was faster.
WITH lapsed AS (
    UPDATE wait_forecast SET told = NULL
     WHERE office_id = :office_id AND told IS NOT NULL AND at < :before
    RETURNING office_id
)
SELECT publish_change(office_id, 'forecast.updated', '{"forecast": null}', :now) FROM lapsed;

-- name: ticket_forecast(office_id, ticket_id, since)^
-- What a forecast no older than this says of a ticket: its own wait or, for one that was given out later,
-- a newcomer's of its class, service and needs. A ticket for one counter or person has only its own.
SELECT (f.body -> 'tickets' -> t.id ::text) ::text AS own,
       CASE WHEN num_nonnulls(t.counter_id, t.clerk_id, t.team) = 0 THEN
            (f.body -> 'newcomers' -> t.class
             -> (f.body -> 'reach' ->> array_to_string(s.code || ARRAY(SELECT unnest(t.needs) ORDER BY 1), ' ')) ::int) ::text
       END AS newcomer,
       t.class AS visitor_class, (f.body ->> 'hour') ::int AS hour
  FROM wait_forecast f
  JOIN ticket t ON t.office_id = f.office_id AND t.id = :ticket_id
  JOIN service s ON s.id = t.service_id
 WHERE f.office_id = :office_id AND f.at >= :since;

-- name: newcomer_forecast(office_id, visitor_class, reach, since)$
-- What a forecast no older than this says to somebody who would come now; "reach" is the service's code and
-- the needs in the order of the alphabet, with spaces between them.
SELECT (f.body -> 'newcomers' -> :visitor_class ::text -> (f.body -> 'reach' ->> :reach ::text) ::int) ::text
  FROM wait_forecast f WHERE f.office_id = :office_id AND f.at >= :since;

-- name: note_told(office_id, ticket_id, visitor_class, hour, told, simulated, now)!
-- Keeps what a visitor is told with the number, until it is known what came of it.
INSERT INTO told_wait (office_id, ticket_id, told_at, class, hour, told, simulated)
VALUES (:office_id, :ticket_id, :now, :visitor_class, :hour, :told ::text::jsonb, :simulated ::text::jsonb)
ON CONFLICT (office_id, ticket_id) DO NOTHING;

-- name: observe_waits(office_id, since)
-- The promises made since then whose visitors have been called meanwhile, each given once.
UPDATE told_wait w SET waited = greatest(0, extract(epoch FROM c.at - w.told_at))
  FROM (SELECT o.ticket_id, (SELECT min(e.at) FROM ticket_event e
                              WHERE e.office_id = o.office_id AND e.ticket_id = o.ticket_id AND e.verb = 'call') AS at
          FROM told_wait o
         WHERE o.office_id = :office_id AND o.waited IS NULL AND o.told_at >= :since) AS c
 WHERE w.office_id = :office_id AND w.ticket_id = c.ticket_id AND c.at IS NOT NULL AND w.waited IS NULL
RETURNING w.told_at, w.class AS visitor_class, w.hour, w.told ::text AS told, w.simulated ::text AS simulated, w.waited;

-- name: kept_promises(office_id, since, limit)
-- What visitors were told since then and what came of it, the latest first.
SELECT told_at, class AS visitor_class, hour, told ::text AS told, simulated ::text AS simulated, waited
  FROM told_wait WHERE office_id = :office_id AND told_at >= :since AND waited IS NOT NULL
 ORDER BY told_at DESC LIMIT :limit;

-- name: forget_told(before)!
-- Deletes what nobody learns from any more.
DELETE FROM told_wait WHERE told_at < :before;

-- name: find_knowledge(office_id)^
-- What the office has learned; no row before its first night.
SELECT learned_at, body ::text AS body FROM forecast_knowledge WHERE office_id = :office_id;

-- name: keep_knowledge(office_id, body, now)!
-- Replaces what the office has learned, as a whole.
INSERT INTO forecast_knowledge (office_id, learned_at, body) VALUES (:office_id, :now, :body ::text::jsonb)
ON CONFLICT (office_id) DO UPDATE SET learned_at = excluded.learned_at, body = excluded.body;

-- name: find_calibration(office_id)$
-- The office's corrections; nothing before its first.
SELECT body ::text FROM wait_calibration WHERE office_id = :office_id;

-- name: keep_calibration(office_id, body)!
-- Replaces the office's corrections.
INSERT INTO wait_calibration (office_id, body) VALUES (:office_id, :body ::text::jsonb)
ON CONFLICT (office_id) DO UPDATE SET body = excluded.body;

-- name: past_visits(office_id, day)
-- Who came on a day, for what, and when they were called and done with for the first time. Whoever sat at
-- the counter is not asked for.
SELECT t.number, t.class AS visitor_class, array(
           SELECT s.code FROM unnest(t.service_id || t.further_services) WITH ORDINALITY AS f (id, nth)
             JOIN service s ON s.id = f.id WHERE f.nth = 1 OR t.together ORDER BY f.nth) AS services,
       t.arrived_at, t.appointment_at, called.at AS called_at, done.at AS finished_at, done.verb AS end_verb,
       c.number AS counter,
       CASE WHEN called.at IS NULL AND t.state = 'cancelled' AND t.day = (t.finished_at AT TIME ZONE o.time_zone)::date
            THEN t.finished_at END AS left_at
  FROM ticket t JOIN office o ON o.id = t.office_id
  LEFT JOIN LATERAL (SELECT e.at, e.seq, e.counter_id FROM ticket_event e
                      WHERE e.office_id = t.office_id AND e.ticket_id = t.id AND e.verb = 'call'
                      ORDER BY e.seq LIMIT 1) AS called ON true
  LEFT JOIN LATERAL (SELECT e.at, e.verb FROM ticket_event e
                      WHERE e.office_id = t.office_id AND e.ticket_id = t.id AND e.seq > called.seq
                        AND e.verb IN ('finish', 'no_show', 'transfer', 'requeue', 'continue', 'cancel', 'park', 'send_on')
                      ORDER BY e.seq LIMIT 1) AS done ON true
  LEFT JOIN counter c ON c.office_id = t.office_id AND c.id = called.counter_id
 WHERE t.office_id = :office_id AND t.day = :day
 ORDER BY t.arrived_at, t.number;
