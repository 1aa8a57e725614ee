-- Numbers that kiosks hold for the time when the service is away
-- depends: 0004_queue 0022_visits 0026_device_pairing
-- migrate: apply

ALTER TABLE ticket_number
    -- Held by kiosks, from the top of the range downwards; whoever counts upwards goes past them.
    ADD COLUMN leased int4multirange NOT NULL DEFAULT '{}';

CREATE TABLE number_block (
    office_id integer     NOT NULL,
    -- As in ticket_number: 0001-01-01 where numbers never restart.
    day       date        NOT NULL,
    letter    text        NOT NULL,
    first     integer     NOT NULL,
    last      integer     NOT NULL,
    -- As its numbers are printed.
    digits    smallint    NOT NULL,
    device_id integer     NOT NULL,
    leased_at timestamptz NOT NULL,
    -- The highest of its numbers that was handed in.
    used      integer,
    PRIMARY KEY (office_id, day, letter, first),
    FOREIGN KEY (office_id, day, letter) REFERENCES ticket_number (office_id, day, letter),
    FOREIGN KEY (device_id) REFERENCES device (id),
    CONSTRAINT number_block_check CHECK (first <= last AND used BETWEEN first AND last)
);
CREATE INDEX number_block_device_index ON number_block (device_id, day);

-- The number after the last one that was given out, past those that are held for outages.
CREATE FUNCTION next_number(last integer, leased int4multirange) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN leased @> last + 1 THEN (SELECT upper(held) FROM unnest(leased) held WHERE held @> last + 1)
                ELSE last + 1 END
$$;

-- migrate: rollback
DROP FUNCTION next_number(integer, int4multirange);
DROP TABLE number_block;
ALTER TABLE ticket_number DROP COLUMN leased;
