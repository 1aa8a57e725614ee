-- name: search_days(codes, quantities, persons, offices, level, not_before, first_day, last_day, weekdays, after_day, days)
-- The next pool-days on which the visit fits for somebody of this level, earliest first and complete:
-- where the last day given is an office's, all pools of that day are given. Each pool's days come from
-- an index that leaves full days out, so a city that is full for a month costs what an empty one costs.
-- Never reads appointment. offices, weekdays (1: Monday) and the days may be NULL; the local day of
-- not_before is the first.
SELECT visit.office, visit.time_zone, visit.minutes, visit.cells, free.day, free.plane
  FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[]) AS visit
 CROSS JOIN LATERAL (
       SELECT d.day,
              open_cells(:level ::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes) AS plane
         FROM pool_day d
        WHERE d.pool_id = visit.pool_id
          AND d.day > :after_day ::date
          AND d.day >= (:not_before ::timestamptz AT TIME ZONE visit.time_zone)::date
          AND d.day >= coalesce(:first_day ::date, '-infinity')
          AND d.day <= coalesce(:last_day ::date, 'infinity')
          AND (:weekdays ::integer[] IS NULL OR extract(isodow FROM d.day) = ANY (:weekdays ::integer[]))
          AND d.fits[4] > 0 AND d.fits[:level ::smallint] >= visit.cells
        ORDER BY d.day
        LIMIT :days) AS free
 ORDER BY free.day
 FETCH FIRST (:days) ROWS WITH TIES;

-- name: overview_days(codes, quantities, persons, offices, level, not_before, first_day, last_day, weekdays)
-- Of each office that offers the services, its days in order: whether appointments are kept at all, and
-- about how many such visits still fit; at least one where one does, none where none does. On the
-- local day of not_before only what begins then or later counts.
WITH open_day AS (
    SELECT visit.office, visit.cells, d.day, d.fits_empty > 0 AS staffed,
           open_cells(:level ::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes)
           & ((~ 0::bit(300)) >> greatest(ceil(extract(epoch FROM :not_before ::timestamptz
                - d.day ::timestamp AT TIME ZONE visit.time_zone) / 300), 0)::integer) AS cells_open,
           d.fits[:level ::smallint] >= visit.cells AS fits,
           d.day = (:not_before ::timestamptz AT TIME ZONE visit.time_zone)::date AS begun
      FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[]) AS visit
      JOIN pool_day d ON d.pool_id = visit.pool_id
       AND d.day >= (:not_before ::timestamptz AT TIME ZONE visit.time_zone)::date
       AND d.day >= coalesce(:first_day ::date, '-infinity')
       AND d.day <= coalesce(:last_day ::date, 'infinity')
       AND (:weekdays ::integer[] IS NULL OR extract(isodow FROM d.day) = ANY (:weekdays ::integer[]))
), office_day AS (
    SELECT office, day, bool_or(staffed) AS staffed,
           sum(CASE WHEN fits AND (NOT begun OR longest_visit(ARRAY[cells_open]) >= cells)
                    THEN greatest(bit_count(cells_open) / cells, 1) ELSE 0 END)::integer AS visits
      FROM open_day GROUP BY office, day
)
SELECT office, array_agg(day ORDER BY day) AS days, array_agg(staffed ORDER BY day) AS staffed,
       array_agg(visits ORDER BY day) AS visits
  FROM office_day GROUP BY office ORDER BY office;

-- name: searched_days(codes, quantities, persons, offices, level, not_before, first_day, last_day, weekdays)^
-- Why such a search may have found nothing: how many pools it asked; whether any of them is staffed at
-- all, and long enough; whether the visit fits for others (contingents keep it), and when the first of
-- those days opens more places.
SELECT count(DISTINCT visit.pool_id) AS pools,
       coalesce(bool_or(d.fits_empty > 0), false) AS staffed,
       coalesce(bool_or(d.fits_empty >= visit.cells), false) AS long_enough,
       coalesce(bool_or(d.fits[4] >= visit.cells AND d.fits[:level ::smallint] < visit.cells), false) AS kept_for_others,
       min(d.next_release_at) FILTER (WHERE d.fits[4] >= visit.cells) AS next_release_at
  FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[]) AS visit
  LEFT JOIN pool_day d ON d.pool_id = visit.pool_id
       AND d.day >= (:not_before ::timestamptz AT TIME ZONE visit.time_zone)::date
       AND d.day >= coalesce(:first_day ::date, '-infinity')
       AND d.day <= coalesce(:last_day ::date, 'infinity')
       AND (:weekdays ::integer[] IS NULL OR extract(isodow FROM d.day) = ANY (:weekdays ::integer[]));

-- name: visit_pools(codes, quantities, persons, offices)
-- The pools that can serve these services in one visit. Those that can do least come first, so that
-- the others stay free for what only they can do.
SELECT visit.office_id, visit.pool_id, visit.office, visit.time_zone, visit.minutes, visit.cells
  FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[]) AS visit
 ORDER BY (SELECT count(*) FROM pool_service ps WHERE ps.pool_id = visit.pool_id), visit.pool_id;

-- name: partial_pools(codes, quantities, persons, offices)
-- Of offices that offer all these services, but not in one pool: the pools, with what each of them takes
-- for its part of the visit.
WITH part AS (
    SELECT p.office_id, p.id AS pool_id, o.slug AS office, o.time_zone, p.buffer_cells,
           sum(CASE WHEN :persons ::integer > 1 THEN os.family_minutes ELSE os.minutes END
               + (wanted.quantity - 1) * os.further_minutes)::integer AS minutes,
           count(*) AS services
      FROM unnest(:codes ::text[], :quantities ::integer[]) AS wanted (code, quantity)
      JOIN service s ON s.code = wanted.code AND s.max_quantity >= wanted.quantity
      JOIN pool_service ps ON ps.service_id = s.id
      JOIN pool p ON p.office_id = ps.office_id AND p.id = ps.pool_id AND NOT p.retired
      JOIN office o ON o.id = p.office_id AND (:offices ::text[] IS NULL OR o.slug = ANY (:offices ::text[]))
      JOIN office_service os ON os.office_id = p.office_id AND os.service_id = s.id AND os.appointment
     GROUP BY p.office_id, p.id, o.slug, o.time_zone
)
SELECT office_id, pool_id, office, time_zone, minutes, minutes / 5 + buffer_cells AS cells
  FROM part
 WHERE office_id IN (SELECT whole.office_id FROM part AS whole GROUP BY whole.office_id
                     HAVING sum(whole.services) = cardinality(:codes ::text[]) AND count(*) > 1)
 ORDER BY office_id, pool_id;

-- name: open_days(pool_ids, level, not_before, first_day, last_day, weekdays)
-- The days of these pools on which anything is left for this level, with the cells that are.
SELECT d.pool_id, d.day,
       open_cells(:level ::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes) AS plane
  FROM pool_day d
  JOIN office o ON o.id = d.office_id
 WHERE d.pool_id = ANY (:pool_ids ::integer[])
   AND d.day >= (:not_before ::timestamptz AT TIME ZONE o.time_zone)::date
   AND d.day >= coalesce(:first_day ::date, '-infinity')
   AND d.day <= coalesce(:last_day ::date, 'infinity')
   AND (:weekdays ::integer[] IS NULL OR extract(isodow FROM d.day) = ANY (:weekdays ::integer[]))
   AND d.fits[4] > 0 AND d.fits[:level ::smallint] > 0
 ORDER BY d.day, d.pool_id;

-- name: take_leg(office_id, pool_id, day, visit, level)$
-- Takes a place for a later part of a visit, or does nothing and gives no row when it is gone; its
-- appointment is written in the same transaction.
UPDATE pool_day
   SET planes = take_place(planes, :visit ::bit(300)),
       counter_planes = CASE WHEN :level ::smallint <= 3 THEN take_place(counter_planes, :visit ::bit(300)) ELSE counter_planes END,
       phone_planes = CASE WHEN :level ::smallint <= 2 THEN take_place(phone_planes, :visit ::bit(300)) ELSE phone_planes END,
       online_planes = CASE WHEN :level ::smallint <= 1 THEN take_place(online_planes, :visit ::bit(300)) ELSE online_planes END
 WHERE office_id = :office_id AND pool_id = :pool_id AND day = :day
   AND :visit ::bit(300) & open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)
       = :visit ::bit(300)
RETURNING pool_id;

-- name: add_leg(office_id, appointment_id, position, pool_id, day, first_cell, cells, starts_at)*!
-- Writes the later parts of a visit.
INSERT INTO appointment_leg (office_id, appointment_id, position, pool_id, day, first_cell, cells, starts_at)
VALUES (:office_id, :appointment_id, :position, :pool_id, :day, :first_cell, :cells, :starts_at);

-- name: drop_legs(office_id, appointment_id)!
-- The visit has no later parts any more.
DELETE FROM appointment_leg WHERE office_id = :office_id AND appointment_id = :appointment_id;

-- name: held_days(office_id, id)
-- The pool-days of which an appointment holds a place, the first part's first.
SELECT a.pool_id, a.day, 1 ::smallint AS position FROM appointment a WHERE a.office_id = :office_id AND a.id = :id
 UNION ALL
SELECT l.pool_id, l.day, l.position FROM appointment_leg l
 WHERE l.office_id = :office_id AND l.appointment_id = :id
 ORDER BY position;

-- name: unknown_names(codes, offices)
-- Which of these codes no service has, and which of these slugs no office has.
SELECT 'service' AS kind, named.name FROM unnest(:codes ::text[]) AS named (name)
 WHERE NOT EXISTS (SELECT FROM service s WHERE s.code = named.name)
 UNION ALL
SELECT 'office', named.name FROM unnest(:offices ::text[]) AS named (name)
 WHERE NOT EXISTS (SELECT FROM office o WHERE o.slug = named.name);

-- name: too_many(codes, quantities)
-- Of which services more are asked for than one visit may settle.
SELECT s.code, s.max_quantity
  FROM unnest(:codes ::text[], :quantities ::integer[]) AS wanted (code, quantity)
  JOIN service s ON s.code = wanted.code AND s.max_quantity < wanted.quantity;

-- name: book(office_id, pool_id, day, first_cell, cells, visit, level, id, references, secret_hash, starts_at, ends_at, state, services, persons, channel, emergency, expires_at, name, phone, email, postal_address, language, confirm_by, remind, kind, now)^
-- Takes the place and writes the appointment, or does nothing and gives no row when the place is
-- gone. One statement: the row lock of the pool's day is the only lock, and whoever waited for it
-- sees what is left then. The first of the references that nobody has yet is used. "kind" names the
-- change that screens are told, NULL when the visit is on another day. The visit needs a place within
-- its own level's limit and all above, and takes one of each.
WITH taken AS (
    UPDATE pool_day
       SET planes = take_place(planes, :visit ::bit(300)),
           counter_planes = CASE WHEN :level ::smallint <= 3 THEN take_place(counter_planes, :visit ::bit(300)) ELSE counter_planes END,
           phone_planes = CASE WHEN :level ::smallint <= 2 THEN take_place(phone_planes, :visit ::bit(300)) ELSE phone_planes END,
           online_planes = CASE WHEN :level ::smallint <= 1 THEN take_place(online_planes, :visit ::bit(300)) ELSE online_planes END
     WHERE office_id = :office_id AND pool_id = :pool_id AND day = :day
       AND :visit ::bit(300) = :visit ::bit(300)
           & open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)
    RETURNING office_id, pool_id, day
), made AS (
    INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at, state, reference,
                             secret_hash, services, persons, channel, emergency, created_at, expires_at)
    SELECT taken.office_id, :id, taken.pool_id, taken.day, :first_cell, :cells, :starts_at, :ends_at, :state,
           (SELECT free.reference FROM unnest(:references ::text[]) AS free (reference)
             WHERE NOT EXISTS (SELECT FROM appointment a WHERE a.reference = free.reference) LIMIT 1),
           :secret_hash, :services ::text::jsonb, :persons, :channel, :emergency, :now, :expires_at
      FROM taken
    RETURNING *
), told AS (
    INSERT INTO appointment_contact (office_id, appointment_id, name, phone, email, postal_address, language, confirm_by,
                                     remind)
    SELECT made.office_id, made.id, :name, :phone, :email, :postal_address ::text::jsonb, :language, :confirm_by ::text[],
           :remind
      FROM made
)
SELECT made.reference,
       CASE WHEN :kind ::text IS NOT NULL
            THEN publish_change(made.office_id, :kind, appointment_json(made ::appointment), :now) END AS version
  FROM made;

-- name: find_appointment(reference)^
-- One appointment with its office and contact.
SELECT a.office_id, a.id, o.slug AS office, o.authority_id, o.time_zone, a.pool_id, a.day, a.first_cell, a.cells,
       a.starts_at, a.ends_at, a.state, a.reference, a.secret_hash,
       ARRAY (SELECT s.secret_hash FROM appointment_secret s
               WHERE s.office_id = a.office_id AND s.appointment_id = a.id) AS link_hashes,
       a.services ::text AS services, a.persons, a.channel,
       a.emergency, a.created_at, a.expires_at, c.appointment_id IS NOT NULL AS has_contact, c.name, c.phone, c.email,
       c.postal_address ::text AS postal_address, c.language, c.confirm_by, c.remind
  FROM appointment a
  JOIN office o ON o.id = a.office_id
  LEFT JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
 WHERE a.reference = :reference;

-- name: lock_appointment(reference)$
-- Keeps every other verb away from this appointment until the transaction ends.
SELECT id FROM appointment WHERE reference = :reference FOR UPDATE;

-- name: lock_appointment_by_id(office_id, id)^
-- The same by id, with what its lifecycle needs.
SELECT state, pool_id, day FROM appointment WHERE office_id = :office_id AND id = :id FOR UPDATE;

-- name: change_state(office_id, id, from_state, to_state)$
-- Takes the appointment to another state and ends its hold; no row when another verb was faster.
UPDATE appointment SET state = :to_state, expires_at = NULL
 WHERE office_id = :office_id AND id = :id AND state = :from_state
RETURNING id;

-- name: write_contact(office_id, appointment_id, name, phone, email, postal_address, language, confirm_by, remind)!
-- Puts this contact in the place of the one before.
INSERT INTO appointment_contact (office_id, appointment_id, name, phone, email, postal_address, language, confirm_by,
                                 remind)
VALUES (:office_id, :appointment_id, :name, :phone, :email, :postal_address ::text::jsonb, :language,
        :confirm_by ::text[], :remind)
ON CONFLICT (office_id, appointment_id) DO UPDATE
   SET name = excluded.name, phone = excluded.phone, email = excluded.email,
       postal_address = excluded.postal_address, language = excluded.language, confirm_by = excluded.confirm_by,
       remind = excluded.remind;

-- name: move_appointment(office_id, id, to_office_id, pool_id, day, first_cell, cells, starts_at, ends_at)!
-- Puts a locked appointment into another place; its pool-days are recomputed by the caller.
UPDATE appointment
   SET office_id = :to_office_id, pool_id = :pool_id, day = :day, first_cell = :first_cell, cells = :cells,
       starts_at = :starts_at, ends_at = :ends_at
 WHERE office_id = :office_id AND id = :id;

-- name: announce(office_id, id, kind, now)$
-- Tells the office's screens about an appointment as it is now.
SELECT publish_change(a.office_id, :kind, appointment_json(a), :now)
  FROM appointment a WHERE a.office_id = :office_id AND a.id = :id;

-- name: announce_departure(office_id, id, kind, now)$
-- Tells the screens of an office about an appointment that is no longer there.
SELECT publish_change(:office_id, :kind, jsonb_build_object('id', :id ::uuid), :now);

-- name: expire_held(now)
-- Ends holds whose time is over and gives the pool-days that they were on. Holds that another
-- transaction is working on are left to the next sweep.
WITH ended AS (
    UPDATE appointment SET state = 'expired', expires_at = NULL
     WHERE (office_id, id) IN (SELECT a.office_id, a.id FROM appointment a
                                WHERE a.state = 'held' AND a.expires_at <= :now
                                ORDER BY a.pool_id, a.day, a.id
                                  FOR UPDATE SKIP LOCKED)
    RETURNING office_id, id, pool_id, day
)
SELECT pool_id, day FROM ended
 UNION ALL
SELECT l.pool_id, l.day
  FROM ended JOIN appointment_leg l ON l.office_id = ended.office_id AND l.appointment_id = ended.id;

-- name: miss_past(now)
-- Notes that nobody came to the appointments of earlier days; gives them. Those that another
-- transaction is working on are left to the next sweep.
UPDATE appointment SET state = 'missed'
 WHERE (office_id, id) IN (SELECT a.office_id, a.id
                             FROM appointment a JOIN office o ON o.id = a.office_id
                            WHERE a.state = 'booked'
                              AND a.day < (:now ::timestamptz AT TIME ZONE o.time_zone)::date
                            ORDER BY a.office_id, a.id
                              FOR UPDATE OF a SKIP LOCKED)
RETURNING id;

-- name: forget_contacts(before)!
-- Deletes who had the appointments that ended before, and who let a hold run out; the appointments stay
-- for the figures.
DELETE FROM appointment_contact c USING appointment a
 WHERE a.office_id = c.office_id AND a.id = c.appointment_id AND (a.ends_at < :before OR a.state = 'expired');

-- name: find_for_check_in(reference)^
-- What the queue needs of an appointment.
SELECT a.office_id, o.slug AS office, a.id, a.state, a.starts_at, a.ends_at, a.services ::text AS services,
       coalesce(c.language, 'de') AS language
  FROM appointment a
  JOIN office o ON o.id = a.office_id
  LEFT JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
 WHERE a.reference = :reference;

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

-- name: pool_plans(pool_ids)
-- The staffing plans of these pools.
SELECT p.office_id, p.id AS pool_id, o.slug AS office, p.retired, p.plan ::text AS plan, p.missed, p.came
  FROM pool p JOIN office o ON o.id = p.office_id
 WHERE p.id = ANY (:pool_ids ::integer[]);

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

-- name: expected_on(office_id, day)
-- The references of those who are expected at the office on a day, in the order of their visits.
SELECT reference FROM appointment
 WHERE office_id = :office_id AND day = :day AND state = 'booked' ORDER BY starts_at, reference;

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

-- name: keep_setup(office_id)
-- The office's pools; waits for a set-up that is being applied to it and keeps the next one away
-- until the transaction ends.
SELECT p.id FROM office o JOIN pool p ON p.office_id = o.id WHERE o.id = :office_id ORDER BY p.id FOR SHARE;

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
