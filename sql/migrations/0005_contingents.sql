-- Contingents by channel, releases, buffers, and durations by quantity and persons
-- depends: 0004_queue
-- migrate: apply

-- Minutes for each further one of a visit, and for the first one when several persons come together.
ALTER TABLE office_service
    ADD COLUMN further_minutes smallint,
    ADD COLUMN family_minutes  smallint;
UPDATE office_service SET further_minutes = minutes, family_minutes = minutes;
ALTER TABLE office_service
    ALTER COLUMN further_minutes SET NOT NULL,
    ALTER COLUMN family_minutes  SET NOT NULL;

-- Cells that stay free after each visit.
ALTER TABLE pool ADD COLUMN buffer_cells smallint NOT NULL DEFAULT 0;

-- How many did not come to a pool's appointments, and how many did, as last counted for a pool that is
-- overbooked; the places of its days follow from them.
ALTER TABLE pool
    ADD COLUMN missed integer NOT NULL DEFAULT 0,
    ADD COLUMN came   integer NOT NULL DEFAULT 0;

-- Beyond what its channel may take; supervisors alone book so.
ALTER TABLE appointment
    ADD COLUMN emergency boolean NOT NULL DEFAULT false;

-- The levels of an appointment: 1 online, 2 phone, 3 counter, 4 emergency. Python's contingents say why.
CREATE FUNCTION booking_level(channel text, emergency boolean) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN emergency THEN 4 ELSE array_position(ARRAY['online', 'phone', 'counter'], channel) END::smallint
$$;

-- A level without a limit of its own stays without.
ALTER FUNCTION take_place(bit[], bit) STRICT;

-- What is left within a limit for the cells of a visit. NULL: there is no limit.
CREATE FUNCTION first_plane(planes bit[]) RETURNS bit LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN planes IS NULL THEN ~ 0::bit(300) ELSE coalesce(planes[1], 0::bit(300)) END
$$;

-- The cells in which somebody of this level finds a place: within the level's own limit and all above.
CREATE FUNCTION open_cells(level smallint, planes bit[], counter_planes bit[], phone_planes bit[], online_planes bit[])
RETURNS bit LANGUAGE sql IMMUTABLE AS $$
    SELECT first_plane(planes)
         & CASE WHEN level <= 3 THEN first_plane(counter_planes) ELSE ~ 0::bit(300) END
         & CASE WHEN level <= 2 THEN first_plane(phone_planes) ELSE ~ 0::bit(300) END
         & CASE WHEN level <= 1 THEN first_plane(online_planes) ELSE ~ 0::bit(300) END
$$;

-- Of each level, the web's first: the longest visit, in cells, that still has a start.
CREATE FUNCTION longest_visits(planes bit[], counter_planes bit[], phone_planes bit[], online_planes bit[])
RETURNS smallint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    everything smallint := longest_visit(planes);
    counter    smallint := everything;
    phone      smallint;
    online     smallint;
BEGIN
    IF counter_planes IS NOT NULL THEN
        counter := longest_visit(ARRAY[open_cells(3::smallint, planes, counter_planes, NULL, NULL)]);
    END IF;
    phone := counter;
    IF phone_planes IS NOT NULL THEN
        phone := longest_visit(ARRAY[open_cells(2::smallint, planes, counter_planes, phone_planes, NULL)]);
    END IF;
    online := phone;
    IF online_planes IS NOT NULL THEN
        online := longest_visit(ARRAY[open_cells(1::smallint, planes, counter_planes, phone_planes, online_planes)]);
    END IF;
    RETURN ARRAY[online, phone, counter, everything];
END $$;

-- The limits of the levels are planes like those of all places; NULL where a level has no limit of
-- its own. "fits" has one number a level. "next_release_at" is when more of the day is opened for
-- booking; a day as it was kept before this migration is due at once.
DROP INDEX pool_day_search_index;
ALTER TABLE pool_day
    DROP CONSTRAINT pool_day_fits_check,
    DROP COLUMN fits,
    ADD COLUMN counter_planes bit(300)[],
    ADD COLUMN phone_planes bit(300)[],
    ADD COLUMN online_planes bit(300)[],
    ADD COLUMN next_release_at timestamptz;
ALTER TABLE pool_day
    ADD COLUMN fits smallint[] NOT NULL
        GENERATED ALWAYS AS (longest_visits(planes, counter_planes, phone_planes, online_planes)) STORED,
    ADD CONSTRAINT pool_day_fits_check CHECK
        (fits[4] <= fits_empty AND fits[3] <= fits[4] AND fits[2] <= fits[3] AND fits[1] <= fits[2]);
UPDATE pool_day SET next_release_at = '-infinity' WHERE fits_empty > 0;
CREATE INDEX pool_day_search_index ON pool_day (pool_id, day) INCLUDE (fits) WHERE fits[4] > 0;
CREATE INDEX pool_day_release_index ON pool_day (next_release_at) WHERE next_release_at IS NOT NULL;

-- When a chore was last done that one process does once a day.
CREATE TABLE daily_chore (
    name text PRIMARY KEY,
    day  date NOT NULL
);

-- The pools that can serve all of these services in one visit, at some offices (NULL: at any). The
-- visit takes "minutes" there, and "cells" of the pool's day with what stays free after it. None for
-- more of a service than one visit may settle. Inlined into the searches that use it.
DROP FUNCTION visit_pools(text[], integer[], text[]);
CREATE FUNCTION visit_pools(codes text[], quantities integer[], persons integer, offices text[])
RETURNS TABLE (office_id integer, pool_id integer, office text, time_zone text, minutes integer, cells integer)
LANGUAGE sql STABLE AS $$
    SELECT p.office_id, p.id, o.slug, o.time_zone, taken.minutes, taken.minutes / 5 + p.buffer_cells
      FROM (SELECT ps.office_id, ps.pool_id,
                   sum(CASE WHEN persons > 1 THEN os.family_minutes ELSE os.minutes END
                       + (wanted.quantity - 1) * os.further_minutes)::integer AS minutes
              FROM unnest(codes, quantities) AS wanted (code, quantity)
              JOIN service s ON s.code = wanted.code AND s.max_quantity >= wanted.quantity
              JOIN pool_service ps ON ps.service_id = s.id
              JOIN office_service os ON os.office_id = ps.office_id AND os.service_id = s.id AND os.appointment
             GROUP BY ps.office_id, ps.pool_id
            HAVING count(*) = cardinality(codes)) AS taken
      JOIN pool p ON p.office_id = taken.office_id AND p.id = taken.pool_id AND NOT p.retired
      JOIN office o ON o.id = p.office_id AND (offices IS NULL OR o.slug = ANY (offices))
$$;

-- migrate: rollback
DROP TABLE daily_chore;
DROP FUNCTION visit_pools(text[], integer[], integer, text[]);
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
DROP INDEX pool_day_release_index;
DROP INDEX pool_day_search_index;
ALTER TABLE pool_day
    DROP CONSTRAINT pool_day_fits_check,
    DROP COLUMN fits,
    DROP COLUMN counter_planes,
    DROP COLUMN phone_planes,
    DROP COLUMN online_planes,
    DROP COLUMN next_release_at;
ALTER TABLE pool_day
    ADD COLUMN fits smallint NOT NULL GENERATED ALWAYS AS (longest_visit(planes)) STORED,
    ADD CONSTRAINT pool_day_fits_check CHECK (fits <= fits_empty);
CREATE INDEX pool_day_search_index ON pool_day (pool_id, day) INCLUDE (fits) WHERE fits > 0;
DROP FUNCTION longest_visits(bit[], bit[], bit[], bit[]);
DROP FUNCTION open_cells(smallint, bit[], bit[], bit[], bit[]);
DROP FUNCTION first_plane(bit[]);
DROP FUNCTION booking_level(text, boolean);
ALTER FUNCTION take_place(bit[], bit) CALLED ON NULL INPUT;
ALTER TABLE appointment DROP COLUMN emergency;
ALTER TABLE pool DROP COLUMN missed, DROP COLUMN came, DROP COLUMN buffer_cells;
ALTER TABLE office_service DROP COLUMN further_minutes, DROP COLUMN family_minutes;
