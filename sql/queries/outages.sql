-- name: lock_numbers(office_id, days, letters)
-- Keeps everybody else from giving out or leasing numbers of these days and letters until the
-- transaction ends; a later statement sees what others have leased before. Always in the same order.
INSERT INTO ticket_number AS n (office_id, day, letter, last)
SELECT :office_id ::int, d, l, 0 FROM unnest(:days ::date[]) d, unnest(:letters ::text[]) l ORDER BY d, l
ON CONFLICT (office_id, day, letter) DO UPDATE SET last = n.last
RETURNING n.last;

-- name: lease_numbers(office_id, device_id, days, letters, size, now)
-- Leases the device a block for each day and letter of which it has less than half a block left: the
-- highest numbers that nobody holds, with as few digits as leave half of the range to daily life.
-- After lock_numbers.
WITH wanted AS (
    SELECT n.*, greatest(o.number_digits, length(n.last::text)) AS fewest_digits
      FROM ticket_number n JOIN office o ON o.id = n.office_id
     WHERE n.office_id = :office_id AND n.day = ANY (:days ::date[]) AND n.letter = ANY (:letters ::text[])
       AND NOT EXISTS (SELECT FROM number_block b
                        WHERE b.office_id = n.office_id AND b.day = n.day AND b.letter = n.letter
                          AND b.device_id = :device_id
                          AND b.last - coalesce(b.used, b.first - 1) >= :size ::int / 2)
), room AS (
    SELECT DISTINCT ON (w.day, w.letter) w.day, w.letter, digits, f.first
      FROM wanted w
     CROSS JOIN LATERAL generate_series(w.fewest_digits, w.fewest_digits + 1) AS digits
     CROSS JOIN LATERAL (SELECT (10 ^ digits) ::int - 1 AS top) t
     CROSS JOIN LATERAL (SELECT coalesce((SELECT lower(held) FROM unnest(w.leased) held WHERE held @> t.top),
                                         t.top + 1) - :size ::int AS first) f
     WHERE f.first > greatest(w.last, t.top / 2)
     ORDER BY w.day, w.letter, digits
), leased AS (
    INSERT INTO number_block (office_id, day, letter, first, last, digits, device_id, leased_at)
    SELECT :office_id, day, letter, first, first + :size ::int - 1, digits, :device_id, :now FROM room
    RETURNING *
)
UPDATE ticket_number n SET leased = n.leased + int4multirange(int4range(l.first, l.last, '[]'))
  FROM leased l WHERE n.office_id = l.office_id AND n.day = l.day AND n.letter = l.letter
RETURNING n.day, n.letter;

-- name: own_blocks(device_id, office_id, days)
-- What the device holds of these days and the service has not seen used, in the order of its use.
SELECT nullif(day, '0001-01-01') AS day, letter, coalesce(used + 1, first) AS first, last, digits
  FROM number_block
 WHERE device_id = :device_id AND office_id = :office_id AND day = ANY (:days ::date[])
   AND used IS DISTINCT FROM last
 ORDER BY day, letter, first DESC;

-- name: use_leased(device_id, letter, value, issued_at)^
-- The block of this device to which a number belongs that it gave out at that instant; nothing, when it
-- holds none. Whoever hands in another number of the block waits until the transaction ends.
UPDATE number_block b SET used = greatest(b.used, :value)
  FROM office o
 WHERE b.device_id = :device_id AND b.letter = :letter AND :value BETWEEN b.first AND b.last AND o.id = b.office_id
   AND b.day IN ((:issued_at ::timestamptz AT TIME ZONE o.time_zone) ::date, '0001-01-01')
RETURNING b.office_id, b.digits;

-- name: find_paper(token)^
-- The ticket that this paper stands for.
SELECT id, number FROM ticket WHERE token = :token;

-- name: issue_leased(office_id, id, day, number, visitor_class, needs, language, service_id, channel, token, appointment_id, appointment_at, waiting_since, rank_at, call_by, contingent, contingent_places, pick_up, slow_walk, further_services, together, note, sent_from, actor, issued_at, now)^
-- Queues the ticket of a number that is on paper already, as if it had been asked for then. With a
-- contingent it takes one of its places, and gives no row when none is left.
WITH place AS (
    INSERT INTO day_contingent AS c (office_id, day, code, used)
    SELECT :office_id ::int, :day ::date, :contingent ::text, 1 WHERE :contingent ::text IS NOT NULL
    ON CONFLICT (office_id, day, code) DO UPDATE SET used = c.used + 1 WHERE c.used < :contingent_places ::int
    RETURNING c.*
), issued AS (
    INSERT INTO ticket AS t (office_id, id, day, number, class, needs, language, service_id, channel, token,
                             appointment_id, appointment_at, contingent, created_at, arrived_at, waiting_since,
                             rank_at, call_by, pick_up, slow_walk, further_services, together, note, sent_from)
    SELECT :office_id, :id, :day, :number, :visitor_class, :needs ::text[], :language, :service_id, :channel, :token,
           :appointment_id, :appointment_at, :contingent ::text, :issued_at, :issued_at, :waiting_since, :rank_at,
           :call_by, :pick_up, :slow_walk, :further_services ::int[], :together, :note, :sent_from
     WHERE :contingent ::text IS NULL OR EXISTS (SELECT FROM place)
    RETURNING t.*
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, actor, detail)
    SELECT office_id, id, :issued_at, 'issue', state, :actor, jsonb_build_object('handed_in_at', :now ::timestamptz)
      FROM issued
), body AS (
    SELECT i.office_id, ticket_json(ROW(i.*)::ticket) AS ticket FROM issued i
)
SELECT ticket ::text AS ticket,
       publish_change(office_id, 'ticket.issued',
                      jsonb_build_object('ticket', ticket)
                      || coalesce((SELECT jsonb_build_object('contingent', to_jsonb(p)) FROM place p), '{}'),
                      :now) AS version
  FROM body;

-- name: renumber(office_id, ticket_id, number, token, actor, now)^
-- Gives a waiting ticket the number and the address of the paper that its visitor holds; no row when it
-- is called already, or of another office.
WITH was AS (
    SELECT t.id, t.number FROM ticket t
     WHERE t.office_id = :office_id AND t.id = :ticket_id AND t.state = 'waiting' FOR NO KEY UPDATE
), renumbered AS (
    UPDATE ticket t SET number = :number, token = :token
      FROM was WHERE t.office_id = :office_id AND t.id = was.id
    RETURNING t.*
), undo AS (
    -- Taking an older step back would bring the former number back.
    DELETE FROM ticket_undo u USING renumbered r WHERE u.office_id = r.office_id AND u.ticket_id = r.id
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, actor, detail)
    SELECT r.office_id, r.id, :now, 'renumber', r.state, :actor, jsonb_build_object('number', was.number)
      FROM renumbered r, was
), body AS (
    SELECT r.office_id, ticket_json(ROW(r.*)::ticket) AS ticket FROM renumbered r
)
SELECT ticket ::text AS ticket,
       publish_change(office_id, 'ticket.renumbered', jsonb_build_object('ticket', ticket), :now) AS version
  FROM body;
