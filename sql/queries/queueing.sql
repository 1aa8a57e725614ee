-- name: issue_ticket(office_id, id, day, number_day, letter, visitor_class, needs, language, service_id, channel, token, appointment_id, appointment_at, waiting_since, rank_at, call_by, contingent, contingent_places, pick_up, slow_walk, further_services, together, note, sent_from, actor, now)^
-- Gives out the next number of this letter and day and queues its ticket. The number's row lock
-- lasts until commit: no number is given twice, and none is lost unless the whole verb is.
-- With a contingent it takes one of its places of that day first, and gives no row when none is left.
WITH place AS (
    INSERT INTO day_contingent AS c (office_id, day, code, used)
    SELECT :office_id ::int, :day ::date, :contingent ::text, 1 WHERE :contingent ::text IS NOT NULL
    ON CONFLICT (office_id, day, code) DO UPDATE SET used = c.used + 1 WHERE c.used < :contingent_places ::int
    RETURNING c.*
), number AS (
    INSERT INTO ticket_number AS n (office_id, day, letter, last)
    SELECT :office_id ::int, :number_day ::date, :letter ::text, 1 WHERE :contingent ::text IS NULL OR EXISTS (SELECT FROM place)
    ON CONFLICT (office_id, day, letter) DO UPDATE SET last = next_number(n.last, n.leased)
    RETURNING n.last
), issued AS (
    INSERT INTO ticket AS t (office_id, id, day, number, class, needs, language, service_id, channel, token,
                             appointment_id, appointment_at, contingent, created_at, arrived_at, waiting_since,
                             rank_at, call_by, pick_up, slow_walk, further_services, together, note, sent_from)
    SELECT :office_id, :id, :day,
           :letter || lpad(n.last::text, greatest(o.number_digits, length(n.last::text)), '0'),
           :visitor_class, :needs ::text[], :language, :service_id, :channel, :token,
           :appointment_id, :appointment_at, :contingent ::text, :now, :now, :waiting_since, :rank_at, :call_by,
           :pick_up, :slow_walk, :further_services ::int[], :together, :note, :sent_from
      FROM number n, office o WHERE o.id = :office_id
    RETURNING t.*
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, actor)
    SELECT office_id, id, :now, 'issue', state, :actor FROM issued
), body AS (
    SELECT i.office_id, ticket_json(ROW(i.*)::ticket) AS ticket FROM issued i
)
SELECT ticket ::text AS ticket,
       publish_change(office_id, 'ticket.issued',
                      jsonb_build_object('ticket', ticket)
                      || coalesce((SELECT jsonb_build_object('contingent', to_jsonb(p)) FROM place p), '{}'),
                      :now) AS version
  FROM body;

-- name: call_next(office_id, counter_id, clerk_id, actor, now)^
-- Calls the visitor who is next by the office's order among those this counter can serve, and gives
-- the ticket, or no row when the counter is not this clerk's, has a visitor, or nobody can be called.
-- The counter's row lock makes two presses one call; SKIP LOCKED gives two counters two visitors.
-- The lateral look at the ticket runs down the sorted list and stops at the first that it can lock:
-- an ORDER BY outside would lock everybody first.
WITH desk AS (
    SELECT c.office_id, c.id, c.serving, c.features, c.clerk_id, c.team, c.put_back
      FROM counter c
     WHERE c.office_id = :office_id AND c.id = :counter_id AND c.clerk_id = :clerk_id
       AND c.state = 'open' AND c.ticket_id IS NULL AND hall_now(:office_id) = 'open'
       FOR NO KEY UPDATE OF c
), next AS (
    SELECT l.office_id, l.id, o.tier
      FROM (SELECT (p.ticket).id, p.tier
              FROM desk d CROSS JOIN calling_order(:office_id, :counter_id, :now) p
             WHERE (p.ticket).service_id = ANY (d.serving) AND (p.ticket).needs <@ d.features
               AND ((p.ticket).counter_id IS NULL OR (p.ticket).counter_id = d.id)
               -- A colleague or a team that has gone home keeps nobody waiting.
               AND ((p.ticket).clerk_id IS NULL OR (p.ticket).clerk_id = d.clerk_id
                    OR NOT EXISTS (SELECT FROM counter b WHERE b.office_id = :office_id AND b.clerk_id = (p.ticket).clerk_id))
               AND ((p.ticket).team IS NULL OR (p.ticket).team = d.team
                    OR NOT EXISTS (SELECT FROM counter b WHERE b.office_id = :office_id AND b.team = (p.ticket).team
                                      AND b.state <> 'closed'))
               AND (NOT (p.ticket).together OR (p.ticket).further_services <@ d.serving)
             -- Whom this counter has put back comes last here, as in the statement "queue".
             ORDER BY (p.ticket).id IS NOT DISTINCT FROM d.put_back, p.tier, p.at, (p.ticket).number) AS o
     CROSS JOIN LATERAL (SELECT t.office_id, t.id FROM ticket t
                          WHERE t.office_id = :office_id AND t.id = o.id AND t.state = 'waiting'
                            FOR NO KEY UPDATE SKIP LOCKED) AS l
     LIMIT 1
), called AS (
    UPDATE ticket t SET state = 'called', counter_id = :counter_id, called_at = :now, calls = t.calls + 1, clerk_id = NULL
      FROM next n WHERE t.office_id = n.office_id AND t.id = n.id
    RETURNING t.*
), seat AS (
    UPDATE counter c SET ticket_id = called.id, idle_since = NULL, put_back = NULL
      FROM called WHERE c.office_id = called.office_id AND c.id = :counter_id
    RETURNING c.*
), undo AS (
    DELETE FROM ticket_undo u USING called WHERE u.office_id = called.office_id AND u.ticket_id = called.id
), why AS (
    SELECT jsonb_build_object('policy', o.order_rules ->> 'policy', 'tier', n.tier, 'class', i.class,
                              'waiting_since', i.waiting_since, 'rank_at', i.rank_at, 'call_by', i.call_by) AS why
      FROM called i, next n, office o WHERE o.id = i.office_id
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor, detail)
    SELECT office_id, id, :now, 'call', state, counter_id, :actor, why FROM called, why
), body AS (
    SELECT i.office_id, ticket_json(ROW(i.*)::ticket) AS ticket, counter_json(ROW(s.*)::counter) AS counter
      FROM called i, seat s
)
SELECT ticket ::text AS ticket, (SELECT why ::text FROM why) AS why,
       publish_change(office_id, 'ticket.called',
                      jsonb_build_object('ticket', ticket, 'counter', counter), :now) AS version
  FROM body;

-- name: lock_call_cycle(office_id)$
-- Where the office stands in its cycle of appointments and walk-ins, until this transaction ends
-- nobody else's to read: a call that waits here sees the queue as the one before has left it.
INSERT INTO call_cycle AS c (office_id, place) VALUES (:office_id, 0)
ON CONFLICT (office_id) DO UPDATE SET place = c.place
RETURNING c.place;

-- name: turn_call_cycle(office_id, place)!
-- The next call's place in the cycle.
UPDATE call_cycle SET place = :place WHERE office_id = :office_id;

-- name: call_ticket(office_id, counter_id, clerk_id, ticket_id, reason, actor, now)^
-- Calls one chosen waiting visitor at a counter that can serve them by its set-up. What people have
-- arranged - a counter, a colleague, a team - is only overridden for a reason, and the call says what.
WITH desk AS (
    SELECT c.office_id, c.id, c.services, c.features, c.team
      FROM counter c
     WHERE c.office_id = :office_id AND c.id = :counter_id AND c.clerk_id = :clerk_id
       AND c.state = 'open' AND c.ticket_id IS NULL AND hall_now(:office_id) = 'open'
       FOR NO KEY UPDATE OF c
), next AS (
    SELECT t.office_id, t.id, bound.overridden
      FROM desk d JOIN ticket t ON t.office_id = d.office_id
     CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
               CASE WHEN t.counter_id <> d.id THEN 'counter' END,
               CASE WHEN t.clerk_id <> :clerk_id
                         AND EXISTS (SELECT FROM counter b WHERE b.office_id = :office_id AND b.clerk_id = t.clerk_id)
                    THEN 'clerk' END,
               CASE WHEN t.team IS DISTINCT FROM d.team
                         AND EXISTS (SELECT FROM counter b WHERE b.office_id = :office_id AND b.team = t.team AND b.state <> 'closed')
                    THEN 'team' END], NULL) AS overridden) AS bound
     WHERE t.id = :ticket_id AND t.state = 'waiting' AND t.service_id = ANY (d.services)
       AND t.needs <@ d.features AND (NOT t.together OR t.further_services <@ d.services)
       AND (:reason ::text IS NOT NULL OR bound.overridden = '{}')
       FOR NO KEY UPDATE OF t
), called AS (
    UPDATE ticket t SET state = 'called', counter_id = :counter_id, called_at = :now, calls = t.calls + 1, clerk_id = NULL
      FROM next n WHERE t.office_id = n.office_id AND t.id = n.id
    RETURNING t.*
), seat AS (
    UPDATE counter c SET ticket_id = called.id, idle_since = NULL, put_back = NULL
      FROM called WHERE c.office_id = called.office_id AND c.id = :counter_id
    RETURNING c.*
), undo AS (
    DELETE FROM ticket_undo u USING called WHERE u.office_id = called.office_id AND u.ticket_id = called.id
), why AS (
    SELECT jsonb_build_object('policy', o.order_rules ->> 'policy', 'chosen', true, 'class', i.class,
                              'waiting_since', i.waiting_since, 'rank_at', i.rank_at, 'call_by', i.call_by,
                              'reason', :reason ::text, 'overridden', to_jsonb(n.overridden)) AS why
      FROM called i CROSS JOIN next n JOIN office o ON o.id = i.office_id
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor, detail)
    SELECT office_id, id, :now, 'call', state, counter_id, :actor, why FROM called, why
), body AS (
    SELECT i.office_id, ticket_json(ROW(i.*)::ticket) AS ticket, counter_json(ROW(s.*)::counter) AS counter
      FROM called i, seat s
)
SELECT ticket ::text AS ticket, (SELECT why ::text FROM why) AS why,
       publish_change(office_id, 'ticket.called',
                      jsonb_build_object('ticket', ticket, 'counter', counter), :now) AS version
  FROM body;

-- name: change_order(office_id, rules)!
-- The rules by which the office calls from now on.
UPDATE office SET order_rules = :rules ::text::jsonb WHERE id = :office_id;

-- name: reorder_waiting(office_id, now)$
-- Gives everybody who waits what the office's present rules give their class, and tells the screens.
-- Whoever was sent on keeps the place that was earned elsewhere.
WITH rules AS (
    SELECT o.id, o.order_rules AS r,
           make_interval(mins => coalesce((o.setup -> 'arrival' ->> 'far_late_minutes')::int, 60)) AS far_late
      FROM office o WHERE o.id = :office_id
), reordered AS (
    UPDATE ticket t
       SET rank_at = CASE WHEN t.class = 'transferred' THEN t.rank_at
                          ELSE t.waiting_since - make_interval(secs => 0.6 * CASE
                               WHEN t.class = 'walk_in' AND t.appointment_id IS NOT NULL
                                    AND t.arrived_at <= t.appointment_at + far_late
                               THEN coalesce((r -> 'head_starts' ->> 'appointment')::int, 0) * (r ->> 'late_credit_percent')::int
                               ELSE coalesce((r -> 'head_starts' ->> t.class)::int, 0) * 100 END) END,
           call_by = CASE WHEN t.class = 'transferred' THEN t.call_by
                          ELSE t.waiting_since + make_interval(mins => (r ->> CASE t.class
                               WHEN 'appointment' THEN 'promise_minutes' ELSE 'cap_minutes' END)::int) END
      FROM rules WHERE t.office_id = rules.id AND t.state = 'waiting'
    RETURNING t.*
)
SELECT publish_change(:office_id ::int, 'queue.reordered',
                      jsonb_build_object('tickets', coalesce((SELECT jsonb_agg(ticket_json(ROW(reordered.*)::ticket))
                                                                FROM reordered), '[]')), :now);

-- name: move_ticket(office_id, ticket_id, verb, kind, from_states, to_state, counter_id, target_counter_id, changes, detail, actor, now)^
-- Takes one ticket one step further, or gives no row when it is in none of the states that allow it
-- or another counter has it. "changes" are further columns as they are to be, "detail" goes into the
-- timeline. The acting counter is locked before the ticket, as in call_next: the same order
-- everywhere is what keeps verbs from deadlocking. Whoever cancels gives a same-day place back, whose
-- contingent is locked before both, as in issue_ticket. The row as it was is kept for an undo.
WITH contingent AS (
    SELECT c.* FROM ticket t JOIN day_contingent c ON c.office_id = t.office_id AND c.day = t.day AND c.code = t.contingent
     WHERE :verb IN ('cancel', 'merge') AND t.office_id = :office_id AND t.id = :ticket_id
       FOR NO KEY UPDATE OF c
), desk AS (
    SELECT c.* FROM counter c
     WHERE c.office_id = :office_id AND c.id = :counter_id AND (SELECT count(*) FROM contingent) >= 0
       FOR NO KEY UPDATE
), was AS (
    SELECT t.* FROM ticket t
     WHERE t.office_id = :office_id AND t.id = :ticket_id AND t.state = ANY (:from_states ::text[])
       AND (SELECT count(*) FROM contingent) >= 0
       AND (SELECT count(*) FROM desk) >= 0
       AND CASE WHEN t.state IN ('called', 'serving') THEN t.counter_id = :counter_id
                WHEN :verb = 'resume' THEN EXISTS (SELECT FROM desk d WHERE d.state = 'open' AND d.ticket_id IS NULL)
                ELSE true END
       FOR NO KEY UPDATE
), n AS (
    SELECT (jsonb_populate_record(ROW(was.*)::ticket, :changes ::text::jsonb)).* FROM was
), moved AS (
    UPDATE ticket t
       SET state = :to_state,
           counter_id = CASE WHEN :to_state = 'waiting' THEN :target_counter_id
                             WHEN :verb = 'resume' THEN :counter_id
                             ELSE t.counter_id END,
           service_id = n.service_id, class = n.class, needs = n.needs, waiting_since = n.waiting_since,
           rank_at = n.rank_at, call_by = n.call_by, note = n.note, clerk_id = n.clerk_id, team = n.team,
           further_services = n.further_services, together = n.together, return_counter_id = n.return_counter_id,
           return_service_id = n.return_service_id, merged_into = n.merged_into, performed = n.performed,
           park_reason = CASE WHEN :verb = 'park' THEN n.park_reason ELSE '' END,
           remind_at = CASE WHEN :verb = 'park' THEN n.remind_at ELSE NULL END,
           calls = CASE WHEN :verb = 'recall' THEN t.calls + 1 WHEN :to_state = 'waiting' THEN 0 ELSE t.calls END,
           called_at = CASE WHEN :verb = 'recall' THEN :now WHEN :to_state = 'waiting' THEN NULL ELSE t.called_at END,
           started_at = CASE WHEN :verb = 'start' THEN :now WHEN :to_state = 'waiting' THEN NULL
                             WHEN :verb = 'resume' THEN coalesce(t.started_at, :now) ELSE t.started_at END,
           parked_at = CASE WHEN :verb = 'park' THEN :now ELSE NULL END,
           missed_at = CASE WHEN :verb = 'no_show' THEN :now WHEN :to_state = 'waiting' THEN NULL ELSE t.missed_at END,
           finished_at = CASE WHEN :to_state IN ('finished', 'no_show', 'cancelled') THEN :now ELSE NULL END
      FROM n WHERE t.office_id = n.office_id AND t.id = n.id
    RETURNING t.*
), seat AS (
    UPDATE counter c
       SET ticket_id = CASE WHEN m.state IN ('called', 'serving') THEN m.id END,
           idle_since = CASE WHEN m.state IN ('called', 'serving') OR c.closing THEN NULL ELSE :now END,
           state = CASE WHEN c.closing AND m.state NOT IN ('called', 'serving') THEN 'closed' ELSE c.state END,
           clerk_id = CASE WHEN c.closing AND m.state NOT IN ('called', 'serving') THEN NULL ELSE c.clerk_id END,
           opened_at = CASE WHEN c.closing AND m.state NOT IN ('called', 'serving') THEN NULL ELSE c.opened_at END,
           serving = CASE WHEN c.closing AND m.state NOT IN ('called', 'serving') THEN '{}' ELSE c.serving END,
           closing = c.closing AND m.state IN ('called', 'serving'),
           put_back = CASE :verb WHEN 'requeue' THEN m.id WHEN 'resume' THEN NULL ELSE c.put_back END
      FROM moved m, desk d
     -- Whom the counter has is asked of the locked row: this statement may have begun before a call that
     -- it then waited for, and by its own view of the counter nobody would have to be freed.
     WHERE c.office_id = d.office_id AND c.id = d.id AND (d.ticket_id = m.id OR :verb = 'resume')
    RETURNING c.*
), freed AS (
    UPDATE day_contingent c SET used = c.used - 1
      FROM moved m
     WHERE m.state = 'cancelled' AND c.office_id = m.office_id AND c.day = m.day AND c.code = m.contingent
    RETURNING c.*
), undo AS (
    INSERT INTO ticket_undo AS u (office_id, ticket_id, verb, to_state, actor, at, before)
    SELECT office_id, id, :verb, :to_state, :actor, :now, to_jsonb(was) FROM was
    ON CONFLICT (office_id, ticket_id) DO UPDATE
       SET verb = excluded.verb, to_state = excluded.to_state, actor = excluded.actor, at = excluded.at,
           before = excluded.before
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor, detail)
    SELECT office_id, id, :now, :verb, state, :counter_id, :actor, :detail ::text::jsonb FROM moved
), body AS (
    SELECT m.office_id,
           jsonb_build_object('ticket', ticket_json(ROW(m.*)::ticket))
           || coalesce((SELECT jsonb_build_object('counter', counter_json(ROW(s.*)::counter)) FROM seat s), '{}')
           || coalesce((SELECT jsonb_build_object('contingent', to_jsonb(f)) FROM freed f), '{}') AS body
      FROM moved m
)
SELECT (body -> 'ticket') ::text AS ticket, publish_change(office_id, :kind, body, :now) AS version FROM body;

-- name: last_step(office_id, ticket_id)^
-- The last step of a ticket that may still be taken back, and what it was before.
SELECT u.verb, u.actor, u.at, u.before ->> 'state' AS from_state, u.to_state,
       u.before ->> 'appointment_id' IS NOT NULL AS appointment, u.before ->> 'contingent' IS NOT NULL AS contingent
  FROM ticket_undo u WHERE u.office_id = :office_id AND u.ticket_id = :ticket_id;

-- name: undo_step(office_id, ticket_id, counter_id, verb, actor, since, now)^
-- Makes a ticket what it was before its last step, if this actor took that step since then, nothing
-- has happened to it afterwards, and the counter that had it is still this one's and free for it.
WITH desk AS (
    SELECT c.* FROM counter c WHERE c.office_id = :office_id AND c.id = :counter_id FOR NO KEY UPDATE
), was AS (
    DELETE FROM ticket_undo u
     WHERE u.office_id = :office_id AND u.ticket_id = :ticket_id AND u.verb = :verb AND u.actor = :actor AND u.at >= :since
       AND (SELECT count(*) FROM desk) >= 0
       AND (u.before ->> 'state' NOT IN ('called', 'serving')
            OR EXISTS (SELECT FROM desk d WHERE d.state <> 'closed' AND d.id = (u.before ->> 'counter_id')::int
                          AND (d.ticket_id IS NULL OR d.ticket_id = u.ticket_id)))
    RETURNING u.*
), n AS (
    SELECT (jsonb_populate_record(NULL::ticket, was.before)).*, was.to_state AS left_state FROM was
), back AS (
    UPDATE ticket t
       SET state = n.state, counter_id = n.counter_id, service_id = n.service_id, class = n.class, needs = n.needs,
           waiting_since = n.waiting_since, rank_at = n.rank_at, call_by = n.call_by, note = n.note,
           clerk_id = n.clerk_id, team = n.team, further_services = n.further_services, together = n.together,
           return_counter_id = n.return_counter_id, return_service_id = n.return_service_id,
           merged_into = n.merged_into, performed = n.performed, park_reason = n.park_reason,
           remind_at = n.remind_at, calls = n.calls, called_at = n.called_at, started_at = n.started_at,
           parked_at = n.parked_at, missed_at = n.missed_at, finished_at = n.finished_at, undone = t.undone + 1
      FROM n WHERE t.office_id = n.office_id AND t.id = n.id AND t.state = n.left_state
    RETURNING t.*
), seat AS (
    UPDATE counter c
       SET ticket_id = CASE WHEN b.state IN ('called', 'serving') THEN b.id END,
           idle_since = CASE WHEN b.state IN ('called', 'serving') THEN NULL ELSE :now ::timestamptz END,
           put_back = nullif(c.put_back, b.id)
      FROM back b, desk d
     WHERE c.office_id = d.office_id AND c.id = d.id
       AND (d.ticket_id = b.id OR b.state IN ('called', 'serving'))
    RETURNING c.*
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor, detail)
    SELECT b.office_id, b.id, :now, 'undo', b.state, :counter_id, :actor, jsonb_build_object('undone', :verb ::text) FROM back b
), body AS (
    SELECT b.office_id,
           jsonb_build_object('ticket', ticket_json(ROW(b.*)::ticket))
           || coalesce((SELECT jsonb_build_object('counter', counter_json(ROW(s.*)::counter)) FROM seat s), '{}') AS body
      FROM back b
)
SELECT (body -> 'ticket') ::text AS ticket, publish_change(office_id, 'ticket.undone', body, :now) AS version FROM body;

-- name: forget_undo(before)!
-- Steps that are too old to be taken back.
DELETE FROM ticket_undo WHERE at < :before;

-- name: describe_ticket(office_id, ticket_id, changes, detail, actor, now)^
-- Changes what a ticket needs and how it is called, wherever it stands, without a step.
WITH was AS (
    SELECT t.* FROM ticket t
     WHERE t.office_id = :office_id AND t.id = :ticket_id AND t.state IN ('waiting', 'called', 'serving', 'parked')
       FOR NO KEY UPDATE
), n AS (
    SELECT (jsonb_populate_record(ROW(was.*)::ticket, :changes ::text::jsonb)).* FROM was
), described AS (
    UPDATE ticket t
       SET needs = n.needs, language = n.language, pick_up = n.pick_up, slow_walk = n.slow_walk, note = n.note,
           class = n.class, rank_at = n.rank_at, call_by = n.call_by,
           further_services = n.further_services, together = n.together
      FROM n WHERE t.office_id = n.office_id AND t.id = n.id
    RETURNING t.*
), undo AS (
    -- Taking an older step back would lose what is noted here.
    DELETE FROM ticket_undo u USING described d WHERE u.office_id = d.office_id AND u.ticket_id = d.id
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor, detail)
    SELECT office_id, id, :now, 'describe', state, counter_id, :actor, :detail ::text::jsonb FROM described
), body AS (
    SELECT office_id, ticket_json(ROW(d.*)::ticket) AS ticket FROM described d
)
SELECT ticket ::text AS ticket,
       publish_change(office_id, 'ticket.described', jsonb_build_object('ticket', ticket), :now) AS version
  FROM body;

-- name: timeline(office_id, ticket_id)
-- Everything that happened to a visit, in order.
SELECT e.at, e.verb, e.to_state AS state, c.number AS counter, e.actor, e.detail ::text AS detail
  FROM ticket_event e LEFT JOIN counter c ON c.office_id = e.office_id AND c.id = e.counter_id
 WHERE e.office_id = :office_id AND e.ticket_id = :ticket_id ORDER BY e.seq;

-- name: lock_sending()$
-- Until this transaction ends, nobody else sends a visitor from one office to another: two who cross
-- would each wait for the other's office.
SELECT pg_advisory_xact_lock(hashtext('ticket sent between offices')) IS NOT NULL;

-- name: find_ticket(ticket_id, clerk_id)^
-- One ticket with what a verb must know before it acts, and the counter where this clerk sits.
SELECT t.office_id, o.slug AS office, o.authority_id, t.state, t.counter_id, t.appointment_id, t.class AS visitor_class,
       t.service_id, t.waiting_since, t.rank_at, t.call_by, t.further_services, t.return_counter_id,
       t.return_service_id, coalesce(o.setup -> 'visits', '{}') ::text AS visits, ticket_json(t) ::text AS ticket,
       d.office_id AS desk_office_id, d.id AS desk_id, d.ticket_id AS desk_ticket_id,
       coalesce(d.services, '{}') AS desk_services
  FROM ticket t JOIN office o ON o.id = t.office_id
  LEFT JOIN counter d ON d.clerk_id = :clerk_id
 WHERE t.id = :ticket_id;

-- name: ticket_text(office_id, ticket_id)$
-- One ticket as answered.
SELECT ticket_json(t) ::text FROM ticket t WHERE t.office_id = :office_id AND t.id = :ticket_id;

-- name: find_by_token(token)^
-- The ticket that its visitor follows, with what its estimate needs.
SELECT t.office_id, t.id, o.slug AS office, o.time_zone, t.day, t.number, t.state, t.service_id,
       c.number AS counter, c.name ::text AS counter_name, t.called_at, t.language, t.pick_up,
       hall_now(t.office_id) AS hall,
       (SELECT m.number FROM ticket m WHERE m.id = t.merged_into) AS served_with
  FROM ticket t JOIN office o ON o.id = t.office_id
  LEFT JOIN counter c ON c.office_id = t.office_id AND c.id = t.counter_id AND t.state IN ('called', 'serving')
 WHERE t.token = :token;

-- name: token_of_number(office_id, day, number)$
-- The secret of the ticket with this number of the day: what its own link would open.
SELECT token FROM ticket WHERE office_id = :office_id AND day = :day AND number = :number;

-- name: find_issued(ticket_id)^
-- A ticket that a device asks for again with the id it chose itself.
SELECT t.office_id, t.number, t.token, t.created_at, t.service_id, t.appointment_id, t.appointment_at, t.pick_up
  FROM ticket t WHERE t.id = :ticket_id;

-- name: queue_ahead(office_id, ticket_id, now)^
-- Who would be called before this ticket, and the counters: what its estimate is made of.
-- Services are keyed by their inner id.
WITH placed AS MATERIALIZED (
    SELECT (p.ticket).id, (p.ticket).service_id, row_number() OVER (ORDER BY p.tier, p.at, (p.ticket).number) AS nth
      FROM calling_order(:office_id, NULL, :now) p
)
SELECT (SELECT coalesce(jsonb_object_agg(w.service_id, w.tickets), '{}') FROM (
            SELECT service_id, count(*) AS tickets FROM placed
             WHERE nth < (SELECT own.nth FROM placed own WHERE own.id = :ticket_id)
             GROUP BY service_id) w) ::text AS waiting,
       (SELECT coalesce(jsonb_object_agg(os.service_id, os.minutes), '{}') FROM office_service os
         WHERE os.office_id = o.id) ::text AS minutes,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'open', c.state = 'open' AND hall_now(o.id) = 'open',
                   'services', (SELECT coalesce(jsonb_agg(s ::text), '[]')
                                  FROM unnest(CASE c.state WHEN 'open' THEN c.serving ELSE c.services END) AS s),
                   'busy_with', (SELECT b.service_id ::text FROM ticket b WHERE b.office_id = c.office_id AND b.id = c.ticket_id))), '[]')
          FROM counter c WHERE c.office_id = o.id AND NOT c.retired) ::text AS counters,
       hall_now(o.id) AS hall
  FROM office o WHERE o.id = :office_id;

-- name: queue(office_id, counter_id, now)^
-- Who is waiting, in the order in which they would be called (from this counter, where one is named),
-- everybody else who is still here, and whom nobody found today, at one version.
SELECT v.version,
       coalesce((SELECT jsonb_agg(b.body ORDER BY (p.ticket).id IS NOT DISTINCT FROM (
                                             SELECT c.put_back FROM counter c
                                              WHERE c.office_id = :office_id AND c.id = :counter_id),
                                         p.tier, p.at, (p.ticket).number)
                   FROM calling_order(:office_id, :counter_id, :now) p
                   JOIN office_tickets(:office_id) b
                     ON (b.ticket).id = (p.ticket).id AND (b.ticket).state = 'waiting'), '[]') ::text AS items,
       coalesce((SELECT jsonb_agg(b.body ORDER BY (b.ticket).number)
                   FROM office_tickets(:office_id) b
                  WHERE (b.ticket).state IN ('called', 'serving', 'parked')
                     OR ((b.ticket).state = 'no_show'
                         AND (b.ticket).day = (:now AT TIME ZONE o.time_zone)::date)), '[]') ::text AS others
  FROM office o JOIN office_version v ON v.office_id = o.id
 WHERE o.id = :office_id;

-- name: hall(office_id, calls)^
-- Everything that any screen of the office shows, at one version; what the feed's changes are applied to.
SELECT v.version,
       coalesce((SELECT jsonb_agg(b.body) FROM office_tickets(:office_id) b
                  WHERE (b.ticket).state IN ('waiting', 'called', 'serving', 'parked')), '[]') ::text AS tickets,
       coalesce((SELECT jsonb_agg(counter_json(c) ORDER BY c.position) FROM counter c
                  WHERE c.office_id = :office_id AND NOT c.retired), '[]') ::text AS counters,
       coalesce((SELECT jsonb_agg(jsonb_build_object('version', l.version, 'kind', l.kind, 'at', l.at, 'body', l.body) ORDER BY l.version DESC)
                   FROM (SELECT * FROM change WHERE office_id = :office_id AND kind IN ('ticket.called', 'ticket.recalled')
                          ORDER BY version DESC LIMIT :calls) l), '[]') ::text AS calls,
       coalesce((SELECT jsonb_agg(to_jsonb(d) ORDER BY d.code) FROM day_contingent d
                  WHERE d.office_id = :office_id
                    AND d.day = (SELECT max(day) FROM day_contingent WHERE office_id = :office_id)), '[]') ::text AS contingents,
       (SELECT f.told ::text FROM wait_forecast f WHERE f.office_id = :office_id) AS forecast,
       hall_now(:office_id) AS state,
       coalesce((SELECT jsonb_agg(alarm_json(a)) FROM hall_alarm a
                  WHERE a.office_id = :office_id AND a.ended_at IS NULL), '[]') ::text AS alarms
  FROM office_version v WHERE v.office_id = :office_id;

-- name: changes_since(office_id, version)
-- The office's changes after this version, in order.
SELECT version, kind, body ::text AS body, at FROM change
 WHERE office_id = :office_id AND version > :version ORDER BY version;

-- name: find_counter(office_slug, number)^
-- One counter by the two parts of its id.
SELECT c.office_id, o.slug AS office, o.authority_id, c.id, c.number, c.state, c.clerk_id, c.ticket_id, c.retired,
       c.services, c.features, o.order_rules ::text AS "order", coalesce(o.setup -> 'visits', '{}') ::text AS visits
  FROM counter c JOIN office o ON o.id = c.office_id
 WHERE o.slug = :office_slug AND c.number = :number;

-- name: list_counters(office_id)
-- The office's counters with what they are by set-up and what they do now.
SELECT counter_json(c) ::text AS counter,
       (SELECT coalesce(array_agg(s.code ORDER BY s.code), '{}') FROM service s WHERE s.id = ANY (c.services)) AS services
  FROM counter c WHERE c.office_id = :office_id AND NOT c.retired ORDER BY c.position;

-- name: open_counter(office_id, counter_id, clerk_id, service_codes, team, now)^
-- Seats this clerk at a free counter (or lets her change what she serves, or go on after a pause); no
-- row when it is taken. A clerk who sits elsewhere runs into counter_clerk_key, and who opens a room
-- that another office's counter is using into counter_place_key.
WITH opened AS (
    UPDATE counter c
       SET state = 'open', clerk_id = :clerk_id, opened_at = coalesce(c.opened_at, :now),
           idle_since = CASE WHEN c.ticket_id IS NULL THEN :now END, pause_reason = '', closing = false, team = :team,
           put_back = CASE WHEN c.state <> 'closed' THEN c.put_back END,
           serving = CASE WHEN :service_codes ::text[] IS NULL THEN c.services
                          ELSE (SELECT coalesce(array_agg(s.id ORDER BY s.id), '{}') FROM service s
                                 WHERE s.code = ANY (:service_codes ::text[]) AND s.id = ANY (c.services)) END
     WHERE c.office_id = :office_id AND c.id = :counter_id AND NOT c.retired
       AND (c.state = 'closed' OR c.clerk_id = :clerk_id)
    RETURNING c.*
), body AS (
    SELECT office_id, counter_json(ROW(opened.*)::counter) AS counter FROM opened
)
SELECT counter ::text AS counter,
       publish_change(office_id, 'counter.opened', jsonb_build_object('counter', counter), :now) AS version
  FROM body;

-- name: close_counter(office_id, counter_id, clerk_id, after_visit, now)^
-- Frees the counter when nobody is in front of it, or (after_visit) marks it to be freed when its visitor
-- has gone; clerk_id empty closes it whoever sits there.
WITH closed AS (
    UPDATE counter c
       SET state = CASE WHEN c.ticket_id IS NULL THEN 'closed' ELSE c.state END,
           clerk_id = CASE WHEN c.ticket_id IS NULL THEN NULL ELSE c.clerk_id END,
           opened_at = CASE WHEN c.ticket_id IS NULL THEN NULL ELSE c.opened_at END,
           serving = CASE WHEN c.ticket_id IS NULL THEN '{}' ELSE c.serving END,
           team = CASE WHEN c.ticket_id IS NULL THEN NULL ELSE c.team END,
           closing = c.ticket_id IS NOT NULL, idle_since = NULL, pause_reason = ''
     WHERE c.office_id = :office_id AND c.id = :counter_id AND c.state <> 'closed'
       AND (c.ticket_id IS NULL OR :after_visit) AND c.clerk_id = coalesce(:clerk_id, c.clerk_id)
    RETURNING c.*
), body AS (
    SELECT office_id, counter_json(ROW(closed.*)::counter) AS counter, state FROM closed
)
SELECT counter ::text AS counter,
       publish_change(office_id, CASE state WHEN 'closed' THEN 'counter.closed' ELSE 'counter.closing' END,
                      jsonb_build_object('counter', counter), :now) AS version
  FROM body;

-- name: pause_counter(office_id, counter_id, clerk_id, reason, now)^
-- Calls nobody to this counter for a while; whoever is in front of it stays. No row when it isn't open
-- or not this clerk's.
WITH paused AS (
    UPDATE counter c SET state = 'paused', pause_reason = :reason, idle_since = NULL
     WHERE c.office_id = :office_id AND c.id = :counter_id AND c.state = 'open'
       AND c.clerk_id = coalesce(:clerk_id, c.clerk_id)
    RETURNING c.*
), body AS (
    SELECT office_id, counter_json(ROW(paused.*)::counter) AS counter FROM paused
)
SELECT counter ::text AS counter,
       publish_change(office_id, 'counter.paused', jsonb_build_object('counter', counter), :now) AS version
  FROM body;

-- name: resume_counter(office_id, counter_id, clerk_id, now)^
-- Goes on after a pause, with what was served before it. No row when it isn't paused or not this clerk's;
-- clerk_id empty ends anybody's.
WITH resumed AS (
    UPDATE counter c
       SET state = 'open', pause_reason = '', idle_since = CASE WHEN c.ticket_id IS NULL THEN :now ::timestamptz END
     WHERE c.office_id = :office_id AND c.id = :counter_id AND c.state = 'paused'
       AND c.clerk_id = coalesce(:clerk_id, c.clerk_id)
    RETURNING c.*
), body AS (
    SELECT office_id, counter_json(ROW(resumed.*)::counter) AS counter FROM resumed
)
SELECT counter ::text AS counter,
       publish_change(office_id, 'counter.resumed', jsonb_build_object('counter', counter), :now) AS version
  FROM body;

-- name: idle_counters(now)
-- Counters whose clerks have called nobody for as long as their office allows, while somebody waits whom
-- they could serve.
SELECT c.office_id, c.id AS counter_id
  FROM counter c JOIN office o ON o.id = c.office_id
 WHERE c.state = 'open' AND c.ticket_id IS NULL
   AND (o.setup -> 'visits' ->> 'pause_after_idle_minutes')::int > 0
   AND c.idle_since < :now ::timestamptz - make_interval(mins => (o.setup -> 'visits' ->> 'pause_after_idle_minutes')::int)
   AND EXISTS (SELECT FROM ticket t
                WHERE t.office_id = c.office_id AND t.state = 'waiting' AND t.service_id = ANY (c.serving)
                  AND t.needs <@ c.features AND (t.counter_id IS NULL OR t.counter_id = c.id)
                  AND t.waiting_since < :now ::timestamptz
                      - make_interval(mins => (o.setup -> 'visits' ->> 'pause_after_idle_minutes')::int))
 ORDER BY c.office_id, c.id;

-- name: my_counter(clerk_id)$
-- The id under which the world knows the counter where this clerk sits.
SELECT o.slug || '.' || c.number FROM counter c JOIN office o ON o.id = c.office_id WHERE c.clerk_id = :clerk_id;

-- name: clerk_sits_here(office_id, clerk_id)$
-- Whether this person sits at a counter of the office.
SELECT EXISTS (SELECT FROM counter WHERE office_id = :office_id AND clerk_id = :clerk_id);

-- name: left_over(office_id, today)
-- Tickets of earlier days that nobody will come back for.
SELECT id FROM ticket
 WHERE office_id = :office_id AND state IN ('waiting', 'parked') AND day < :today ORDER BY id;

-- name: office_loads()
-- How full each office is, and what the wait of somebody who comes now is made of; services are keyed by
-- their inner id.
SELECT o.slug,
       (SELECT coalesce(jsonb_object_agg(w.service_id, w.tickets), '{}') FROM (
            SELECT t.service_id, count(*) AS tickets FROM ticket t
             WHERE t.office_id = o.id AND t.state = 'waiting' GROUP BY t.service_id) w) ::text AS waiting,
       (SELECT coalesce(jsonb_object_agg(os.service_id, os.minutes), '{}') FROM office_service os
         WHERE os.office_id = o.id) ::text AS minutes,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'open', c.state = 'open',
                   'services', (SELECT coalesce(jsonb_agg(s ::text), '[]') FROM unnest(c.serving) AS s),
                   'busy_with', (SELECT b.service_id ::text FROM ticket b WHERE b.office_id = c.office_id AND b.id = c.ticket_id))), '[]')
          FROM counter c WHERE c.office_id = o.id AND NOT c.retired) ::text AS counters,
       hall_now(o.id) AS hall,
       (SELECT f.told ->> 'anyone' FROM wait_forecast f WHERE f.office_id = o.id) AS told
  FROM office o ORDER BY o.slug;

-- name: stuck_tickets()
-- By office: numbers of those waiting whom no counter that calls can call, as call_next asks it. Nobody is
-- stuck where no counter calls at all, as before the doors open: that is seen from the counters.
SELECT o.slug AS office,
       coalesce((SELECT array_agg(t.number ORDER BY t.number) FROM ticket t
                  WHERE t.office_id = o.id AND t.state = 'waiting'
                    AND EXISTS (SELECT FROM counter c WHERE c.office_id = o.id AND c.state = 'open' AND NOT c.closing)
                    AND NOT EXISTS (
                        SELECT FROM counter c
                         WHERE c.office_id = o.id AND c.state = 'open' AND NOT c.closing
                           AND t.service_id = ANY (c.serving) AND t.needs <@ c.features
                           AND (t.counter_id IS NULL OR t.counter_id = c.id)
                           AND (t.clerk_id IS NULL OR t.clerk_id = c.clerk_id
                                OR NOT EXISTS (SELECT FROM counter b WHERE b.office_id = o.id AND b.clerk_id = t.clerk_id))
                           AND (t.team IS NULL OR t.team = c.team
                                OR NOT EXISTS (SELECT FROM counter b
                                                WHERE b.office_id = o.id AND b.team = t.team AND b.state <> 'closed'))
                           AND (NOT t.together OR t.further_services <@ c.serving))), '{}') AS numbers
  FROM office o ORDER BY o.slug;

-- name: same_day_places_taken(now)
-- Places of open consultations that are taken on each office's present day.
SELECT o.slug, c.code, c.used
  FROM day_contingent c JOIN office o ON o.id = c.office_id
 WHERE c.day = (:now AT TIME ZONE o.time_zone)::date;

-- name: forget_changes(before)!
-- Screens that are further behind than this take a snapshot; the last calls stay for the next one.
DELETE FROM change WHERE at < :before;

-- name: broken_invariants()
-- Everything about tickets, counters and the feed that must hold and doesn't, in words.
SELECT 'counter ' || c.number || ' of office ' || c.office_id || ' holds a ticket that is not there' AS finding
  FROM counter c LEFT JOIN ticket t ON t.office_id = c.office_id AND t.id = c.ticket_id
       AND t.state IN ('called', 'serving') AND t.counter_id = c.id
 WHERE c.ticket_id IS NOT NULL AND t.id IS NULL
UNION ALL
SELECT 'ticket ' || t.id || ' is ' || t.state || ' at a counter that does not know it'
  FROM ticket t JOIN counter c ON c.office_id = t.office_id AND c.id = t.counter_id
 WHERE t.state IN ('called', 'serving') AND c.ticket_id IS DISTINCT FROM t.id
UNION ALL
SELECT 'ticket ' || t.id || ' is ' || t.state || ' without the instants that belong to it'
  FROM ticket t
 WHERE (t.state IN ('called', 'serving') AND t.called_at IS NULL AND t.started_at IS NULL)
    OR (t.state = 'serving' AND t.started_at IS NULL)
    OR ((t.state IN ('finished', 'no_show', 'cancelled')) <> (t.finished_at IS NOT NULL))
    OR ((t.state = 'parked') <> (t.parked_at IS NOT NULL))
UNION ALL
SELECT 'ticket ' || t.id || ' is ' || t.state || ' but its timeline ends with ' || e.to_state
  FROM ticket t
  JOIN LATERAL (SELECT to_state FROM ticket_event e WHERE e.office_id = t.office_id AND e.ticket_id = t.id
                 ORDER BY e.seq DESC LIMIT 1) e ON e.to_state <> t.state
UNION ALL
SELECT 'ticket ' || t.id || ' has no timeline'
  FROM ticket t
 WHERE NOT EXISTS (SELECT FROM ticket_event e WHERE e.office_id = t.office_id AND e.ticket_id = t.id)
UNION ALL
SELECT 'numbers of office ' || n.office_id || ' on ' || n.day || ', letter ' || n.letter || ': '
       || n.last || ' given out, ' || count(t.id) || ' tickets'
  FROM ticket_number n
  LEFT JOIN ticket t ON t.office_id = n.office_id AND t.number LIKE n.letter || '%'
       AND (t.day = n.day OR n.day = '0001-01-01')
       -- Numbers held for outages are not counted, wherever the count went past them; who has such a paper
       -- instead of another number was counted under that.
       AND (NOT n.leased @> substr(t.number, 2) ::int
            OR EXISTS (SELECT FROM ticket_event e
                        WHERE e.office_id = t.office_id AND e.ticket_id = t.id AND e.verb = 'renumber'))
 GROUP BY n.office_id, n.day, n.letter, n.last, n.leased
HAVING count(t.id) + (SELECT coalesce(sum(upper(held) - lower(held)), 0) FROM unnest(n.leased) held
                       WHERE upper(held) <= n.last) <> n.last
UNION ALL
SELECT 'contingent ' || d.code || ' of office ' || d.office_id || ' on ' || d.day || ': '
       || d.used || ' places taken, ' || count(t.id) || ' tickets hold one'
  FROM day_contingent d
  LEFT JOIN ticket t ON t.office_id = d.office_id AND t.day = d.day AND t.contingent = d.code AND t.state <> 'cancelled'
 GROUP BY d.office_id, d.day, d.code, d.used
HAVING count(t.id) <> d.used
UNION ALL
SELECT 'feed of office ' || v.office_id || ' has gaps: version ' || v.version || ', ' || count(c.version)
       || ' changes from ' || min(c.version) || ' to ' || max(c.version)
  FROM office_version v JOIN change c ON c.office_id = v.office_id
 GROUP BY v.office_id, v.version
HAVING max(c.version) <> v.version OR count(c.version) <> max(c.version) - min(c.version) + 1;

-- name: forget_contingents(before_day)!
-- Deletes the counts of same-day places of days before; an office's last one stays, as its screens read it.
DELETE FROM day_contingent d
 WHERE d.day < :before_day
   AND d.day < (SELECT max(latest.day) FROM day_contingent latest WHERE latest.office_id = d.office_id);
