-- What a visit may need and go through: profile, persons and teams, pauses, several services, undo
-- depends: 0021_calling_order
-- migrate: apply

ALTER TABLE ticket
    -- Staff fetch the visitor at the reception; the display sends nobody to a counter.
    ADD COLUMN pick_up boolean NOT NULL DEFAULT false,
    -- The visitor needs longer for the way.
    ADD COLUMN slow_walk boolean NOT NULL DEFAULT false,
    -- While waiting: the only person, or the only team, that may call it.
    ADD COLUMN clerk_id integer REFERENCES staff_user (id),
    ADD COLUMN team text,
    -- Services still to come in this visit, in their order; with "together" one counter does them all.
    ADD COLUMN further_services integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN together boolean NOT NULL DEFAULT false,
    -- Where it goes back to when what it was sent on for is done.
    ADD COLUMN return_counter_id integer,
    ADD COLUMN return_service_id integer REFERENCES service (id),
    ADD COLUMN park_reason text NOT NULL DEFAULT '',
    ADD COLUMN remind_at timestamptz,
    -- Nobody answered the call at this instant; who is back within the grace keeps the place.
    ADD COLUMN missed_at timestamptz,
    -- The ticket of the same family that goes on for this one.
    ADD COLUMN merged_into uuid,
    -- The ticket of another office that this one continues.
    ADD COLUMN sent_from uuid,
    -- What was done, with quantities: [{"service": "reisepass", "quantity": 2}]
    ADD COLUMN performed jsonb NOT NULL DEFAULT '[]',
    -- How many steps were taken back; its change lets the trigger below know an undo.
    ADD COLUMN undone smallint NOT NULL DEFAULT 0;

-- The last step of a ticket as it can be taken back; younger calls delete it.
CREATE TABLE ticket_undo (
    office_id integer     NOT NULL,
    ticket_id uuid        NOT NULL,
    verb      text        NOT NULL,
    to_state  text        NOT NULL,
    actor     text        NOT NULL,
    at        timestamptz NOT NULL,
    -- The ticket's row before the step.
    before    jsonb       NOT NULL,
    PRIMARY KEY (office_id, ticket_id),
    FOREIGN KEY (office_id, ticket_id) REFERENCES ticket (office_id, id) ON DELETE CASCADE
);
CREATE INDEX ticket_undo_at_index ON ticket_undo (at);

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('ticket', 'serving', 'continue', 'waiting'),
    ('ticket', 'waiting', 'merge',    'cancelled'),
    ('ticket', 'parked',  'merge',    'cancelled'),
    ('ticket', 'waiting', 'send_on',  'finished'),
    ('ticket', 'called',  'send_on',  'finished'),
    ('ticket', 'serving', 'send_on',  'finished'),
    ('ticket', 'parked',  'send_on',  'finished'),
    ('ticket_undo', 'serving',   'start',    'called'),
    ('ticket_undo', 'finished',  'finish',   'serving'),
    ('ticket_undo', 'no_show',   'no_show',  'called'),
    ('ticket_undo', 'parked',    'park',     'called'),
    ('ticket_undo', 'parked',    'park',     'serving'),
    ('ticket_undo', 'serving',   'resume',   'parked'),
    ('ticket_undo', 'waiting',   'transfer', 'called'),
    ('ticket_undo', 'waiting',   'transfer', 'serving'),
    ('ticket_undo', 'waiting',   'transfer', 'parked'),
    ('ticket_undo', 'waiting',   'requeue',  'called'),
    ('ticket_undo', 'waiting',   'requeue',  'serving'),
    ('ticket_undo', 'waiting',   'requeue',  'parked'),
    ('ticket_undo', 'waiting',   'requeue',  'no_show'),
    ('ticket_undo', 'waiting',   'continue', 'serving'),
    ('ticket_undo', 'cancelled', 'cancel',   'waiting'),
    ('ticket_undo', 'cancelled', 'cancel',   'called'),
    ('ticket_undo', 'cancelled', 'cancel',   'parked'),
    ('appointment', 'fulfilled', 'reopen',   'arrived'),
    ('counter', 'open',   'pause',  'paused'),
    ('counter', 'paused', 'resume', 'open'),
    ('counter', 'paused', 'close',  'closed');
DROP TRIGGER ticket_lifecycle ON ticket;
CREATE TRIGGER ticket_lifecycle BEFORE UPDATE OF state ON ticket
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND OLD.undone = NEW.undone)
    EXECUTE FUNCTION refuse_illegal_transition('ticket');
CREATE TRIGGER ticket_undo_lifecycle BEFORE UPDATE OF state ON ticket
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND OLD.undone <> NEW.undone)
    EXECUTE FUNCTION refuse_illegal_transition('ticket_undo');

ALTER TABLE counter
    DROP CONSTRAINT counter_state_check,
    ADD CONSTRAINT counter_state_check CHECK (state IN ('closed', 'open', 'paused')),
    -- Closes by itself when the visitor in front of it has gone.
    ADD COLUMN closing boolean NOT NULL DEFAULT false,
    -- The team whose list its clerk works on.
    ADD COLUMN team text,
    -- Since when nobody is in front of it, while it is open.
    ADD COLUMN idle_since timestamptz,
    -- Why it is paused: "break", "idle" or the clerk's words; empty otherwise.
    ADD COLUMN pause_reason text NOT NULL DEFAULT '',
    -- A room that counters of several offices share: one of them is open at a time.
    ADD COLUMN place text;
CREATE UNIQUE INDEX counter_place_key ON counter (place) WHERE place IS NOT NULL AND state <> 'closed';

-- As its id is told: the office's slug and the number.
CREATE FUNCTION counter_name(p_office_id integer, p_counter_id integer) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT o.slug || '.' || c.number FROM counter c JOIN office o ON o.id = c.office_id
     WHERE c.office_id = p_office_id AND c.id = p_counter_id
$$;

-- A ticket as every reader sees it, with the names that it refers to by their numbers. Without a look
-- into another table: the planner then puts it in the place of its call.
CREATE FUNCTION ticket_json(t ticket, office text, service text, counter text, return_counter text, further jsonb)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', t.id, 'number', t.number, 'state', t.state, 'class', t.class,
        'office', office, 'service', service, 'counter', counter,
        'needs', to_jsonb(t.needs), 'language', t.language, 'channel', t.channel,
        'note', t.note, 'calls', t.calls, 'appointment', t.appointment_at,
        'created_at', t.created_at, 'arrived_at', t.arrived_at,
        'waiting_since', t.waiting_since, 'rank_at', t.rank_at, 'call_by', t.call_by, 'called_at', t.called_at,
        'started_at', t.started_at, 'parked_at', t.parked_at, 'finished_at', t.finished_at,
        'pick_up', t.pick_up, 'slow_walk', t.slow_walk,
        'clerk', 'staff:' || t.clerk_id, 'team', t.team, 'together', t.together,
        'further_services', further, 'return_counter', return_counter,
        'park_reason', t.park_reason, 'remind_at', t.remind_at, 'missed_at', t.missed_at,
        'merged_into', t.merged_into, 'performed', t.performed)
$$;

CREATE FUNCTION service_codes(services integer[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(s.code ORDER BY f.nth), '[]')
      FROM unnest(services) WITH ORDINALITY AS f (id, nth) JOIN service s ON s.id = f.id
$$;

-- Tickets of an office, each with what ``ticket_json`` says of it: for many at once, whose names are
-- looked up together.
CREATE FUNCTION office_tickets(p_office_id integer) RETURNS TABLE (ticket ticket, body jsonb) LANGUAGE sql STABLE AS $$
    SELECT t, ticket_json(t, o.slug, s.code, o.slug || '.' || c.number, o.slug || '.' || r.number,
                          CASE WHEN t.further_services = '{}' THEN '[]' ELSE service_codes(t.further_services) END)
      FROM ticket t
      JOIN office o ON o.id = t.office_id
      JOIN service s ON s.id = t.service_id
      LEFT JOIN counter c ON c.office_id = t.office_id AND c.id = t.counter_id
      LEFT JOIN counter r ON r.office_id = t.office_id AND r.id = t.return_counter_id
     WHERE t.office_id = p_office_id
$$;

CREATE OR REPLACE FUNCTION ticket_json(t ticket) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT ticket_json(
        t, (SELECT o.slug FROM office o WHERE o.id = t.office_id), (SELECT s.code FROM service s WHERE s.id = t.service_id),
        CASE WHEN t.counter_id IS NOT NULL THEN counter_name(t.office_id, t.counter_id) END,
        CASE WHEN t.return_counter_id IS NOT NULL THEN counter_name(t.office_id, t.return_counter_id) END,
        CASE WHEN t.further_services = '{}' THEN '[]' ELSE service_codes(t.further_services) END)
$$;

CREATE OR REPLACE FUNCTION counter_json(c counter) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', (SELECT o.slug FROM office o WHERE o.id = c.office_id) || '.' || c.number,
        'number', c.number,
        'name', c.name,
        'features', to_jsonb(c.features),
        'state', c.state,
        'serving', (SELECT coalesce(jsonb_agg(s.code ORDER BY s.code), '[]'::jsonb)
                      FROM service s WHERE s.id = ANY (c.serving)),
        'ticket', c.ticket_id,
        'opened_at', c.opened_at,
        'position', c.position,
        'clerk', 'staff:' || c.clerk_id, 'team', c.team, 'closing', c.closing,
        'pause_reason', c.pause_reason, 'idle_since', c.idle_since)
$$;

-- Staff raised an alarm, or the hall is to be left or waits.
CREATE TABLE hall_alarm (
    office_id  integer     NOT NULL REFERENCES office (id),
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    -- "staff": silent to the hall; "leave": everybody leaves; "pause": nobody is called
    kind       text        NOT NULL,
    counter_id integer,
    actor      text        NOT NULL,
    at         timestamptz NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    ended_by   text,
    ended_at   timestamptz,
    PRIMARY KEY (office_id, id),
    CONSTRAINT hall_alarm_kind_check CHECK (kind IN ('staff', 'leave', 'pause'))
);
-- The hall is left or paused once at a time; a counter has one alarm at a time.
CREATE UNIQUE INDEX hall_alarm_hall_key ON hall_alarm (office_id, kind) WHERE ended_at IS NULL AND kind <> 'staff';
CREATE UNIQUE INDEX hall_alarm_staff_key ON hall_alarm (office_id, actor) WHERE ended_at IS NULL AND kind = 'staff';

-- migrate: rollback
DROP TABLE hall_alarm;
CREATE OR REPLACE FUNCTION counter_json(c counter) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', (SELECT o.slug FROM office o WHERE o.id = c.office_id) || '.' || c.number,
        'number', c.number,
        'name', c.name,
        'features', to_jsonb(c.features),
        'state', c.state,
        'serving', (SELECT coalesce(jsonb_agg(s.code ORDER BY s.code), '[]'::jsonb)
                      FROM service s WHERE s.id = ANY (c.serving)),
        'ticket', c.ticket_id,
        'opened_at', c.opened_at,
        'position', c.position)
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
        'waiting_since', t.waiting_since, 'rank_at', t.rank_at, 'call_by', t.call_by, 'called_at', t.called_at,
        'started_at', t.started_at, 'parked_at', t.parked_at, 'finished_at', t.finished_at)
$$;
DROP FUNCTION office_tickets(integer);
DROP FUNCTION ticket_json(ticket, text, text, text, text, jsonb);
DROP FUNCTION service_codes(integer[]);
DROP FUNCTION counter_name(integer, integer);
UPDATE counter SET state = 'closed', clerk_id = NULL WHERE state = 'paused';
ALTER TABLE counter DROP COLUMN closing, DROP COLUMN team, DROP COLUMN idle_since, DROP COLUMN pause_reason,
    DROP COLUMN place, DROP CONSTRAINT counter_state_check,
    ADD CONSTRAINT counter_state_check CHECK (state IN ('closed', 'open'));
DROP TRIGGER ticket_undo_lifecycle ON ticket;
DROP TRIGGER ticket_lifecycle ON ticket;
CREATE TRIGGER ticket_lifecycle BEFORE UPDATE OF state ON ticket
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('ticket');
DELETE FROM lifecycle_transition
 WHERE lifecycle = 'ticket_undo' OR (lifecycle = 'ticket' AND verb IN ('continue', 'merge', 'send_on'))
    OR (lifecycle = 'appointment' AND verb = 'reopen')
    OR (lifecycle = 'counter' AND (verb IN ('pause', 'resume') OR from_state = 'paused'));
DROP TABLE ticket_undo;
ALTER TABLE ticket DROP COLUMN pick_up, DROP COLUMN slow_walk, DROP COLUMN clerk_id, DROP COLUMN team,
    DROP COLUMN further_services, DROP COLUMN together, DROP COLUMN return_counter_id, DROP COLUMN return_service_id,
    DROP COLUMN park_reason, DROP COLUMN remind_at, DROP COLUMN missed_at, DROP COLUMN merged_into,
    DROP COLUMN sent_from, DROP COLUMN performed, DROP COLUMN undone;
