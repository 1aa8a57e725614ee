-- name: add_entry(id, references, secret_hash, codes, quantities, persons, channel, offices, first_day, last_day, weekdays, opens, closes, notice_hours, ways, lapses_at, name, phone, email, postal_address, language, confirm_by, remind, letter_form, joined_from, now)$
-- Puts somebody at the end of the order of asking, counted where they joined from if that is told;
-- returns the reference, the first of those given that nobody has, neither here nor as an appointment's:
-- people don't know which of both they hold.
WITH added AS (
    INSERT INTO waiting_entry (id, reference, secret_hash, codes, quantities, persons, channel, offices, first_day,
                               last_day, weekdays, opens, closes, notice_hours, ways, asked_at, lapses_at, looked_at)
    SELECT :id, (SELECT free.reference FROM unnest(:references ::text[]) AS free (reference)
                  WHERE NOT EXISTS (SELECT FROM appointment a WHERE a.reference = free.reference)
                    AND NOT EXISTS (SELECT FROM waiting_entry e WHERE e.reference = free.reference) LIMIT 1),
           :secret_hash, :codes ::text[], :quantities ::integer[], :persons, :channel, :offices ::text[], :first_day,
           :last_day, :weekdays ::integer[], :opens, :closes, :notice_hours, :ways ::text[], :now, :lapses_at, :now
    RETURNING id, reference
), told AS (
    INSERT INTO waiting_contact (entry_id, name, phone, email, postal_address, language, confirm_by, remind,
                                 letter_form)
    SELECT added.id, :name, :phone, :email, :postal_address ::text::jsonb, :language, :confirm_by ::text[], :remind,
           :letter_form
      FROM added
), counted AS (
    INSERT INTO waiting_claim (entry_id, hash, at)
    SELECT added.id, :joined_from ::bytea, :now FROM added WHERE :joined_from ::bytea IS NOT NULL
)
SELECT added.reference FROM added;

-- name: lock_person(phone, person)
-- Lets one entry at a time of whoever has this number or address be added and counted, until the
-- transaction ends; in one order for all, so that no two wait for each other.
SELECT pg_advisory_xact_lock(ordered.key)
  FROM (SELECT DISTINCT hashtextextended('waiting ' || known, 0) AS key
          FROM unnest(ARRAY[:phone ::text, :person ::text]) AS known WHERE known IS NOT NULL
         ORDER BY 1) AS ordered;

-- name: open_entries_of(phone, person)$
-- How often whoever has this number or address waits already, having joined online. "person" is an
-- e-mail address without case and without what follows a plus sign.
SELECT count(*)
  FROM waiting_entry e JOIN waiting_contact c ON c.entry_id = e.id
 WHERE e.state IN ('waiting', 'offered') AND e.channel = 'online'
   AND (c.phone = :phone OR regexp_replace(lower(c.email), '\+[^@]*', '') = :person);

-- name: joined_since(hash, since, most)$
-- From when on so many joined from this address, of those since then: once it is too long ago, there is
-- room for one more. Nothing when they are fewer.
SELECT c.at FROM waiting_claim c WHERE c.hash = :hash AND c.at > :since
 ORDER BY c.at DESC OFFSET :most ::integer - 1 LIMIT 1;

-- name: forget_addresses(before)!
-- Deletes from where people joined up to then.
DELETE FROM waiting_claim WHERE at <= :before;

-- name: find_entry(reference)^
-- One entry with its contact.
SELECT e.* FROM waiting_person e WHERE e.reference = :reference;

-- name: ahead(id)$
-- How many asked before this entry and could get the same places.
SELECT waiting_ahead(e) FROM waiting_entry e WHERE e.id = :id;

-- name: wanted_days(pool_ids, days)
-- Those of these pool-days that somebody may be waiting for, by day and pool. Most often none: this is
-- all that the list costs whoever cancels while nobody waits.
SELECT wanted.pool_id, wanted.day, o.time_zone
  FROM unnest(:pool_ids ::integer[], :days ::date[]) AS wanted (pool_id, day)
  JOIN pool p ON p.id = wanted.pool_id AND NOT p.retired
  JOIN office o ON o.id = p.office_id
 WHERE EXISTS (SELECT FROM waiting_entry e
                WHERE e.state = 'waiting' AND wanted.day BETWEEN e.first_day AND e.last_day
                  AND (cardinality(e.offices) = 0 OR o.slug = ANY (e.offices)))
 ORDER BY wanted.day, wanted.pool_id;

-- name: candidates(pool_id, day, first_cells, end_cells, called_from, told_from, after_place, most)
-- Whom the free time of a pool's day fits, in the order of asking, from behind the one named: whose
-- services it serves in one go, who would come to its office, on that day and at that time of day, hears
-- of it in time, and has not let a place there on it go. Nobody else comes back and counts, however many
-- of them wait in front. Not locked: whoever is chosen is claimed. By five minutes of the wall clock, first_cells and end_cells are where hours begin and end on
-- this day; called_from and told_from are the first cells of which somebody who is only rung, or is
-- written to, hears in time who needs no notice. The visit takes what "visit_pools" says.
WITH here AS MATERIALIZED (
    SELECT p.office_id, o.slug, p.buffer_cells,
           visit_starts(open_cells(1::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes)) AS online,
           visit_starts(open_cells(2::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes)) AS phone,
           visit_starts(open_cells(3::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes)) AS counter
      FROM pool p
      JOIN office o ON o.id = p.office_id
      JOIN pool_day d ON d.office_id = p.office_id AND d.pool_id = p.id AND d.day = :day
     WHERE p.id = :pool_id
), served AS MATERIALIZED (
    SELECT s.code, s.max_quantity, os.minutes, os.further_minutes, os.family_minutes
      FROM pool_service ps
      JOIN service s ON s.id = ps.service_id
      JOIN office_service os ON os.office_id = ps.office_id AND os.service_id = s.id AND os.appointment
     WHERE ps.pool_id = :pool_id
), following AS MATERIALIZED (
    SELECT e.id, e.place
      -- In their order before anything that costs is asked: most often one of the first few fits.
      FROM (SELECT known.* FROM waiting_entry known
             WHERE known.state = 'waiting' AND known.place > :after_place
               AND :day ::date BETWEEN known.first_day AND known.last_day
             ORDER BY known.place OFFSET 0) AS e
     CROSS JOIN LATERAL (
         SELECT CASE e.channel WHEN 'online' THEN (SELECT here.online FROM here)
                               WHEN 'phone' THEN (SELECT here.phone FROM here)
                               ELSE (SELECT here.counter FROM here) END AS starts,
                greatest((:first_cells ::integer[])[(e.opens + 4) / 5 + 1],
                         -- Twelve cells an hour; nobody is there within a quarter of one.
                         greatest(e.notice_hours * 12, 3)
                         + CASE WHEN e.ways <@ ARRAY['call'] THEN :called_from ::integer ELSE :told_from ::integer END
                        ) AS first_cell,
                (:end_cells ::integer[])[(e.closes + 4) / 5 + 1] AS end_cell) AS asked
     WHERE e.codes <@ (SELECT array_agg(served.code) FROM served)
       AND (cardinality(e.offices) = 0 OR (SELECT here.slug FROM here) = ANY (e.offices))
       AND (cardinality(e.weekdays) = 0 OR extract(isodow FROM :day ::date) = ANY (e.weekdays))
       AND asked.first_cell < asked.end_cell
       -- A cell's place would do for the shortest visit; how long this one takes is the dearer question.
       AND begins_within(asked.starts[1], asked.first_cell, asked.end_cell)
       AND begins_within(
               asked.starts[(SELECT sum(CASE WHEN e.persons > 1 THEN served.family_minutes ELSE served.minutes END
                                        + (wanted.quantity - 1) * served.further_minutes)::integer / 5
                                    + (SELECT here.buffer_cells FROM here)
                               FROM unnest(e.codes, e.quantities) AS wanted (code, quantity)
                               JOIN served ON served.code = wanted.code AND served.max_quantity >= wanted.quantity
                             HAVING count(*) = cardinality(e.codes))],
               asked.first_cell, asked.end_cell)
       AND NOT EXISTS (SELECT FROM waiting_offer f
                         JOIN appointment a ON a.office_id = f.office_id AND a.id = f.appointment_id
                        WHERE f.entry_id = e.id AND f.answer IS NOT NULL
                          AND a.office_id = (SELECT here.office_id FROM here) AND a.day = :day ::date)
     ORDER BY e.place LIMIT :most
)
SELECT e.* FROM following JOIN waiting_person e USING (id) ORDER BY e.place;

-- name: free_cells(pool_id, day, level)$
-- The cells of a pool's day in which somebody of this level finds a place.
SELECT open_cells(:level ::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes)
  FROM pool_day d WHERE d.pool_id = :pool_id AND d.day = :day;

-- name: claim_entry(id)$
-- Keeps everybody else from offering this one a place until the transaction ends; no row when
-- another transaction is about to, or has.
SELECT id FROM waiting_entry WHERE id = :id AND state = 'waiting' FOR UPDATE SKIP LOCKED;

-- name: offer(entry_id, reference, respond_by, now)$
-- Makes the held appointment what a claimed entry is offered.
WITH offered AS (
    INSERT INTO waiting_offer (office_id, appointment_id, entry_id, offered_at, respond_by)
    SELECT a.office_id, a.id, :entry_id, :now, :respond_by FROM appointment a WHERE a.reference = :reference
    RETURNING entry_id
)
UPDATE waiting_entry e SET state = 'offered' FROM offered WHERE e.id = offered.entry_id
RETURNING e.id;

-- name: settle(pool_ids, days, allowed, now)
-- Takes what became of held appointments on these pool-days into the list: confirmed is accepted,
-- cancelled is refused, expired is unanswered; so often as "allowed" unanswered ends the waiting. Gives
-- the appointments.
WITH ended AS (
    UPDATE waiting_offer f
       SET answered_at = :now,
           answer = CASE a.state WHEN 'expired' THEN 'unanswered' WHEN 'cancelled' THEN 'refused' ELSE 'accepted' END
      FROM appointment a
      JOIN unnest(:pool_ids ::integer[], :days ::date[]) AS looked_at (pool_id, day)
           ON looked_at.pool_id = a.pool_id AND looked_at.day = a.day
     WHERE f.answer IS NULL AND a.office_id = f.office_id AND a.id = f.appointment_id AND a.state <> 'held'
    RETURNING f.office_id, f.appointment_id, f.entry_id, f.answer
), decided AS (
    SELECT e.id, ended.office_id, ended.appointment_id, ended.answer,
           CASE WHEN ended.answer = 'accepted' THEN 'accepted'
                WHEN ended.answer = 'unanswered' AND e.unanswered + 1 >= :allowed THEN 'withdrawn'
                ELSE 'waiting' END AS state
      FROM ended JOIN waiting_entry e ON e.id = ended.entry_id
)
UPDATE waiting_entry e
   SET state = decided.state,
       ended_at = CASE WHEN decided.state <> 'waiting' THEN :now ::timestamptz END,
       refused = e.refused + (decided.answer = 'refused')::integer,
       unanswered = e.unanswered + (decided.answer = 'unanswered')::integer
  FROM decided
 WHERE e.id = decided.id
RETURNING decided.office_id, decided.appointment_id, e.id AS entry_id, decided.answer,
          e.ended_at IS NOT NULL AS over;

-- name: withdraw(id, now)$
-- Ends the waiting of somebody who has no offer; no row when they have one, or wait no more.
UPDATE waiting_entry SET state = 'withdrawn', ended_at = :now WHERE id = :id AND state = 'waiting' RETURNING id;

-- name: open_offer(entry_id)^
-- What is kept for this entry and not answered yet.
SELECT f.entry_id, a.reference, f.office_id, o.authority_id, o.slug AS office, o.time_zone, a.starts_at, a.ends_at,
       f.offered_at, f.respond_by
  FROM waiting_offer f
  JOIN appointment a ON a.office_id = f.office_id AND a.id = f.appointment_id
  JOIN office o ON o.id = f.office_id
 WHERE f.entry_id = :entry_id AND f.answer IS NULL;

-- name: offered_for(office_id, appointment_id)^
-- What became of an appointment as an offer, and of whoever waited for it; no row when it was never one.
SELECT e.state, f.answer
  FROM waiting_offer f JOIN waiting_entry e ON e.id = f.entry_id
 WHERE f.office_id = :office_id AND f.appointment_id = :appointment_id;

-- name: list_entries(office, most)
-- Who waits and would come to this office, in the order of asking, without contacts, with how many
-- asked before and what they are offered.
SELECT e.id, e.place, e.reference, e.secret_hash, e.state, e.codes, e.quantities, e.persons, e.channel, e.offices,
       e.first_day, e.last_day, e.weekdays, e.opens, e.closes, e.notice_hours, e.ways, e.asked_at, e.refused,
       e.unanswered, waiting_ahead(e) AS ahead, f.entry_id AS entry_id, a.reference AS appointment, f.office_id,
       o.authority_id, o.slug AS office, o.time_zone, a.starts_at, a.ends_at, f.offered_at, f.respond_by
  FROM waiting_entry e
  LEFT JOIN waiting_offer f ON f.entry_id = e.id AND f.answer IS NULL
  LEFT JOIN appointment a ON a.office_id = f.office_id AND a.id = f.appointment_id
  LEFT JOIN office o ON o.id = f.office_id
 WHERE e.state IN ('waiting', 'offered') AND (cardinality(e.offices) = 0 OR :office ::text = ANY (e.offices))
 ORDER BY e.place LIMIT :most;

-- name: list_calls()
-- Whom to ring about a place that is kept for them, the most urgent first.
SELECT e.reference AS entry, e.codes, e.quantities, c.name, c.phone, c.language, f.entry_id, a.reference, f.office_id,
       o.authority_id, o.slug AS office, o.time_zone, a.starts_at, a.ends_at, f.offered_at, f.respond_by
  FROM waiting_offer f
  JOIN waiting_entry e ON e.id = f.entry_id AND 'call' = ANY (e.ways)
  JOIN waiting_contact c ON c.entry_id = e.id
  JOIN appointment a ON a.office_id = f.office_id AND a.id = f.appointment_id
  JOIN office o ON o.id = f.office_id
 WHERE f.answer IS NULL
 ORDER BY f.respond_by, e.place;

-- name: next_to_look_for(most, now)
-- Whose turn it is that free places are gone through for them; everybody's comes. Those that another
-- process looks at are left to it.
UPDATE waiting_entry SET looked_at = :now
 WHERE id IN (SELECT e.id FROM waiting_entry e WHERE e.state = 'waiting' AND e.looked_at < :now
               ORDER BY e.looked_at, e.place LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING reference;

-- name: free_days(entry_id, codes, quantities, persons, offices, level, first_day, last_day, weekdays, not_before, skip, most)
-- The pool-days on which a visit of these services may fit, earliest first, with their free cells;
-- of one day, the pools that can do least first. Not where this entry has let a place go. So many at
-- most, from behind those that are skipped.
SELECT visit.pool_id, d.day, visit.time_zone, visit.cells,
       open_cells(:level ::smallint, d.planes, d.counter_planes, d.phone_planes, d.online_planes) AS plane
  FROM visit_pools(:codes ::text[], :quantities ::integer[], :persons ::integer, :offices ::text[]) AS visit
  JOIN pool_day d ON d.pool_id = visit.pool_id AND d.fits[4] > 0 AND d.fits[:level ::smallint] >= visit.cells
       AND d.day BETWEEN :first_day AND :last_day
       AND d.day >= (:not_before ::timestamptz AT TIME ZONE visit.time_zone)::date
       AND (cardinality(:weekdays ::integer[]) = 0 OR extract(isodow FROM d.day) = ANY (:weekdays ::integer[]))
 WHERE NOT EXISTS (SELECT FROM waiting_offer f
                     JOIN appointment a ON a.office_id = f.office_id AND a.id = f.appointment_id
                    WHERE f.entry_id = :entry_id AND f.answer IS NOT NULL
                      AND a.office_id = visit.office_id AND a.day = d.day)
 ORDER BY d.day, (SELECT count(*) FROM pool_service ps WHERE ps.pool_id = visit.pool_id), visit.pool_id
 LIMIT :most OFFSET :skip;

-- name: lapse(now)
-- Ends the waiting of those whose last day is over; those that another transaction is working on are
-- left to the next round.
UPDATE waiting_entry SET state = 'lapsed', ended_at = :now
 WHERE id IN (SELECT e.id FROM waiting_entry e WHERE e.state = 'waiting' AND e.lapses_at <= :now
                 FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: forget_contacts(now)!
-- Deletes who stood on the list and ended waiting as many days ago as the strictest of the authorities asked
-- keeps it; the entries stay for the figures.
DELETE FROM waiting_contact c USING waiting_entry e
 WHERE e.id = c.entry_id
   AND e.ended_at < :now ::timestamptz - interval '24 hours' * (
       SELECT min(au.contact_days) FROM authority au JOIN office o ON o.authority_id = au.id
        WHERE cardinality(e.offices) = 0 OR o.slug = ANY (e.offices));

-- name: broken_invariants()
-- A sentence for each entry that is on offer without a held place, and each place that is kept for
-- nobody.
SELECT format('waiting-list entry %s is %s, but has %s places on offer', e.id, e.state, count(f.entry_id)) AS finding
  FROM waiting_entry e LEFT JOIN waiting_offer f ON f.entry_id = e.id AND f.answer IS NULL
 GROUP BY e.id, e.state
HAVING count(f.entry_id) <> (e.state = 'offered')::integer
 UNION ALL
SELECT format('appointment %s is kept for waiting-list entry %s, but is %s until %s instead of held until %s',
              a.id, f.entry_id, a.state, a.expires_at, f.respond_by)
  FROM waiting_offer f JOIN appointment a ON a.office_id = f.office_id AND a.id = f.appointment_id
 WHERE f.answer IS NULL AND (a.state <> 'held' OR a.expires_at <> f.respond_by);
