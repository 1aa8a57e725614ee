-- Visits that lead from one pool of an office to the next
-- depends: 0005_contingents
-- migrate: apply

-- The parts of a visit after the first, which stands in the appointment's own row. Each consumes
-- capacity of its pool's day as long as its appointment does.
CREATE TABLE appointment_leg (
    office_id      integer  NOT NULL,
    appointment_id uuid     NOT NULL,
    position       smallint NOT NULL,
    pool_id        integer  NOT NULL,
    day            date     NOT NULL,
    first_cell     smallint NOT NULL,
    cells          smallint NOT NULL,
    starts_at      timestamptz NOT NULL,
    PRIMARY KEY (office_id, appointment_id, position),
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id) ON DELETE CASCADE,
    FOREIGN KEY (office_id, pool_id) REFERENCES pool (office_id, id),
    CONSTRAINT appointment_leg_position_check CHECK (position > 1),
    CONSTRAINT appointment_leg_cells_check CHECK (first_cell >= 0 AND cells > 0 AND first_cell + cells <= 300)
);
CREATE INDEX appointment_leg_pool_day_index ON appointment_leg (pool_id, day);

-- migrate: rollback
DROP TABLE appointment_leg;
