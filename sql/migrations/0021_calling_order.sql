-- Order policies: who is called next, by the rules of each office
-- depends: 0004_queue 0010_same_day_places
-- migrate: apply

-- All figures of the policy, complete, as offices.setup_model.OrderSetup names them. Team leads may
-- change them; a set-up file replaces them only when its own "order" has changed.
ALTER TABLE office ADD COLUMN order_rules jsonb;
UPDATE office SET order_rules = jsonb_build_object(
    'policy', 'head-start',
    'head_starts', CASE WHEN setup -> 'head_starts' IS NULL OR setup -> 'head_starts' = '{}'
                        THEN '{"appointment": 30, "disabled": 20, "pregnant": 20, "small_children": 15, "transferred": 30}'::jsonb
                        ELSE setup -> 'head_starts' END,
    'cap_minutes', (extract(epoch FROM walk_in_cap) / 60)::int,
    'promise_minutes', 30, 'late_credit_percent', 50, 'appointments', 2, 'walk_ins', 1,
    'reserved_class', 'appointment', 'reserved_percent', 30, 'reserved_from_waiting', 3);
UPDATE office SET setup = setup - 'head_starts' - 'walk_in_cap_minutes' || jsonb_build_object('order', order_rules);
ALTER TABLE office ALTER COLUMN order_rules SET NOT NULL;

-- The instant from which a ticket goes before everybody whose time has not come: since it waits, the
-- promise for an appointment that is on time, the cap for everybody else.
ALTER TABLE ticket ADD COLUMN call_by timestamptz;
UPDATE ticket t SET call_by = t.waiting_since + CASE t.class WHEN 'appointment' THEN interval '30 minutes' ELSE o.walk_in_cap END
  FROM office o WHERE o.id = t.office_id;
ALTER TABLE ticket ALTER COLUMN call_by SET NOT NULL;
ALTER TABLE office DROP COLUMN walk_in_cap;

-- Where an office stands in the cycle of "ratio": so many appointments, then so many walk-ins.
-- Locked before the order is read, so that two calls at once are two places of the cycle.
CREATE TABLE call_cycle (
    office_id integer  PRIMARY KEY REFERENCES office (id),
    place     smallint NOT NULL
);

-- Whether this open counter is one of those kept for the reserved class at this moment: the first by
-- position, as many as the share says, when enough people wait for each open counter.
CREATE FUNCTION counter_is_kept(p_office_id integer, p_counter_id integer, rules jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT rules ->> 'policy' = 'reserve' AND coalesce((
        SELECT open.nth <= ceil(open.all_open * (rules ->> 'reserved_percent')::numeric / 100)
               AND (SELECT count(*) FROM ticket t WHERE t.office_id = p_office_id AND t.state = 'waiting')
                   >= open.all_open * (rules ->> 'reserved_from_waiting')::int
          FROM (SELECT c.id, row_number() OVER (ORDER BY c.position, c.id) AS nth, count(*) OVER () AS all_open
                  FROM counter c WHERE c.office_id = p_office_id AND c.state = 'open') AS open
         WHERE open.id = p_counter_id), false)
$$;

-- Everybody who waits at the office with the place in which they are called: tier, then "at", then
-- number. The ticket comes whole, so that nobody has to join it again. Tier 0 are those whose time has come. A counter calls the first of them that it can serve.
-- Python's queueing.order says the same and why; a test holds both together.
CREATE FUNCTION calling_order(p_office_id integer, p_counter_id integer, p_now timestamptz)
RETURNS TABLE (ticket ticket, tier integer, at timestamptz) LANGUAGE sql STABLE AS $$
    -- Read twice, and therefore once for everybody who waits and not for each of them.
    WITH rules AS (
        SELECT r.order_rules ->> 'policy' AS policy, (r.order_rules ->> 'appointments')::int AS n,
               (r.order_rules ->> 'walk_ins')::int AS m, r.order_rules ->> 'reserved_class' AS reserved,
               coalesce((SELECT c.place FROM call_cycle c WHERE c.office_id = r.id), 0)::int AS cycle,
               counter_is_kept(r.id, p_counter_id, r.order_rules) AS kept
          FROM office r WHERE r.id = p_office_id
    )
    SELECT t,
           CASE WHEN r.policy <> 'strict-order' AND t.call_by <= p_now THEN 0
                WHEN r.policy = 'appointments-first' THEN CASE t.class WHEN 'appointment' THEN 1 ELSE 2 END
                WHEN r.policy = 'reserve' THEN CASE WHEN r.kept AND t.class = r.reserved THEN 1 ELSE 2 END
                ELSE 1 END,
           CASE WHEN r.policy <> 'strict-order' AND t.call_by <= p_now THEN t.call_by
                WHEN r.policy IN ('head-start', 'reserve') THEN t.rank_at
                ELSE t.waiting_since END
      FROM rules r JOIN ticket t ON t.office_id = p_office_id AND t.state = 'waiting'
     WHERE r.policy <> 'ratio' OR t.call_by <= p_now
    UNION ALL
    -- Only here does a place depend on how many of the same kind stand before.
    SELECT w.ticket,
           1 + CASE WHEN w.booked
               THEN (w.n + w.m) * ((w.nth + least(w.cycle, w.n)) / w.n) + (w.nth + least(w.cycle, w.n)) % w.n
               ELSE (w.n + w.m) * ((w.nth + greatest(w.cycle - w.n, 0)) / w.m)
                    + w.n + (w.nth + greatest(w.cycle - w.n, 0)) % w.m END,
           w.waiting_since
      FROM (SELECT t AS ticket, t.waiting_since, t.class = 'appointment' AS booked, r.n, r.m, r.cycle,
                   (row_number() OVER (PARTITION BY t.class = 'appointment' ORDER BY t.waiting_since, t.number) - 1)::int AS nth
              FROM rules r JOIN ticket t ON t.office_id = p_office_id AND t.state = 'waiting'
             WHERE r.policy = 'ratio' AND t.call_by > p_now) AS w
$$;

DROP FUNCTION call_rank(timestamptz, timestamptz, interval, timestamptz);

CREATE OR REPLACE FUNCTION ticket_json(t ticket) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', t.id, 'number', t.number, 'state', t.state, 'class', t.class,
        'office', (SELECT o.slug FROM office o WHERE o.id = t.office_id),
        'service', (SELECT s.code FROM service s WHERE s.id = t.service_id),
        'needs', to_jsonb(t.needs), 'language', t.language, 'channel', t.channel,
        'counter', (SELECT o.slug || '.' || c.number FROM counter c JOIN office o ON o.id = c.office_id
                     WHERE c.office_id = t.office_id AND c.id = t.counter_id),
        'note', t.note, 'calls', t.calls, 'appointment', t.appointment_at,
        'created_at', t.created_at, 'arrived_at', t.arrived_at,
        'waiting_since', t.waiting_since, 'rank_at', t.rank_at, 'call_by', t.call_by, 'called_at', t.called_at,
        'started_at', t.started_at, 'parked_at', t.parked_at, 'finished_at', t.finished_at)
$$;

-- migrate: rollback
CREATE FUNCTION call_rank(waiting_since timestamptz, rank_at timestamptz, cap interval, p_now timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN waiting_since <= p_now - cap THEN waiting_since - interval '1000 years' ELSE rank_at END
$$;
CREATE OR REPLACE FUNCTION ticket_json(t ticket) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', t.id, 'number', t.number, 'state', t.state, 'class', t.class,
        'office', (SELECT o.slug FROM office o WHERE o.id = t.office_id),
        'service', (SELECT s.code FROM service s WHERE s.id = t.service_id),
        'needs', to_jsonb(t.needs), 'language', t.language, 'channel', t.channel,
        'counter', (SELECT o.slug || '.' || c.number FROM counter c JOIN office o ON o.id = c.office_id
                     WHERE c.office_id = t.office_id AND c.id = t.counter_id),
        'note', t.note, 'calls', t.calls, 'appointment', t.appointment_at,
        'created_at', t.created_at, 'arrived_at', t.arrived_at,
        'waiting_since', t.waiting_since, 'rank_at', t.rank_at, 'called_at', t.called_at,
        'started_at', t.started_at, 'parked_at', t.parked_at, 'finished_at', t.finished_at)
$$;
DROP FUNCTION calling_order(integer, integer, timestamptz);
DROP FUNCTION counter_is_kept(integer, integer, jsonb);
DROP TABLE call_cycle;
ALTER TABLE office ADD COLUMN walk_in_cap interval;
UPDATE office SET walk_in_cap = make_interval(mins => (order_rules ->> 'cap_minutes')::int),
       setup = setup - 'order' || jsonb_build_object('head_starts', order_rules -> 'head_starts',
                                                     'walk_in_cap_minutes', order_rules -> 'cap_minutes');
ALTER TABLE office ALTER COLUMN walk_in_cap SET NOT NULL;
ALTER TABLE ticket DROP COLUMN call_by;
ALTER TABLE office DROP COLUMN order_rules;
