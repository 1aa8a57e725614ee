-- Pools, pool-days as bitmap planes, appointments
-- depends: 0002_people_and_devices
-- migrate: apply

-- An office's group of interchangeable counters for a group of services. "plan" is the weekly
-- staffing with its exceptions, as applied from the set-up file.
CREATE TABLE pool (
    office_id integer NOT NULL REFERENCES office (id),
    id        integer GENERATED ALWAYS AS IDENTITY,
    code      text    NOT NULL,
    plan      jsonb   NOT NULL,
    retired   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    CONSTRAINT pool_id_key UNIQUE (id),
    CONSTRAINT pool_code_key UNIQUE (office_id, code)
);

CREATE TABLE pool_service (
    office_id  integer NOT NULL,
    pool_id    integer NOT NULL,
    service_id integer NOT NULL REFERENCES service (id),
    PRIMARY KEY (office_id, pool_id, service_id),
    FOREIGN KEY (office_id, pool_id) REFERENCES pool (office_id, id)
);
CREATE INDEX pool_service_service_index ON pool_service (service_id, pool_id);

-- What is left of a pool on a local day. Cell i is the five minutes that begin 5 i minutes of
-- elapsed time after local midnight (300 cells hold the 25-hour day). planes[k] is the set of
-- cells in which at least k places remain; it shrinks with k. "fits" is the longest visit in
-- cells that still has a start, 0 when the day is full.
CREATE TABLE pool_day (
    office_id integer    NOT NULL,
    pool_id   integer    NOT NULL,
    day       date       NOT NULL,
    planes    bit(300)[] NOT NULL,
    fits      smallint   NOT NULL,
    PRIMARY KEY (office_id, pool_id, day),
    FOREIGN KEY (office_id, pool_id) REFERENCES pool (office_id, id)
);
CREATE INDEX pool_day_search_index ON pool_day (day, pool_id, fits) WHERE fits > 0;

-- Truth. An appointment in any state that holds a place consumes capacity of its pool-day.
CREATE TABLE appointment (
    office_id   integer     NOT NULL,
    id          uuid        NOT NULL,
    pool_id     integer     NOT NULL,
    day         date        NOT NULL,
    first_cell  smallint    NOT NULL,
    cells       smallint    NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    state       text        NOT NULL,
    reference   text        NOT NULL,
    secret_hash bytea       NOT NULL,
    -- [{"service": code, "quantity": n}] in the order asked for
    services    jsonb       NOT NULL,
    persons     smallint    NOT NULL,
    channel     text        NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, pool_id) REFERENCES pool (office_id, id),
    CONSTRAINT appointment_reference_key UNIQUE (reference),
    CONSTRAINT appointment_state_check CHECK
        (state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed', 'cancelled', 'expired')),
    CONSTRAINT appointment_channel_check CHECK (channel IN ('online', 'phone', 'counter')),
    CONSTRAINT appointment_cells_check CHECK (first_cell >= 0 AND cells > 0 AND first_cell + cells <= 300),
    CONSTRAINT appointment_hold_check CHECK ((state = 'held') = (expires_at IS NOT NULL))
);
CREATE INDEX appointment_pool_day_index ON appointment (pool_id, day)
    WHERE state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed');
CREATE INDEX appointment_expiry_index ON appointment (expires_at) WHERE state = 'held';

-- Kept apart so that it can be deleted two days after the visit while the figures stay.
CREATE TABLE appointment_contact (
    office_id      integer NOT NULL,
    appointment_id uuid    NOT NULL,
    name           text    NOT NULL,
    phone          text,
    email          text,
    postal_address jsonb,
    language       text    NOT NULL,
    confirm_by     text    NOT NULL,
    PRIMARY KEY (office_id, appointment_id),
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id) ON DELETE CASCADE,
    CONSTRAINT appointment_contact_confirm_by_check CHECK (confirm_by IN ('sms', 'email', 'letter', 'none'))
);

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('appointment', 'held',    'confirm',  'booked'),
    ('appointment', 'held',    'expire',   'expired'),
    ('appointment', 'held',    'cancel',   'cancelled'),
    ('appointment', 'booked',  'cancel',   'cancelled'),
    ('appointment', 'booked',  'check_in', 'arrived'),
    ('appointment', 'booked',  'miss',     'missed'),
    ('appointment', 'arrived', 'finish',   'fulfilled'),
    ('appointment', 'arrived', 'no_show',  'missed'),
    ('appointment', 'arrived', 'cancel',   'cancelled'),
    ('appointment', 'missed',  'return',   'arrived');
CREATE TRIGGER appointment_lifecycle BEFORE UPDATE OF state ON appointment
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('appointment');

-- migrate: rollback
DROP TABLE appointment_contact;
DROP TABLE appointment;
DROP TABLE pool_day;
DROP TABLE pool_service;
DROP TABLE pool;
DELETE FROM lifecycle_transition WHERE lifecycle = 'appointment';
