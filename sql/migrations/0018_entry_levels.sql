-- Places of hours that are kept for emergencies, and those that are opened for booking later
-- depends: 0005_contingents 0009_entries 0015_entry_notices
-- migrate: apply

-- What the counter may take with telephone and web; supervisors alone may take the rest. The limits of all
-- channels are those of what is open by now, and "next_release_at" is when more of the hour is opened.
ALTER TABLE timed_entry
    ADD COLUMN counter_places integer,
    ADD COLUMN taken_counter integer NOT NULL DEFAULT 0,
    ADD COLUMN next_release_at timestamptz;
UPDATE timed_entry SET counter_places = places, taken_counter = taken;
ALTER TABLE timed_entry
    ALTER COLUMN counter_places SET NOT NULL,
    DROP CONSTRAINT timed_entry_contingents_check,
    DROP CONSTRAINT timed_entry_taken_check,
    ADD CONSTRAINT timed_entry_contingents_check CHECK
        (0 <= online_places AND online_places <= phone_places AND phone_places <= counter_places
         AND counter_places <= places),
    ADD CONSTRAINT timed_entry_taken_check CHECK
        (0 <= taken_online AND taken_online <= taken_phone AND taken_phone <= taken_counter
         AND taken_counter <= taken);
CREATE INDEX timed_entry_release_index ON timed_entry (next_release_at) WHERE next_release_at IS NOT NULL;

-- Beyond what its channel may take; supervisors alone book so.
ALTER TABLE entry_booking ADD COLUMN emergency boolean NOT NULL DEFAULT false;

-- How many may still come by this level (booking_level): the least that any part leaves which it counts in.
DROP FUNCTION entry_free(timed_entry, text);
CREATE FUNCTION entry_free(e timed_entry, level smallint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, least(
        e.places - e.taken,
        CASE WHEN level <= 3 THEN e.counter_places - e.taken_counter END,
        CASE WHEN level <= 2 THEN e.phone_places - e.taken_phone END,
        CASE WHEN level <= 1 THEN e.online_places - e.taken_online END))
$$;

-- migrate: rollback
DROP FUNCTION entry_free(timed_entry, smallint);
CREATE FUNCTION entry_free(e timed_entry, channel text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, least(
        e.places - e.taken,
        CASE WHEN channel <> 'counter' THEN e.phone_places - e.taken_phone END,
        CASE WHEN channel = 'online' THEN e.online_places - e.taken_online END))
$$;
ALTER TABLE entry_booking DROP COLUMN emergency;
DROP INDEX timed_entry_release_index;
ALTER TABLE timed_entry
    DROP CONSTRAINT timed_entry_contingents_check,
    DROP CONSTRAINT timed_entry_taken_check,
    DROP COLUMN counter_places,
    DROP COLUMN taken_counter,
    DROP COLUMN next_release_at;
ALTER TABLE timed_entry
    ADD CONSTRAINT timed_entry_contingents_check CHECK
        (0 <= online_places AND online_places <= phone_places AND phone_places <= places),
    ADD CONSTRAINT timed_entry_taken_check CHECK
        (0 <= taken_online AND taken_online <= taken_phone AND taken_phone <= taken);
