-- Timed entries: hours with places for many, and what is booked of them
-- depends: 0004_queue
-- migrate: apply

-- Up to which local day an office's hours have been made from its set-up. Whoever makes some holds
-- this line: an applied set-up and the opening of a new day come one after the other.
CREATE TABLE entry_plan (
    office_id    integer PRIMARY KEY REFERENCES office (id),
    opened_until date    NOT NULL
);

-- An hour with its places. What is taken is counted in nested parts, as contingents are: "taken" by
-- anybody, of it "taken_phone" by telephone and web, of it "taken_online" by the web alone. A booking
-- adds to them, everything else counts them anew from entry_booking. A plan that is cut below what is
-- booked leaves places < taken: then nothing is free, and somebody has to decide.
CREATE TABLE timed_entry (
    office_id     integer     NOT NULL REFERENCES office (id),
    id            integer     GENERATED ALWAYS AS IDENTITY,
    code          text        NOT NULL,
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    title         jsonb       NOT NULL,
    -- In words, by language; paid on site.
    price         jsonb       NOT NULL,
    most_party    smallint    NOT NULL,
    places        integer     NOT NULL,
    phone_places  integer     NOT NULL,
    online_places integer     NOT NULL,
    taken         integer     NOT NULL DEFAULT 0,
    taken_phone   integer     NOT NULL DEFAULT 0,
    taken_online  integer     NOT NULL DEFAULT 0,
    -- No longer planned; not offered, but its bookings stay until somebody has decided about them.
    withdrawn     boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (office_id, id),
    CONSTRAINT timed_entry_start_key UNIQUE (office_id, code, starts_at),
    CONSTRAINT timed_entry_ends_check CHECK (ends_at > starts_at),
    CONSTRAINT timed_entry_contingents_check CHECK
        (0 <= online_places AND online_places <= phone_places AND phone_places <= places),
    -- A fifth is never the web's alone, whatever a set-up or a program says.
    CONSTRAINT timed_entry_floor_check CHECK (online_places * 5 <= places * 4),
    CONSTRAINT timed_entry_taken_check CHECK
        (0 <= taken_online AND taken_online <= taken_phone AND taken_phone <= taken)
);
CREATE INDEX timed_entry_search_index ON timed_entry (starts_at) WHERE NOT withdrawn;

-- How many may still come by this channel: the least that any part leaves which the channel counts in.
CREATE FUNCTION entry_free(e timed_entry, channel text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, least(
        e.places - e.taken,
        CASE WHEN channel <> 'counter' THEN e.phone_places - e.taken_phone END,
        CASE WHEN channel = 'online' THEN e.online_places - e.taken_online END))
$$;

-- A party that has booked, or holds its places until "expires_at". Lives as an appointment does.
CREATE TABLE entry_booking (
    office_id   integer     NOT NULL,
    id          uuid        NOT NULL,
    entry_id    integer     NOT NULL,
    state       text        NOT NULL,
    reference   text        NOT NULL,
    secret_hash bytea       NOT NULL,
    party_size  smallint    NOT NULL,
    channel     text        NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    PRIMARY KEY (office_id, id),
    FOREIGN KEY (office_id, entry_id) REFERENCES timed_entry (office_id, id),
    CONSTRAINT entry_booking_reference_key UNIQUE (reference),
    CONSTRAINT entry_booking_state_check CHECK
        (state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed', 'cancelled', 'expired')),
    CONSTRAINT entry_booking_channel_check CHECK (channel IN ('online', 'phone', 'counter')),
    CONSTRAINT entry_booking_party_check CHECK (party_size > 0),
    CONSTRAINT entry_booking_hold_check CHECK ((state = 'held') = (expires_at IS NOT NULL))
);
CREATE INDEX entry_booking_entry_index ON entry_booking (office_id, entry_id)
    WHERE state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed');
CREATE INDEX entry_booking_expiry_index ON entry_booking (expires_at) WHERE state = 'held';
-- Who is still expected, or is there.
CREATE INDEX entry_booking_open_index ON entry_booking (office_id, entry_id) WHERE state IN ('booked', 'arrived');

CREATE TRIGGER entry_booking_lifecycle BEFORE UPDATE OF state ON entry_booking
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('appointment');

-- Kept apart so that it can be deleted two days after the visit while the figures stay.
CREATE TABLE entry_contact (
    office_id      integer NOT NULL,
    booking_id     uuid    NOT NULL,
    name           text    NOT NULL,
    phone          text,
    email          text,
    postal_address jsonb,
    language       text    NOT NULL,
    -- Empty: the reference was only spoken.
    confirm_by     text[]  NOT NULL,
    -- A reminder needs a consent of its own.
    remind         boolean NOT NULL,
    PRIMARY KEY (office_id, booking_id),
    FOREIGN KEY (office_id, booking_id) REFERENCES entry_booking (office_id, id) ON DELETE CASCADE,
    CONSTRAINT entry_contact_confirm_by_check CHECK (confirm_by <@ ARRAY['sms', 'email', 'letter'])
);

-- migrate: rollback
DROP TABLE entry_contact;
DROP TABLE entry_booking;
DROP FUNCTION entry_free(timed_entry, text);
DROP TABLE timed_entry;
DROP TABLE entry_plan;
