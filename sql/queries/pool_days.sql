-- name: add_pool_days(pool_ids, days)!
-- Makes sure that these pool-days are there; one that wasn't offers nothing until it is written.
INSERT INTO pool_day (office_id, pool_id, day, planes, fits_empty)
SELECT p.office_id, p.id, wanted.day, '{}', 0
  FROM unnest(:pool_ids ::integer[], :days ::date[]) AS wanted (pool_id, day)
  JOIN pool p ON p.id = wanted.pool_id
 ORDER BY p.id, wanted.day
ON CONFLICT (office_id, pool_id, day) DO NOTHING;

-- name: lock_pool_days(pool_ids, days)
-- Keeps every booking away from these pool-days until the transaction ends. Locked in the order of
-- their keys, so that no two transactions wait for each other.
SELECT d.pool_id, d.day
  FROM pool_day d
  JOIN unnest(:pool_ids ::integer[], :days ::date[]) AS wanted (pool_id, day)
       ON wanted.pool_id = d.pool_id AND wanted.day = d.day
 ORDER BY d.pool_id, d.day
   FOR UPDATE OF d;

-- name: visits_on(pool_ids, days)
-- The appointments that hold a place on these pool-days, in the order in which they keep it when
-- counters are taken away: visitors who have come, then bookings, then holds, the older first.
WITH wanted AS (
    SELECT * FROM unnest(:pool_ids ::integer[], :days ::date[]) AS wanted (pool_id, day)
), part AS (
    SELECT a.pool_id, a.day, a.office_id, a.id, a.first_cell, a.cells, a.starts_at
      FROM wanted JOIN appointment a ON a.pool_id = wanted.pool_id AND a.day = wanted.day
     WHERE a.state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed')
     UNION ALL
    SELECT l.pool_id, l.day, l.office_id, l.appointment_id, l.first_cell, l.cells, l.starts_at
      FROM wanted JOIN appointment_leg l ON l.pool_id = wanted.pool_id AND l.day = wanted.day
)
SELECT part.pool_id, part.day, a.id AS appointment_id, a.reference, part.first_cell, part.cells, part.starts_at,
       booking_level(a.channel, a.emergency) AS level
  FROM part JOIN appointment a ON a.office_id = part.office_id AND a.id = part.id
 WHERE a.state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed')
 ORDER BY a.state = 'held', a.state = 'booked', a.created_at, a.id;

-- name: write_pool_day(pool_id, day, planes, counter_planes, phone_planes, online_planes, fits_empty, next_release_at)*!
-- Puts what was computed in the place of what a locked pool-day held.
UPDATE pool_day
   SET planes = :planes ::bit(300)[], counter_planes = :counter_planes ::bit(300)[],
       phone_planes = :phone_planes ::bit(300)[], online_planes = :online_planes ::bit(300)[],
       fits_empty = :fits_empty, next_release_at = :next_release_at
 WHERE office_id = (SELECT p.office_id FROM pool p WHERE p.id = :pool_id) AND pool_id = :pool_id AND day = :day;

-- name: due_releases(now, most)
-- The pool-days of which more was to be opened by now, earliest first; those that another transaction
-- is working on are left to the next round.
SELECT d.pool_id, d.day FROM pool_day d WHERE d.next_release_at <= :now
 ORDER BY d.next_release_at, d.pool_id, d.day LIMIT :most;

-- name: pool_days_from(now)
-- All pool-days of today and later with what is kept for them, by pool and day.
SELECT d.pool_id, p.code AS pool, o.slug AS office, d.day, d.planes, d.counter_planes, d.phone_planes,
       d.online_planes, d.fits, d.fits_empty, d.next_release_at
  FROM pool_day d
  JOIN pool p ON p.office_id = d.office_id AND p.id = d.pool_id
  JOIN office o ON o.id = d.office_id
 WHERE d.day >= (:now ::timestamptz AT TIME ZONE o.time_zone)::date
 ORDER BY d.pool_id, d.day;

-- name: missing_pool_days(office_id, now, horizon_days)
-- The days up to the horizon that pools of this office should have and haven't.
SELECT p.id AS pool_id, wanted.day
  FROM office o
  JOIN pool p ON p.office_id = o.id AND NOT p.retired
 CROSS JOIN generate_series(0, :horizon_days ::integer) AS ahead (days)
 CROSS JOIN LATERAL (SELECT (:now ::timestamptz AT TIME ZONE o.time_zone)::date + ahead.days AS day) AS wanted
 WHERE o.id = :office_id
   AND NOT EXISTS (SELECT FROM pool_day d WHERE d.office_id = o.id AND d.pool_id = p.id AND d.day = wanted.day)
 ORDER BY p.id, wanted.day;

-- name: coming_pool_days(office_id, now)
-- The days of today and later that pools of this office have.
SELECT d.pool_id, d.day
  FROM office o JOIN pool_day d ON d.office_id = o.id
 WHERE o.id = :office_id AND d.day >= (:now ::timestamptz AT TIME ZONE o.time_zone)::date
 ORDER BY d.pool_id, d.day;
