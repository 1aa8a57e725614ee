-- Tickets, their numbers and what happened to them
-- depends: 0003_slots
-- migrate: apply

-- Last number given out per office, local day and letter. Offices that never restart their
-- numbers use the day 0001-01-01.
CREATE TABLE ticket_number (
    office_id integer NOT NULL REFERENCES office (id),
    day       date    NOT NULL,
    letter    text    NOT NULL,
    last      integer NOT NULL,
    PRIMARY KEY (office_id, day, letter)
);

CREATE TABLE ticket (
    office_id     integer     NOT NULL REFERENCES office (id),
    id            uuid        NOT NULL,
    day           date        NOT NULL,
    number        text        NOT NULL,
    state         text        NOT NULL DEFAULT 'waiting',
    class         text        NOT NULL,
    needs         text[]      NOT NULL,
    language      text        NOT NULL,
    service_id    integer     NOT NULL REFERENCES service (id),
    channel       text        NOT NULL,
    token         text        NOT NULL,
    appointment_id uuid,
    appointment_at timestamptz,
    -- The counter it was called to, or (while waiting) the only one that may call it.
    counter_id    integer,
    note          text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL,
    arrived_at    timestamptz NOT NULL,
    -- max(arrival, appointment time); the wait is counted from here.
    waiting_since timestamptz NOT NULL,
    -- waiting_since less the head start of the class: the smaller, the sooner it is called.
    rank_at       timestamptz NOT NULL,
    called_at     timestamptz,
    started_at    timestamptz,
    parked_at     timestamptz,
    finished_at   timestamptz,
    calls         smallint    NOT NULL DEFAULT 0,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, counter_id) REFERENCES counter (office_id, id),
    CONSTRAINT ticket_number_key UNIQUE (office_id, day, number),
    CONSTRAINT ticket_id_key UNIQUE (id),
    CONSTRAINT ticket_token_key UNIQUE (token),
    CONSTRAINT ticket_state_check CHECK
        (state IN ('waiting', 'called', 'serving', 'parked', 'finished', 'no_show', 'cancelled')),
    CONSTRAINT ticket_channel_check CHECK (channel IN ('kiosk', 'reception')),
    CONSTRAINT ticket_counter_check CHECK (state NOT IN ('called', 'serving') OR counter_id IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX ticket_waiting_index ON ticket (office_id) WHERE state = 'waiting';
CREATE INDEX ticket_live_index ON ticket (office_id, state)
    WHERE state IN ('waiting', 'called', 'serving', 'parked');
-- A counter has one visitor at a time.
CREATE UNIQUE INDEX ticket_counter_key ON ticket (office_id, counter_id) WHERE state IN ('called', 'serving');
-- An appointment is checked in once.
CREATE UNIQUE INDEX ticket_appointment_key ON ticket (office_id, appointment_id)
    WHERE appointment_id IS NOT NULL AND state NOT IN ('cancelled');

-- The visit's timeline, with the why of each call.
CREATE TABLE ticket_event (
    office_id  integer     NOT NULL,
    ticket_id  uuid        NOT NULL,
    at         timestamptz NOT NULL,
    seq        bigint      GENERATED ALWAYS AS IDENTITY,
    verb       text        NOT NULL,
    to_state   text        NOT NULL,
    counter_id integer,
    -- "staff:7", "device:3": who did it, without a name
    actor      text        NOT NULL,
    detail     jsonb       NOT NULL DEFAULT '{}',
    PRIMARY KEY (office_id, ticket_id, seq)
);

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('ticket', 'waiting', 'call',     'called'),
    ('ticket', 'waiting', 'transfer', 'waiting'),
    ('ticket', 'waiting', 'cancel',   'cancelled'),
    ('ticket', 'called',  'recall',   'called'),
    ('ticket', 'called',  'start',    'serving'),
    ('ticket', 'called',  'no_show',  'no_show'),
    ('ticket', 'called',  'park',     'parked'),
    ('ticket', 'called',  'transfer', 'waiting'),
    ('ticket', 'called',  'requeue',  'waiting'),
    ('ticket', 'called',  'cancel',   'cancelled'),
    ('ticket', 'serving', 'finish',   'finished'),
    ('ticket', 'serving', 'park',     'parked'),
    ('ticket', 'serving', 'transfer', 'waiting'),
    ('ticket', 'serving', 'requeue',  'waiting'),
    ('ticket', 'parked',  'resume',   'serving'),
    ('ticket', 'parked',  'transfer', 'waiting'),
    ('ticket', 'parked',  'requeue',  'waiting'),
    ('ticket', 'parked',  'cancel',   'cancelled'),
    ('ticket', 'no_show', 'requeue',  'waiting');
CREATE TRIGGER ticket_lifecycle BEFORE UPDATE OF state ON ticket
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('ticket');

-- A ticket as staff see it. Used by answers, snapshots and changes alike, so that all agree.
CREATE FUNCTION ticket_json(t ticket) RETURNS jsonb LANGUAGE sql STABLE AS $$
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

-- The instant by which tickets are called, earliest first (equal: the earlier number). A wait of at
-- least the cap goes before everything else, hence the thousand years. Python's order_policy says
-- the same and why; a test holds both together.
CREATE FUNCTION call_rank(waiting_since timestamptz, rank_at timestamptz, cap interval, p_now timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN waiting_since <= p_now - cap THEN waiting_since - interval '1000 years' ELSE rank_at END
$$;

-- migrate: rollback
DROP FUNCTION call_rank(timestamptz, timestamptz, interval, timestamptz);
DROP FUNCTION ticket_json(ticket);
DROP TABLE ticket_event;
DROP TABLE ticket;
DROP TABLE ticket_number;
DELETE FROM lifecycle_transition WHERE lifecycle = 'ticket';
