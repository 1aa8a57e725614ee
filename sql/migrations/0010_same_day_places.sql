-- Same-day places of an open consultation: how many of a day's contingent are taken, and by whom
-- depends: 0004_queue
-- migrate: apply

-- One line for each local day and open consultation. The line's lock is what lets as many through as
-- there are places; how many that is says the office's set-up. "used" is counted up with each number
-- and down with each cancelled one, and is never anything but the number of tickets that hold a place.
CREATE TABLE day_contingent (
    office_id integer NOT NULL REFERENCES office (id),
    day       date    NOT NULL,
    code      text    NOT NULL,
    used      integer NOT NULL,
    PRIMARY KEY (office_id, day, code),
    CONSTRAINT day_contingent_used_check CHECK (used >= 0)
);

-- The open consultation that gave this ticket its place, on the ticket's day.
ALTER TABLE ticket ADD COLUMN contingent text;

-- migrate: rollback
ALTER TABLE ticket DROP COLUMN contingent;
DROP TABLE day_contingent;
