-- Days that are staffed otherwise than planned
-- depends: 0005_contingents
-- migrate: apply

-- What supervisors have decided for one day of a pool; it counts instead of the plan, its exceptions,
-- holidays and closures, and stays when the office's file is applied anew. "staffing" is a list of
-- hours with counters; an empty one closes the day for appointments.
CREATE TABLE staffing_override (
    office_id integer     NOT NULL,
    pool_id   integer     NOT NULL,
    day       date        NOT NULL,
    staffing  jsonb       NOT NULL,
    reason    text        NOT NULL,
    -- "staff:7": who decided, without a name
    actor     text        NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (office_id, pool_id, day),
    FOREIGN KEY (office_id, pool_id) REFERENCES pool (office_id, id)
);

-- migrate: rollback
DROP TABLE staffing_override;
