-- The rest of each hall's day, as it was forecast last
-- depends: 0024_wait_forecast
-- migrate: apply

-- Made once a minute by whoever makes the forecasts, read by team leads.
CREATE TABLE hall_outlook (
    office_id integer     PRIMARY KEY REFERENCES office (id),
    at        timestamptz NOT NULL,
    body      jsonb       NOT NULL
);

-- migrate: rollback
DROP TABLE hall_outlook;
