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

-- name: affected_parties(office_id, now)
-- The parties of an office's coming hours for whom the plan has no places: of each hour those that booked
-- last, as many as are too many. Holds are left to end by themselves. expected_start is when those come who
-- have not been rung about an earlier change.
SELECT p.reference, p.code, p.title, p.starts_at, p.ends_at, p.party_size, p.channel, p.level, p.confirm_by,
       p.has_phone, p.expected_start
  FROM (SELECT b.reference, e.code, e.title ::text AS title, e.starts_at, e.ends_at, b.party_size, b.channel,
               booking_level(b.channel, b.emergency) AS level, coalesce(c.confirm_by, '{}') AS confirm_by,
               c.phone IS NOT NULL AS has_phone, coalesce(called.expected_start, e.starts_at) AS expected_start,
               e.taken - CASE WHEN e.withdrawn THEN 0 ELSE e.places END AS too_many,
               sum(b.party_size) OVER (PARTITION BY e.id ORDER BY b.created_at DESC, b.reference DESC)
                   - b.party_size AS booked_later
          FROM timed_entry e
          JOIN entry_booking b ON b.office_id = e.office_id AND b.entry_id = e.id AND b.state = 'booked'
          LEFT JOIN entry_contact c ON c.office_id = b.office_id AND c.booking_id = b.id
          LEFT JOIN callback called ON called.reference = b.reference
               AND called.expected_start IS NOT NULL AND called.state IN ('open', 'taken')
         WHERE e.office_id = :office_id AND e.starts_at > :now
           AND e.taken > CASE WHEN e.withdrawn THEN 0 ELSE e.places END) AS p
 WHERE p.booked_later < p.too_many
 ORDER BY p.starts_at, p.reference;

-- name: lock_parties(office_id, references)
-- Keeps every other verb away from these bookings of an office until the transaction ends, and gives those
-- that it has; by reference, as appointments.
SELECT b.reference FROM entry_booking b
 WHERE b.office_id = :office_id AND b.reference = ANY (:references ::text[])
 ORDER BY b.reference FOR UPDATE;

-- name: lock_hours(office_id, references, starts)
-- Keeps bookings away from the hours of these parties, and from the office's hours that begin then; by id,
-- as everywhere.
SELECT e.id FROM timed_entry e
 WHERE e.office_id = :office_id
   AND (e.starts_at = ANY (:starts ::timestamptz[])
        OR e.id IN (SELECT b.entry_id FROM entry_booking b
                     WHERE b.office_id = :office_id AND b.reference = ANY (:references ::text[])))
 ORDER BY e.id FOR UPDATE;

-- name: open_hours(office_id, codes, now)
-- The office's coming hours of these kinds that have any place left, with what is left by level, the web's
-- first.
SELECT e.code, e.starts_at, e.ends_at, e.most_party,
       ARRAY[e.online_places - e.taken_online, e.phone_places - e.taken_phone, e.counter_places - e.taken_counter,
             e.places - e.taken] AS places_left
  FROM timed_entry e
 WHERE e.office_id = :office_id AND e.code = ANY (:codes ::text[]) AND e.starts_at > :now
   AND NOT e.withdrawn AND e.taken < e.places
 ORDER BY e.starts_at, e.code;
