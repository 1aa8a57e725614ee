-- In which form a visitor wants letters: the wish is kept with the contact, and goes with it
-- depends: 0007_waiting_list 0008_hotline 0009_entries
-- migrate: apply

-- "large_print": 16 points, for whoever sees badly. Leichte Sprache is a language, and stands there.
ALTER TABLE appointment_contact
    ADD COLUMN letter_form text NOT NULL DEFAULT 'standard',
    ADD CONSTRAINT appointment_contact_letter_form_check CHECK (letter_form IN ('standard', 'large_print'));
ALTER TABLE entry_contact
    ADD COLUMN letter_form text NOT NULL DEFAULT 'standard',
    ADD CONSTRAINT entry_contact_letter_form_check CHECK (letter_form IN ('standard', 'large_print'));
ALTER TABLE waiting_contact
    ADD COLUMN letter_form text NOT NULL DEFAULT 'standard',
    ADD CONSTRAINT waiting_contact_letter_form_check CHECK (letter_form IN ('standard', 'large_print'));

CREATE OR REPLACE VIEW waiting_person AS
    SELECT e.id, e.place, e.reference, e.secret_hash, e.state, e.codes, e.quantities, e.persons, e.channel, e.offices,
           e.first_day, e.last_day, e.weekdays, e.opens, e.closes, e.notice_hours, e.ways, e.asked_at, e.refused,
           e.unanswered, c.entry_id IS NOT NULL AS has_contact, c.name, c.phone, c.email,
           c.postal_address::text AS postal_address, c.language, c.confirm_by, c.remind, c.letter_form
      FROM waiting_entry e
      LEFT JOIN waiting_contact c ON c.entry_id = e.id;

-- migrate: rollback
DROP VIEW waiting_person;
ALTER TABLE waiting_contact DROP COLUMN letter_form;
ALTER TABLE entry_contact DROP COLUMN letter_form;
ALTER TABLE appointment_contact DROP COLUMN letter_form;
CREATE VIEW waiting_person AS
    SELECT e.id, e.place, e.reference, e.secret_hash, e.state, e.codes, e.quantities, e.persons, e.channel, e.offices,
           e.first_day, e.last_day, e.weekdays, e.opens, e.closes, e.notice_hours, e.ways, e.asked_at, e.refused,
           e.unanswered, c.entry_id IS NOT NULL AS has_contact, c.name, c.phone, c.email,
           c.postal_address::text AS postal_address, c.language, c.confirm_by, c.remind
      FROM waiting_entry e
      LEFT JOIN waiting_contact c ON c.entry_id = e.id;
