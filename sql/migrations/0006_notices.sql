-- Messages to visitors, written together with what they tell; links that open; reminders
-- depends: 0004_queue
-- migrate: apply

-- A message is written in the transaction of the verb that it tells of, so that neither is there
-- without the other. Whoever sends it first makes it "sending", in a transaction of its own: what
-- is still "sending" when its claim is over may have left the house, and nobody sends it again
-- but a human being.
CREATE TABLE outbox (
    office_id       integer     NOT NULL,
    id              uuid        NOT NULL,
    appointment_id  uuid        NOT NULL,
    -- The appointment's, as it is shown.
    reference       text        NOT NULL,
    way             text        NOT NULL,
    kind            text        NOT NULL,
    -- Everything that its wording needs, with name and address; gone once nobody has to send it.
    payload         jsonb,
    state           text        NOT NULL DEFAULT 'queued',
    -- How often the appointment had changed: calendars keep the highest.
    sequence        integer     NOT NULL,
    -- Since it was last put into the queue.
    attempts        smallint    NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    -- Who sends it, and until when that may be believed. The name of the last claim stays, so that
    -- a sender that comes late can still say what became of it, unless somebody else has it by then.
    claim           uuid,
    claimed_until   timestamptz,
    -- A code; never what a server answered, which quotes addresses.
    last_error      text,
    created_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    -- Later it would tell nobody anything: the visit is over, or the offer is.
    useful_until    timestamptz NOT NULL,
    PRIMARY KEY (office_id, id),
    -- ON UPDATE: an appointment may move to another office.
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT outbox_id_key UNIQUE (id),
    CONSTRAINT outbox_way_check CHECK (way IN ('email', 'sms', 'letter')),
    CONSTRAINT outbox_kind_check CHECK
        (kind IN ('booked', 'moved', 'cancelled', 'reminder', 'offered', 'displaced')),
    CONSTRAINT outbox_state_check CHECK
        (state IN ('queued', 'sending', 'sent', 'failed', 'unclear', 'printed', 'posted', 'withdrawn', 'settled')),
    CONSTRAINT outbox_claim_check CHECK ((state = 'sending') = (claimed_until IS NOT NULL)),
    CONSTRAINT outbox_payload_check CHECK
        ((payload IS NULL) = (state IN ('sent', 'posted', 'withdrawn', 'settled')))
);
CREATE INDEX outbox_due_index ON outbox (way, next_attempt_at) WHERE state = 'queued';
CREATE INDEX outbox_claim_index ON outbox (claimed_until) WHERE state = 'sending';
-- What staff look at.
CREATE INDEX outbox_open_index ON outbox (office_id, created_at)
    WHERE state IN ('queued', 'sending', 'failed', 'unclear', 'printed');
CREATE INDEX outbox_appointment_index ON outbox (office_id, appointment_id);
CREATE INDEX outbox_useful_index ON outbox (useful_until)
    WHERE state IN ('queued', 'failed', 'unclear', 'printed');
CREATE INDEX outbox_over_index ON outbox (useful_until)
    WHERE state IN ('sent', 'posted', 'withdrawn', 'settled');

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('message', 'queued',  'send',     'sending'),
    ('message', 'queued',  'print',    'printed'),
    ('message', 'queued',  'withdraw', 'withdrawn'),
    ('message', 'sending', 'deliver',  'sent'),
    ('message', 'sending', 'retry',    'queued'),
    ('message', 'sending', 'give_up',  'failed'),
    ('message', 'sending', 'lose',     'unclear'),
    ('message', 'unclear', 'deliver',  'sent'),
    ('message', 'unclear', 'retry',    'queued'),
    ('message', 'unclear', 'give_up',  'failed'),
    ('message', 'unclear', 'resend',   'queued'),
    ('message', 'unclear', 'settle',   'settled'),
    ('message', 'unclear', 'withdraw', 'withdrawn'),
    ('message', 'failed',  'resend',   'queued'),
    ('message', 'failed',  'settle',   'settled'),
    ('message', 'failed',  'withdraw', 'withdrawn'),
    ('message', 'printed', 'post',     'posted'),
    ('message', 'printed', 'resend',   'queued'),
    ('message', 'printed', 'withdraw', 'withdrawn');
CREATE TRIGGER message_lifecycle BEFORE UPDATE OF state ON outbox
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION refuse_illegal_transition('message');

-- Links in messages open the appointment too, each by a secret of its own: the one that the booking
-- was answered with is known to nobody any more.
CREATE TABLE appointment_secret (
    office_id      integer NOT NULL,
    appointment_id uuid    NOT NULL,
    secret_hash    bytea   NOT NULL,
    PRIMARY KEY (office_id, appointment_id, secret_hash),
    FOREIGN KEY (office_id, appointment_id) REFERENCES appointment (office_id, id)
        ON DELETE CASCADE ON UPDATE CASCADE
);

-- A reminder needs a consent of its own. "reminded_for" is the start that the visitor was reminded
-- of: after a move there is another one to be reminded of.
ALTER TABLE appointment_contact
    ADD COLUMN remind       boolean NOT NULL DEFAULT false,
    ADD COLUMN reminded_for timestamptz;

-- migrate: rollback
ALTER TABLE appointment_contact DROP COLUMN remind, DROP COLUMN reminded_for;
DROP TABLE appointment_secret;
DROP TABLE outbox;
DELETE FROM lifecycle_transition WHERE lifecycle = 'message';
