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

-- The longest visit, in cells, that still has a start on a day with these planes; 0 when it is full.
CREATE FUNCTION longest_visit(planes bit[]) RETURNS smallint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN coalesce((SELECT max(length(run)) FROM string_to_table(planes[1]::text, '0') AS run), 0);
END $$;

-- The planes after one place was taken in each cell of the visit. A cell with nothing left stays
-- at nothing; a plane that has become empty is dropped, so that a full day is the empty array.
CREATE FUNCTION take_place(planes bit[], visit bit) RETURNS bit[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    taken     bit(300)[] := '{}';
    following bit(300);
    plane     bit(300);
BEGIN
    FOR k IN 1 .. cardinality(planes) LOOP
        following := coalesce(planes[k + 1], 0::bit(300));
        plane := (planes[k] & ~visit) | (following & visit);
        EXIT WHEN plane = 0::bit(300);
        taken := taken || plane;
    END LOOP;
    RETURN taken;
END $$;

-- What is left of a pool on a local day. Cell i is the five minutes that begin 5 i minutes of
-- elapsed time after local midnight (300 cells hold the 25-hour day); it is bit i from the left.
-- planes[k] is the set of cells in which at least k places remain; it shrinks with k and the last
-- one is not empty. "fits" is the longest visit in cells that still has a start: the search skips
-- by it, so the database itself keeps it true. "fits_empty" is what it would be if nobody had
-- booked, 0 when the pool is closed: the difference between "full" and "closed".
CREATE TABLE pool_day (
    office_id  integer    NOT NULL,
    pool_id    integer    NOT NULL,
    day        date       NOT NULL,
    planes     bit(300)[] NOT NULL,
    fits       smallint   NOT NULL GENERATED ALWAYS AS (longest_visit(planes)) STORED,
    fits_empty smallint   NOT NULL,
    PRIMARY KEY (office_id, pool_id, day),
    FOREIGN KEY (office_id, pool_id) REFERENCES pool (office_id, id),
    CONSTRAINT pool_day_fits_check CHECK (fits <= fits_empty)
) WITH (fillfactor = 70);
-- Full days are not in it: a search for a pool's next days steps over a full month without seeing it.
CREATE INDEX pool_day_search_index ON pool_day (pool_id, day) INCLUDE (fits) WHERE fits > 0;

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
-- Who is still expected.
CREATE INDEX appointment_booked_index ON appointment (day) WHERE state = 'booked';

-- Kept apart so that it can be deleted two days after the visit while the figures stay.
CREATE TABLE appointment_contact (
    office_id      integer NOT NULL,
    appointment_id uuid    NOT NULL,
    name           text    NOT NULL,
    phone          text,
    email          text,
    postal_address jsonb,
    language       text    NOT NULL,
    -- Empty: the reference was only spoken.
    confirm_by     text[]  NOT NULL,
    PRIMARY KEY (office_id, appointment_id),
    -- ON UPDATE: an appointment may move to another office.
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT appointment_contact_confirm_by_check CHECK (confirm_by <@ ARRAY['sms', 'email', 'letter'])
);

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('appointment', 'held',    'confirm',  'booked'),
    ('appointment', 'held',    'expire',   'expired'),
    ('appointment', 'held',    'move',     'held'),
    ('appointment', 'held',    'cancel',   'cancelled'),
    ('appointment', 'booked',  'move',     'booked'),
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

-- The pools that can serve all of these services in one visit, at some offices (NULL: at any), and
-- how many cells the visit takes there; none for more of a service than one visit may settle.
-- Inlined into the searches that use it.
CREATE FUNCTION visit_pools(codes text[], quantities integer[], offices text[])
RETURNS TABLE (office_id integer, pool_id integer, office text, time_zone text, cells integer)
LANGUAGE sql STABLE AS $$
    SELECT p.office_id, p.id, o.slug, o.time_zone, (sum(os.minutes * wanted.quantity) / 5)::integer
      FROM unnest(codes, quantities) AS wanted (code, quantity)
      JOIN service s ON s.code = wanted.code AND s.max_quantity >= wanted.quantity
      JOIN pool_service ps ON ps.service_id = s.id
      JOIN pool p ON p.office_id = ps.office_id AND p.id = ps.pool_id AND NOT p.retired
      JOIN office o ON o.id = p.office_id AND (offices IS NULL OR o.slug = ANY (offices))
      JOIN office_service os ON os.office_id = p.office_id AND os.service_id = s.id AND os.appointment
     GROUP BY p.office_id, p.id, o.slug, o.time_zone
    HAVING count(*) = cardinality(codes)
$$;

-- An appointment as screens of staff see it: nothing about who comes.
CREATE FUNCTION appointment_json(a appointment) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', a.id, 'state', a.state, 'services', a.services, 'persons', a.persons,
        'channel', a.channel, 'starts_at', a.starts_at, 'ends_at', a.ends_at)
$$;

-- migrate: rollback
DROP FUNCTION appointment_json(appointment);
DROP FUNCTION visit_pools(text[], integer[], text[]);
DROP TABLE appointment_contact;
DROP TABLE appointment;
DROP TABLE pool_day;
DROP FUNCTION take_place(bit[], bit);
DROP FUNCTION longest_visit(bit[]);
DROP TABLE pool_service;
DROP TABLE pool;
DELETE FROM lifecycle_transition WHERE lifecycle = 'appointment';
