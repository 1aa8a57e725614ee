-- Letters on paper, and the words that an authority has of its own
-- depends: 0006_notices
-- migrate: apply

-- One line for each time a letter was printed. Whoever prints takes a batch: it can be opened again
-- when a browser has died, until its letters were handed to the post.
CREATE TABLE letter_print (
    -- Where the sheet lies, which stays so when the appointment moves to another office.
    office_id   integer     NOT NULL REFERENCES office (id),
    message_id  uuid        NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    batch       uuid        NOT NULL,
    -- 1 for the first time; from 2 on it stands on the sheet.
    copy        smallint    NOT NULL,
    large_print boolean     NOT NULL,
    printed_at  timestamptz NOT NULL,
    -- When nobody has to do anything with this sheet any more: posted, thrown away or printed again.
    cleared_at  timestamptz,
    PRIMARY KEY (office_id, message_id, batch),
    CONSTRAINT letter_print_copy_check CHECK (copy >= 1)
);
CREATE INDEX letter_print_batch_index ON letter_print (batch);
CREATE INDEX letter_print_message_index ON letter_print (message_id);
CREATE INDEX letter_print_open_index ON letter_print (office_id, printed_at) WHERE cleared_at IS NULL;

-- What an authority says in its own words. Where there is none, the standard text is used.
CREATE TABLE authority_text (
    authority_id integer     NOT NULL REFERENCES authority (id),
    kind         text        NOT NULL,
    way          text        NOT NULL,
    language     text        NOT NULL,
    text         text        NOT NULL,
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (authority_id, kind, way, language),
    CONSTRAINT authority_text_kind_check CHECK
        (kind IN ('booked', 'moved', 'cancelled', 'reminder', 'offered', 'displaced')),
    CONSTRAINT authority_text_way_check CHECK (way IN ('email', 'sms', 'letter'))
);

-- migrate: rollback
DROP TABLE authority_text;
DROP TABLE letter_print;
