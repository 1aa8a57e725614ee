-- Who waits for a place, what they were offered and what they answered
-- depends: 0004_queue
-- migrate: apply

-- Somebody for whom there was no place. Belongs to no office: whoever would go to any of them names none.
CREATE TABLE waiting_entry (
    id           uuid        PRIMARY KEY,
    -- The order of asking, as the database took it: two may ask in the same instant.
    place        bigint      GENERATED ALWAYS AS IDENTITY,
    reference    text        NOT NULL,
    secret_hash  bytea       NOT NULL,
    state        text        NOT NULL DEFAULT 'waiting',
    codes        text[]      NOT NULL,
    quantities   integer[]   NOT NULL,
    persons      smallint    NOT NULL,
    channel      text        NOT NULL,
    -- Slugs; empty: any.
    offices      text[]      NOT NULL,
    first_day    date        NOT NULL,
    -- The deadline: nothing later helps.
    last_day     date        NOT NULL,
    -- By ISO 8601, 1 is Monday; empty: any.
    weekdays     integer[]   NOT NULL,
    -- The visit begins at or after the one and before the other, in minutes of the wall clock.
    opens        smallint    NOT NULL,
    closes       smallint    NOT NULL,
    notice_hours smallint    NOT NULL,
    -- How an offer is told.
    ways         text[]      NOT NULL,
    asked_at     timestamptz NOT NULL,
    -- The last day is over.
    lapses_at    timestamptz NOT NULL,
    -- When free places were last gone through for this entry alone.
    looked_at    timestamptz NOT NULL,
    refused      smallint    NOT NULL DEFAULT 0,
    unanswered   smallint    NOT NULL DEFAULT 0,
    ended_at     timestamptz,
    CONSTRAINT waiting_entry_reference_key UNIQUE (reference),
    CONSTRAINT waiting_entry_place_key UNIQUE (place),
    CONSTRAINT waiting_entry_state_check CHECK
        (state IN ('waiting', 'offered', 'accepted', 'withdrawn', 'lapsed')),
    CONSTRAINT waiting_entry_ended_check CHECK ((state IN ('waiting', 'offered')) = (ended_at IS NULL)),
    CONSTRAINT waiting_entry_services_check CHECK
        (cardinality(codes) > 0 AND cardinality(codes) = cardinality(quantities)),
    CONSTRAINT waiting_entry_channel_check CHECK (channel IN ('online', 'phone', 'counter')),
    CONSTRAINT waiting_entry_days_check CHECK (first_day <= last_day),
    CONSTRAINT waiting_entry_weekdays_check CHECK (weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]),
    CONSTRAINT waiting_entry_hours_check CHECK (opens >= 0 AND opens < closes AND closes <= 1440),
    CONSTRAINT waiting_entry_ways_check CHECK (cardinality(ways) > 0 AND ways <@ ARRAY['sms', 'email', 'call'])
);
-- Who is next, and who is ahead of somebody: walked in the order of asking.
CREATE INDEX waiting_entry_next_index ON waiting_entry (place) WHERE state IN ('waiting', 'offered');
CREATE INDEX waiting_entry_looked_index ON waiting_entry (looked_at) WHERE state = 'waiting';
CREATE INDEX waiting_entry_lapse_index ON waiting_entry (lapses_at) WHERE state = 'waiting';

-- Kept apart so that it can be deleted when the waiting is over while the figures stay.
CREATE TABLE waiting_contact (
    entry_id       uuid    PRIMARY KEY REFERENCES waiting_entry (id) ON DELETE CASCADE,
    name           text    NOT NULL,
    phone          text,
    email          text,
    postal_address jsonb,
    language       text    NOT NULL,
    confirm_by     text[]  NOT NULL,
    remind         boolean NOT NULL,
    CONSTRAINT waiting_contact_confirm_by_check CHECK (confirm_by <@ ARRAY['sms', 'email', 'letter'])
);

-- An entry with its contact, as the verbs read it.
CREATE VIEW waiting_person AS
    SELECT e.id, e.place, e.reference, e.secret_hash, e.state, e.codes, e.quantities, e.persons, e.channel, e.offices,
           e.first_day, e.last_day, e.weekdays, e.opens, e.closes, e.notice_hours, e.ways, e.asked_at, e.refused,
           e.unanswered, c.entry_id IS NOT NULL AS has_contact, c.name, c.phone, c.email,
           c.postal_address::text AS postal_address, c.language, c.confirm_by, c.remind
      FROM waiting_entry e
      LEFT JOIN waiting_contact c ON c.entry_id = e.id;

-- A place that is, or was, held for somebody who waits.
CREATE TABLE waiting_offer (
    office_id      integer     NOT NULL,
    appointment_id uuid        NOT NULL,
    entry_id       uuid        NOT NULL REFERENCES waiting_entry (id) ON DELETE CASCADE,
    offered_at     timestamptz NOT NULL,
    respond_by     timestamptz NOT NULL,
    answer         text,
    answered_at    timestamptz,
    PRIMARY KEY (office_id, appointment_id),
    -- ON UPDATE: an appointment may move to another office.
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT waiting_offer_answer_check CHECK (answer IN ('accepted', 'refused', 'unanswered')),
    CONSTRAINT waiting_offer_answered_check CHECK ((answer IS NULL) = (answered_at IS NULL))
);
-- Nobody has two places on offer.
CREATE UNIQUE INDEX waiting_offer_open_key ON waiting_offer (entry_id) WHERE answer IS NULL;
CREATE INDEX waiting_offer_entry_index ON waiting_offer (entry_id);

-- How many asked before this one and could get the same places: whose days, weekdays, hours and
-- offices meet. At most so many come first; what they need may not fit where this one does.
CREATE FUNCTION waiting_ahead(e waiting_entry) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*)
      FROM waiting_entry earlier
     WHERE earlier.state IN ('waiting', 'offered') AND earlier.place < e.place
       AND earlier.first_day <= e.last_day AND e.first_day <= earlier.last_day
       AND earlier.opens < e.closes AND e.opens < earlier.closes
       AND (cardinality(earlier.weekdays) = 0 OR cardinality(e.weekdays) = 0 OR earlier.weekdays && e.weekdays)
       AND (cardinality(earlier.offices) = 0 OR cardinality(e.offices) = 0 OR earlier.offices && e.offices)
$$;

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('waiting', 'waiting', 'offer',    'offered'),
    ('waiting', 'waiting', 'withdraw', 'withdrawn'),
    ('waiting', 'waiting', 'lapse',    'lapsed'),
    ('waiting', 'offered', 'accept',   'accepted'),
    ('waiting', 'offered', 'refuse',   'waiting'),
    ('waiting', 'offered', 'miss',     'waiting'),
    ('waiting', 'offered', 'give_up',  'withdrawn');
CREATE TRIGGER waiting_lifecycle BEFORE UPDATE OF state ON waiting_entry
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('waiting');

-- migrate: rollback
DROP FUNCTION waiting_ahead(waiting_entry);
DROP TABLE waiting_offer;
DROP VIEW waiting_person;
DROP TABLE waiting_contact;
DROP TABLE waiting_entry;
DELETE FROM lifecycle_transition WHERE lifecycle = 'waiting';
