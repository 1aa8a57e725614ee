-- The office cancels: words of its own for it; and one call about each visit, however often it is moved
-- depends: 0008_hotline 0013_authority_texts
-- migrate: apply
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced'));
ALTER TABLE authority_text DROP CONSTRAINT authority_text_kind_check;
ALTER TABLE authority_text ADD CONSTRAINT authority_text_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'called_off', 'reminder', 'offered', 'displaced'));

-- Of a call about a visit that the office moved or cancelled: when and where its visitor, who has not
-- been rung yet, still expects it. Whoever has is called about no earlier change.
ALTER TABLE callback
    ADD COLUMN expected_start     timestamptz,
    ADD COLUMN expected_office_id integer REFERENCES office (id),
    ADD CONSTRAINT callback_expected_check CHECK
        (num_nonnulls(expected_start, expected_office_id) IN (0, 2)
         AND (expected_start IS NULL OR reference IS NOT NULL));
CREATE UNIQUE INDEX callback_change_key ON callback (reference)
    WHERE expected_start IS NOT NULL AND state IN ('open', 'taken');

-- What it tells is another thing now: whoever has taken it looks again.
ALTER TABLE callback_event DROP CONSTRAINT callback_event_verb_check;
ALTER TABLE callback_event ADD CONSTRAINT callback_event_verb_check CHECK
    (verb IN ('add', 'renew', 'take', 'release', 'postpone', 'done', 'withdraw'));
INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('callback', 'open',  'renew', 'open'),
    ('callback', 'taken', 'renew', 'open');

-- migrate: rollback
DELETE FROM lifecycle_transition WHERE lifecycle = 'callback' AND verb = 'renew';
UPDATE callback_event SET verb = 'release' WHERE verb = 'renew';
ALTER TABLE callback_event DROP CONSTRAINT callback_event_verb_check;
ALTER TABLE callback_event ADD CONSTRAINT callback_event_verb_check CHECK
    (verb IN ('add', 'take', 'release', 'postpone', 'done', 'withdraw'));
DROP INDEX callback_change_key;
ALTER TABLE callback DROP COLUMN expected_start, DROP COLUMN expected_office_id;
DELETE FROM authority_text WHERE kind = 'called_off';
ALTER TABLE authority_text DROP CONSTRAINT authority_text_kind_check;
ALTER TABLE authority_text ADD CONSTRAINT authority_text_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'reminder', 'offered', 'displaced'));
DELETE FROM outbox WHERE kind = 'called_off';
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK
    (kind IN ('booked', 'moved', 'cancelled', 'reminder', 'offered', 'displaced'));
