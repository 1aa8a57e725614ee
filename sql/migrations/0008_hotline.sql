-- People found by name or telephone, who has looked at whom, and the hotline's call list
-- depends: 0004_queue
-- migrate: apply

-- The words of a name as they are compared: Müller, MUELLER and Muller are one, as are Łukasz and
-- lukasz. Marks above and below letters are taken off, capitals made small, and "e" after a, o and u is
-- dropped on both sides: that is what an umlaut becomes when it is typed without its key. A prefix of
-- a name stays one. Needs no extension, and of the server's locale only that it is UTF-8.
CREATE FUNCTION name_words(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT word), '{}')
      FROM string_to_table(
               regexp_replace(
                   regexp_replace(
                       replace(replace(replace(
                           translate(
                               lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f''’‘ʼ`´]', '', 'g')),
                               'łŁøØđĐðÐıþÞ', 'llooddddiþþ'),
                           'ß', 'ss'), 'æ', 'a'), 'œ', 'o'),
                       '([aou])e', '\1', 'g'),
                   '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f]+', ' ', 'g'),
               ' ') AS word
     WHERE word <> ''
$$;

-- What a searched name asks of the words of a kept one: each of its words begins one of them, in any
-- order. Single letters ask nothing; NULL when nothing is left.
CREATE FUNCTION name_query(name text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery
      FROM unnest(name_words(name)) AS word
     WHERE char_length(word) >= 2
$$;

-- Kept by the database itself, so that no writer of contacts can forget it; goes with the contact.
ALTER TABLE appointment_contact
    ADD COLUMN words tsvector GENERATED ALWAYS AS (array_to_tsvector(name_words(name))) STORED;
CREATE INDEX appointment_contact_words_index ON appointment_contact USING gin (words) WHERE name <> '';
CREATE INDEX appointment_contact_phone_index ON appointment_contact (phone) WHERE phone IS NOT NULL;
CREATE INDEX appointment_contact_email_index ON appointment_contact (lower(email)) WHERE email IS NOT NULL;

-- Every look of staff at contact data: who, when, how, and whose, by the references of appointments or
-- the ids of callbacks; never what was searched for. office_id is NULL for what belongs to an authority
-- as a whole.
CREATE TABLE contact_access (
    authority_id integer     NOT NULL REFERENCES authority (id),
    office_id    integer     REFERENCES office (id),
    id           bigint      GENERATED ALWAYS AS IDENTITY,
    at           timestamptz NOT NULL,
    actor        text        NOT NULL,
    what         text        NOT NULL,
    seen         text[]      NOT NULL,
    PRIMARY KEY (authority_id, id),
    CONSTRAINT contact_access_seen_check CHECK (cardinality(seen) > 0)
);
CREATE INDEX contact_access_office_index ON contact_access (office_id, id);
CREATE INDEX contact_access_at_index ON contact_access (at);

-- Somebody is to be called. name, phone and what was said are emptied some days after the end; the
-- figures stay.
CREATE TABLE callback (
    id           uuid        NOT NULL,
    authority_id integer     NOT NULL REFERENCES authority (id),
    office_id    integer     REFERENCES office (id),
    state        text        NOT NULL DEFAULT 'open',
    name         text        NOT NULL,
    -- In E.164.
    phone        text,
    language     text        NOT NULL,
    subject      text        NOT NULL,
    note         text        NOT NULL,
    due_at       timestamptz NOT NULL,
    reason       text        NOT NULL,
    service_id   integer     REFERENCES service (id),
    -- Of the appointment that it is about; no foreign key, because it is not to keep one from moving.
    reference    text,
    created_at   timestamptz NOT NULL,
    taken_by     integer     REFERENCES staff_user (id),
    finished_at  timestamptz,
    PRIMARY KEY (id),
    CONSTRAINT callback_state_check CHECK (state IN ('open', 'taken', 'done', 'withdrawn')),
    CONSTRAINT callback_reason_check CHECK (reason IN ('callback', 'call_list')),
    CONSTRAINT callback_taken_check CHECK ((state = 'taken') = (taken_by IS NOT NULL)),
    CONSTRAINT callback_finished_check CHECK ((state IN ('done', 'withdrawn')) = (finished_at IS NOT NULL)),
    CONSTRAINT callback_phone_check CHECK (phone IS NOT NULL OR finished_at IS NOT NULL)
);
CREATE INDEX callback_due_index ON callback (state, due_at, id);
CREATE INDEX callback_kept_index ON callback (finished_at) WHERE phone IS NOT NULL;

-- The hand-overs of an item, so that nobody has to tell it twice.
CREATE TABLE callback_event (
    callback_id uuid        NOT NULL REFERENCES callback (id) ON DELETE CASCADE,
    id          bigint      GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    verb        text        NOT NULL,
    -- NULL: the service itself.
    user_id     integer     REFERENCES staff_user (id),
    note        text        NOT NULL,
    due_at      timestamptz,
    PRIMARY KEY (callback_id, id),
    CONSTRAINT callback_event_verb_check CHECK
        (verb IN ('add', 'take', 'release', 'postpone', 'done', 'withdraw'))
);

-- An item as it is read, with names for its ids and its timeline, oldest first.
CREATE VIEW kept_callback AS
    SELECT c.id, c.authority_id, a.slug AS authority, c.office_id, o.slug AS office, c.state, c.name, c.phone,
           c.language, c.subject, c.note, c.due_at, c.reason, s.code AS service, c.reference, c.created_at,
           c.taken_by, u.display_name AS taken_by_name, c.finished_at,
           (SELECT jsonb_agg(jsonb_build_object('at', e.at, 'verb', e.verb, 'by', by.display_name,
                                                'note', e.note, 'due_at', e.due_at) ORDER BY e.id)
              FROM callback_event e LEFT JOIN staff_user by ON by.id = e.user_id
             WHERE e.callback_id = c.id)::text AS timeline
      FROM callback c
      JOIN authority a ON a.id = c.authority_id
      LEFT JOIN office o ON o.id = c.office_id
      LEFT JOIN service s ON s.id = c.service_id
      LEFT JOIN staff_user u ON u.id = c.taken_by;

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('callback', 'open',  'take',     'taken'),
    ('callback', 'open',  'postpone', 'open'),
    ('callback', 'open',  'withdraw', 'withdrawn'),
    ('callback', 'taken', 'release',  'open'),
    ('callback', 'taken', 'postpone', 'open'),
    ('callback', 'taken', 'done',     'done'),
    ('callback', 'taken', 'withdraw', 'withdrawn');
CREATE TRIGGER callback_lifecycle BEFORE UPDATE OF state ON callback
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('callback');

-- migrate: rollback
DROP VIEW kept_callback;
DROP TABLE callback_event;
DROP TABLE callback;
DELETE FROM lifecycle_transition WHERE lifecycle = 'callback';
DROP TABLE contact_access;
DROP INDEX appointment_contact_email_index;
DROP INDEX appointment_contact_phone_index;
ALTER TABLE appointment_contact DROP COLUMN words;
DROP FUNCTION name_query(text);
DROP FUNCTION name_words(text);
