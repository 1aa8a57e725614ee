-- Waiting times: each hall's last forecast, what visitors were told, and what an office has learned
-- depends: 0022_visits
-- migrate: apply

-- Made by one process every few seconds, read whenever a number is given out.
CREATE TABLE wait_forecast (
    office_id integer     PRIMARY KEY REFERENCES office (id),
    at        timestamptz NOT NULL,
    -- Of the hall from which it was made.
    version   bigint      NOT NULL,
    -- What the screens were told last, by a change; NULL: nothing that still holds.
    told      jsonb,
    -- {"newcomers", "reach", "tickets", "hour"}: what a single visitor is told
    body      jsonb       NOT NULL
);

-- What past days teach: lengths, pauses, no-shows by service, class and hour. Nothing about a person.
CREATE TABLE forecast_knowledge (
    office_id  integer     PRIMARY KEY REFERENCES office (id),
    learned_at timestamptz NOT NULL,
    body       jsonb       NOT NULL
);

-- How far the ranges have to be corrected so that they hold as often as promised.
CREATE TABLE wait_calibration (
    office_id integer PRIMARY KEY REFERENCES office (id),
    body      jsonb   NOT NULL
);

-- What a visitor was told when the number was given out, and how long it then took. Goes with its ticket.
CREATE TABLE told_wait (
    office_id integer          NOT NULL,
    ticket_id uuid             NOT NULL,
    told_at   timestamptz      NOT NULL,
    class     text             NOT NULL,
    -- Local hour, as the forecast counts it.
    hour      integer          NOT NULL,
    told      jsonb            NOT NULL,
    simulated jsonb            NOT NULL,
    -- Seconds until the first call; NULL until then.
    waited    double precision,
    PRIMARY KEY (office_id, ticket_id),
    FOREIGN KEY (office_id, ticket_id) REFERENCES ticket (office_id, id) ON DELETE CASCADE
);
CREATE INDEX told_wait_open_index ON told_wait (office_id, told_at) WHERE waited IS NULL;
CREATE INDEX told_wait_at_index ON told_wait (told_at);

-- migrate: rollback
DROP TABLE told_wait;
DROP TABLE wait_calibration;
DROP TABLE forecast_knowledge;
DROP TABLE wait_forecast;
