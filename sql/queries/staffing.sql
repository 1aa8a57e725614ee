-- name: pool_plans(pool_ids)
-- The staffing plans of these pools.
SELECT p.office_id, p.id AS pool_id, o.slug AS office, p.retired, p.plan ::text AS plan, p.missed, p.came
  FROM pool p JOIN office o ON o.id = p.office_id
 WHERE p.id = ANY (:pool_ids ::integer[]);

-- name: count_no_shows(now, days)
-- Counts anew, for pools that may be overbooked, who came to the appointments of the last days, and gives
-- the pools whose figures have changed; their days are computed anew in the same transaction.
UPDATE pool p SET missed = counted.missed, came = counted.came
  FROM (SELECT q.office_id, q.id,
               count(*) FILTER (WHERE a.state = 'missed')::integer AS missed,
               count(*) FILTER (WHERE a.state IN ('arrived', 'fulfilled'))::integer AS came
          FROM pool q
          JOIN office o ON o.id = q.office_id
          LEFT JOIN appointment a ON a.pool_id = q.id AND a.office_id = q.office_id
               AND a.day < (:now ::timestamptz AT TIME ZONE o.time_zone)::date
               AND a.day >= (:now ::timestamptz AT TIME ZONE o.time_zone)::date - :days ::integer
               AND a.state IN ('arrived', 'fulfilled', 'missed')
         WHERE NOT q.retired AND (q.plan ->> 'overbooking_percent')::integer > 0
         GROUP BY q.office_id, q.id) AS counted
 WHERE p.office_id = counted.office_id AND p.id = counted.id
   AND (p.missed, p.came) IS DISTINCT FROM (counted.missed, counted.came)
RETURNING p.office_id, p.id AS pool_id;

-- name: overrides_at(office_ids, days)
-- What supervisors have decided for these days of these offices, for all their pools: counters that one
-- pool lends to another depend on both.
SELECT d.office_id, p.code AS pool, d.day, d.staffing ::text AS staffing
  FROM staffing_override d JOIN pool p ON p.office_id = d.office_id AND p.id = d.pool_id
 WHERE d.office_id = ANY (:office_ids ::integer[]) AND d.day = ANY (:days ::date[]);

-- name: overrides_of(office_id, now)
-- The same of one office from today on, as people read it.
SELECT p.code AS pool, d.day, d.staffing ::text AS staffing, d.reason, d.at
  FROM staffing_override d
  JOIN pool p ON p.office_id = d.office_id AND p.id = d.pool_id
  JOIN office o ON o.id = d.office_id
 WHERE d.office_id = :office_id AND d.day >= (:now ::timestamptz AT TIME ZONE o.time_zone)::date
 ORDER BY d.day, p.code;

-- name: override_day(office_id, pool_ids, day, staffing, reason, actor, now)!
-- These pools are staffed so on this day, whatever was planned or decided before.
INSERT INTO staffing_override (office_id, pool_id, day, staffing, reason, actor, at)
SELECT :office_id, wanted.pool_id, :day, :staffing ::text::jsonb, :reason, :actor, :now
  FROM unnest(:pool_ids ::integer[]) AS wanted (pool_id)
ON CONFLICT (office_id, pool_id, day) DO UPDATE
   SET staffing = excluded.staffing, reason = excluded.reason, actor = excluded.actor, at = excluded.at;

-- name: restore_day(office_id, pool_ids, day)!
-- These pools are staffed as planned again on this day.
DELETE FROM staffing_override
 WHERE office_id = :office_id AND pool_id = ANY (:pool_ids ::integer[]) AND day = :day;

-- name: pool_ids(office_id)
-- The office's pools that are in use, by code.
SELECT code, id FROM pool WHERE office_id = :office_id AND NOT retired ORDER BY code;

-- name: keep_setup(office_id)
-- The office's pools; waits for a set-up that is being applied to it and keeps the next one away
-- until the transaction ends.
SELECT p.id FROM office o JOIN pool p ON p.office_id = o.id WHERE o.id = :office_id ORDER BY p.id FOR SHARE;

-- name: upsert_pool(office_id, code, plan, buffer_cells)$
-- Makes the pool what the office's file says; returns its id.
INSERT INTO pool (office_id, code, plan, buffer_cells) VALUES (:office_id, :code, :plan ::text::jsonb, :buffer_cells)
ON CONFLICT ON CONSTRAINT pool_code_key DO UPDATE
   SET plan = excluded.plan, buffer_cells = excluded.buffer_cells, retired = false
RETURNING id;

-- name: retire_pools(office_id, codes)!
-- Pools that the file no longer names offer nothing; their appointments stay.
UPDATE pool SET retired = true WHERE office_id = :office_id AND code <> ALL (:codes ::text[]);

-- name: replace_pool_services(office_id, pool_id, codes)!
-- The pool serves exactly these services.
WITH wanted AS (
    SELECT s.id FROM service s WHERE s.code = ANY (:codes ::text[])
), dropped AS (
    DELETE FROM pool_service ps
     WHERE ps.office_id = :office_id AND ps.pool_id = :pool_id AND ps.service_id NOT IN (SELECT id FROM wanted)
)
INSERT INTO pool_service (office_id, pool_id, service_id) SELECT :office_id, :pool_id, id FROM wanted
ON CONFLICT DO NOTHING;
