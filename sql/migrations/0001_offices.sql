-- Authorities, offices, services, counters: who serves what where
-- depends:
-- migrate: apply

-- A tenant: Bremen, Bremerhaven. Everything below belongs to one.
CREATE TABLE authority (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug     text    NOT NULL,
    name     jsonb   NOT NULL,
    greeting jsonb   NOT NULL,
    land     text    NOT NULL,
    accent   text    NOT NULL,
    CONSTRAINT authority_slug_key UNIQUE (slug)
);

-- The catalogue, shared by all offices. LeiKa keys are often missing and not unique: never a key.
CREATE TABLE service (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code          text     NOT NULL,
    leika_key     text,
    name          jsonb    NOT NULL,
    service_group jsonb    NOT NULL,
    minutes       smallint NOT NULL,
    max_quantity  smallint NOT NULL,
    documents     jsonb    NOT NULL,
    fee           jsonb    NOT NULL,
    -- The entry of the set-up file as it was applied; completes offices loaded later.
    setup         jsonb    NOT NULL,
    CONSTRAINT service_code_key UNIQUE (code),
    CONSTRAINT service_minutes_check CHECK (minutes > 0 AND minutes % 5 = 0)
);

-- Columns hold what SQL decides by; "setup" holds the checked set-up file as it was applied
-- (hours, closures, facts, texts), which only Python's rules read.
CREATE TABLE office (
    id                   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    authority_id         integer  NOT NULL REFERENCES authority (id),
    slug                 text     NOT NULL,
    time_zone            text     NOT NULL,
    number_digits        smallint NOT NULL,
    number_restart       boolean  NOT NULL,
    walk_in_cap          interval NOT NULL,
    walk_ins_stopped     boolean  NOT NULL DEFAULT false,
    setup                jsonb    NOT NULL,
    CONSTRAINT office_slug_key UNIQUE (slug),
    CONSTRAINT office_number_digits_check CHECK (number_digits BETWEEN 3 AND 6)
);

CREATE TABLE office_service (
    office_id   integer  NOT NULL REFERENCES office (id),
    service_id  integer  NOT NULL REFERENCES service (id),
    minutes     smallint NOT NULL,
    walk_in     boolean  NOT NULL,
    appointment boolean  NOT NULL,
    -- First character of the number; neutral, and never I, O or Q (read aloud and on paper).
    letter      text     NOT NULL,
    position    smallint NOT NULL,
    PRIMARY KEY (office_id, service_id),
    CONSTRAINT office_service_letter_check CHECK (letter ~ '^[A-HJ-NPR-Z]$')
);

CREATE TABLE counter (
    office_id integer  NOT NULL REFERENCES office (id),
    id        integer  GENERATED ALWAYS AS IDENTITY,
    number    text     NOT NULL,
    name      jsonb    NOT NULL,
    features  text[]   NOT NULL,
    -- What the place can serve by its set-up.
    services  integer[] NOT NULL,
    position  smallint NOT NULL,
    retired   boolean  NOT NULL DEFAULT false,
    state     text     NOT NULL DEFAULT 'closed',
    clerk_id  integer,
    opened_at timestamptz,
    -- What the clerk who sits there has chosen to serve; empty while closed.
    serving   integer[] NOT NULL DEFAULT '{}',
    -- The visitor in front of the counter (called or serving). The row lock on this line is
    -- what makes two simultaneous calls from one counter one call.
    ticket_id uuid,
    PRIMARY KEY (office_id, id),
    CONSTRAINT counter_number_key UNIQUE (office_id, number),
    CONSTRAINT counter_state_check CHECK (state IN ('closed', 'open')),
    CONSTRAINT counter_clerk_check CHECK ((state = 'closed') = (clerk_id IS NULL))
);
-- One counter a clerk, decided here and not by reading first.
CREATE UNIQUE INDEX counter_clerk_key ON counter (clerk_id) WHERE clerk_id IS NOT NULL;

-- Every lifecycle's allowed steps. Python's tables are the source; a test holds both equal.
CREATE TABLE lifecycle_transition (
    lifecycle  text NOT NULL,
    from_state text NOT NULL,
    verb       text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (lifecycle, from_state, verb, to_state)
);

CREATE FUNCTION refuse_illegal_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM lifecycle_transition
     WHERE lifecycle = TG_ARGV[0] AND from_state = OLD.state AND to_state = NEW.state;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% may not go from % to %', TG_ARGV[0], OLD.state, NEW.state
              USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0] || '_lifecycle';
    END IF;
    RETURN NEW;
END $$;

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('counter', 'closed', 'open',  'open'),
    ('counter', 'open',   'close', 'closed');
CREATE TRIGGER counter_lifecycle BEFORE UPDATE OF state ON counter
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('counter');

-- The change feed: one gapless line of versions per office, in commit order, because the
-- version is taken by an UPDATE whose row lock lasts until commit.
CREATE TABLE office_version (
    office_id integer PRIMARY KEY REFERENCES office (id),
    version   bigint NOT NULL
);

CREATE TABLE change (
    office_id integer     NOT NULL,
    version   bigint      NOT NULL,
    kind      text        NOT NULL,
    body      jsonb       NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (office_id, version)
);
CREATE INDEX change_calls_index ON change (office_id, version DESC)
    WHERE kind IN ('ticket.called', 'ticket.recalled');
CREATE INDEX change_at_index ON change (at);

-- The only writer of the feed. NOTIFY carries a hint, never the content.
CREATE FUNCTION publish_change(p_office_id integer, p_kind text, p_body jsonb, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v bigint;
BEGIN
    UPDATE office_version SET version = version + 1 WHERE office_id = p_office_id RETURNING version INTO v;
    INSERT INTO change (office_id, version, kind, body, at) VALUES (p_office_id, v, p_kind, p_body, p_now);
    PERFORM pg_notify('office_change', p_office_id || ':' || v);
    RETURN v;
END $$;

-- A counter as screens see it. Used by snapshots and changes alike, so that both agree.
CREATE FUNCTION counter_json(c counter) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', (SELECT o.slug FROM office o WHERE o.id = c.office_id) || '.' || c.number,
        'number', c.number,
        'name', c.name,
        'features', to_jsonb(c.features),
        'state', c.state,
        'serving', (SELECT coalesce(jsonb_agg(s.code ORDER BY s.code), '[]'::jsonb)
                      FROM service s WHERE s.id = ANY (c.serving)),
        'ticket', c.ticket_id,
        'opened_at', c.opened_at,
        'position', c.position)
$$;

-- migrate: rollback
DROP FUNCTION counter_json(counter);
DROP FUNCTION publish_change(integer, text, jsonb, timestamptz);
DROP TABLE change;
DROP TABLE office_version;
DROP TABLE counter;
DROP TABLE lifecycle_transition;
DROP FUNCTION refuse_illegal_transition();
DROP TABLE office_service;
DROP TABLE office;
DROP TABLE service;
DROP TABLE authority;
