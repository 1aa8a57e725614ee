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
-- Of each office that offers the services, its first day with a place and its days in order, as JSON:
-- whether appointments are kept at all, and about how many such visits still fit; at least one where one
-- does, none where none does. On the local day of not_before only what begins then or later counts.
-- The pools are found first and once: the planner takes them for a single one, and would otherwise look
-- up their offices anew for each of their days.
WITH asked AS MATERIALIZED (
    SELECT office_id, pool_id, office, time_zone, cells,
           (:not_before ::timestamptz AT TIME ZONE time_zone)::date AS today
      FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[])
), open_day AS (
    SELECT asked.office_id, asked.office, asked.cells, d.day, d.fits_empty > 0 AS staffed,
           d.fits[:level ::smallint] >= asked.cells AS fits, d.day = asked.today AS begun,
           open_cells(:level ::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes)
           & CASE WHEN d.day = asked.today
                  THEN (~ 0::bit(300)) >> greatest(ceil(extract(epoch FROM :not_before ::timestamptz
                         - d.day ::timestamp AT TIME ZONE asked.time_zone) / 300), 0)::integer
                  ELSE ~ 0::bit(300) END AS cells_open
      FROM asked
      JOIN pool_day d ON d.office_id = asked.office_id AND d.pool_id = asked.pool_id
       AND d.day >= asked.today
       AND d.day >= coalesce(:first_day ::date, '-infinity')
       AND d.day <= coalesce(:last_day ::date, 'infinity')
       AND (:weekdays ::integer[] IS NULL OR extract(isodow FROM d.day) = ANY (:weekdays ::integer[]))
), office_day AS (
    SELECT office_id, office, day, bool_or(staffed) AS staffed,
           sum(CASE WHEN fits AND (NOT begun OR longest_visit(ARRAY[cells_open]) >= cells)
                    THEN greatest(bit_count(cells_open) / cells, 1) ELSE 0 END)::integer AS visits
      FROM open_day GROUP BY office_id, office, day
)
SELECT office, min(day) FILTER (WHERE visits > 0) AS earliest_day,
       '[' || string_agg('{"day":' || to_json(day) || ',"staffed":' || staffed || ',"visits":' || visits || '}',
                         ',' ORDER BY day) || ']' AS days
  FROM office_day GROUP BY office_id, office;

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
