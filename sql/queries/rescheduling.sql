-- name: affected(references, now)
-- Appointments that somebody still expects to come to, earliest first: what another place has to fit,
-- and by which ways whoever comes is told. pool_ids are those of all parts of the visit, which are on one
-- day; expected_start is when whoever comes still believes it to be, as long as nobody has rung about an
-- earlier change. Neither a name nor a number is among it.
SELECT a.reference, a.office_id, o.slug AS office, o.time_zone, p.code AS pool,
       a.pool_id || ARRAY (SELECT l.pool_id FROM appointment_leg l
                            WHERE l.office_id = a.office_id AND l.appointment_id = a.id) AS pool_ids, a.day, a.starts_at,
       a.ends_at, a.cells, booking_level(a.channel, a.emergency) AS level, a.services ::text AS services, a.persons,
       a.channel, coalesce(c.confirm_by, '{}') AS confirm_by, c.phone IS NOT NULL AS has_phone,
       coalesce(called.expected_start, a.starts_at) AS expected_start
  FROM appointment a
  JOIN office o ON o.id = a.office_id
  JOIN pool p ON p.office_id = a.office_id AND p.id = a.pool_id
  LEFT JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
  LEFT JOIN callback called ON called.reference = a.reference
       AND called.expected_start IS NOT NULL AND called.state IN ('open', 'taken')
 WHERE a.reference = ANY (:references ::text[]) AND a.state = 'booked' AND a.starts_at > :now
 ORDER BY a.starts_at, a.reference;

-- name: lock_appointments(office_id, references)
-- Keeps every other verb away from these appointments of an office until the transaction ends, and gives
-- those that it has. Locked in the order of their references, so that of two who move the same list one
-- waits for the other, and not both for each other.
SELECT a.reference FROM appointment a
 WHERE a.office_id = :office_id AND a.reference = ANY (:references ::text[])
 ORDER BY a.reference FOR UPDATE;

-- name: lock_days(office_ids, days)
-- Keeps bookings away from whole days of offices until the transaction ends; by key, as everywhere.
SELECT d.pool_id, d.day
  FROM unnest(:office_ids ::integer[], :days ::date[]) AS wanted (office_id, day)
  JOIN pool_day d ON d.office_id = wanted.office_id AND d.day = wanted.day
 ORDER BY d.pool_id, d.day
   FOR UPDATE OF d;

-- name: serving_pools(codes, quantities, persons, offices)
-- The pools that can serve a visit alone, in the order in which a move asks them: who can do least comes
-- first.
SELECT visit.office, visit.pool_id, visit.minutes, visit.cells
  FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[]) AS visit
 ORDER BY (SELECT count(*) FROM pool_service ps WHERE ps.pool_id = visit.pool_id), visit.pool_id;

-- name: open_days(offices, first_day, last_day)
-- The pool-days of these offices that have any place left, with what is left of them.
SELECT o.slug AS office, o.time_zone, d.pool_id, d.day, d.planes, d.counter_planes, d.phone_planes, d.online_planes
  FROM office o
  JOIN pool_day d ON d.office_id = o.id AND d.day BETWEEN :first_day ::date AND :last_day ::date
 WHERE o.slug = ANY (:offices ::text[]) AND d.fits[4] > 0
 ORDER BY d.pool_id, d.day;

-- name: pool_day_figures(office_id, first_day, last_day, now)
-- Of each pool that is in use and each day: how many appointments it has, and for how many minutes of
-- counters more can be booked; on the local day of now only what is still to come.
SELECT p.code AS pool, d.day,
       (SELECT count(*) FROM appointment a
         WHERE a.pool_id = d.pool_id AND a.day = d.day
           AND a.state IN ('booked', 'arrived', 'fulfilled', 'missed'))::integer AS booked,
       (SELECT coalesce(5 * sum(bit_count(plane & ((~ 0::bit(300)) >> greatest(ceil(extract(epoch FROM
                   :now ::timestamptz - d.day ::timestamp AT TIME ZONE o.time_zone) / 300), 0)::integer))), 0)
          FROM unnest(d.planes) AS plane)::integer AS free_minutes
  FROM office o
  JOIN pool p ON p.office_id = o.id AND NOT p.retired
  JOIN pool_day d ON d.office_id = o.id AND d.pool_id = p.id
 WHERE o.id = :office_id AND d.day BETWEEN :first_day ::date AND :last_day ::date
 ORDER BY d.day, p.id;
