-- name: take_leg(office_id, pool_id, day, visit, level)$
-- Takes a place for a later part of a visit, or does nothing and gives no row when it is gone; its
-- appointment is written in the same transaction.
UPDATE pool_day
   SET planes = take_place(planes, :visit ::bit(300)),
       counter_planes = CASE WHEN :level ::smallint <= 3 THEN take_place(counter_planes, :visit ::bit(300)) ELSE counter_planes END,
       phone_planes = CASE WHEN :level ::smallint <= 2 THEN take_place(phone_planes, :visit ::bit(300)) ELSE phone_planes END,
       online_planes = CASE WHEN :level ::smallint <= 1 THEN take_place(online_planes, :visit ::bit(300)) ELSE online_planes END
 WHERE office_id = :office_id AND pool_id = :pool_id AND day = :day
   AND :visit ::bit(300) & open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)
       = :visit ::bit(300)
RETURNING pool_id;

-- name: add_leg(office_id, appointment_id, position, pool_id, day, first_cell, cells, starts_at)*!
-- Writes the later parts of a visit.
INSERT INTO appointment_leg (office_id, appointment_id, position, pool_id, day, first_cell, cells, starts_at)
VALUES (:office_id, :appointment_id, :position, :pool_id, :day, :first_cell, :cells, :starts_at);

-- name: drop_legs(office_id, appointment_id)!
-- The visit has no later parts any more.
DELETE FROM appointment_leg WHERE office_id = :office_id AND appointment_id = :appointment_id;

-- name: held_days(office_id, id)
-- The pool-days of which an appointment holds a place, the first part's first.
SELECT a.pool_id, a.day, 1 ::smallint AS position FROM appointment a WHERE a.office_id = :office_id AND a.id = :id
 UNION ALL
SELECT l.pool_id, l.day, l.position FROM appointment_leg l
 WHERE l.office_id = :office_id AND l.appointment_id = :id
 ORDER BY position;

-- name: book(office_id, pool_id, day, first_cell, cells, visit, level, id, references, secret_hash, starts_at, ends_at, state, services, persons, channel, emergency, expires_at, name, phone, email, postal_address, language, confirm_by, remind, letter_form, kind, now)^
-- Takes the place and writes the appointment, or does nothing and gives no row when the place is
-- gone. One statement: the row lock of the pool's day is the only lock, and whoever waited for it
-- sees what is left then. The first of the references that nobody has yet is used. "kind" names the
-- change that screens are told, NULL when the visit is on another day. The visit needs a place within
-- its own level's limit and all above, and takes one of each.
WITH taken AS (
    UPDATE pool_day
       SET planes = take_place(planes, :visit ::bit(300)),
           counter_planes = CASE WHEN :level ::smallint <= 3 THEN take_place(counter_planes, :visit ::bit(300)) ELSE counter_planes END,
           phone_planes = CASE WHEN :level ::smallint <= 2 THEN take_place(phone_planes, :visit ::bit(300)) ELSE phone_planes END,
           online_planes = CASE WHEN :level ::smallint <= 1 THEN take_place(online_planes, :visit ::bit(300)) ELSE online_planes END
     WHERE office_id = :office_id AND pool_id = :pool_id AND day = :day
       AND :visit ::bit(300) = :visit ::bit(300)
           & open_cells(:level ::smallint, planes, counter_planes, phone_planes, online_planes)
    RETURNING office_id, pool_id, day
), made AS (
    INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at, state, reference,
                             secret_hash, services, persons, channel, emergency, created_at, expires_at)
    SELECT taken.office_id, :id, taken.pool_id, taken.day, :first_cell, :cells, :starts_at, :ends_at, :state,
           (SELECT free.reference FROM unnest(:references ::text[]) AS free (reference)
             WHERE NOT EXISTS (SELECT FROM appointment a WHERE a.reference = free.reference) LIMIT 1),
           :secret_hash, :services ::text::jsonb, :persons, :channel, :emergency, :now, :expires_at
      FROM taken
    RETURNING *
), told AS (
    INSERT INTO appointment_contact (office_id, appointment_id, name, phone, email, postal_address, language, confirm_by,
                                     remind, letter_form)
    SELECT made.office_id, made.id, :name, :phone, :email, :postal_address ::text::jsonb, :language, :confirm_by ::text[],
           :remind, :letter_form
      FROM made
)
SELECT made.reference,
       CASE WHEN :kind ::text IS NOT NULL
            THEN publish_change(made.office_id, :kind, appointment_json(made ::appointment), :now) END AS version
  FROM made;

-- name: find_appointment(reference)^
-- One appointment with its office and contact.
SELECT a.office_id, a.id, o.slug AS office, o.authority_id, o.time_zone, a.pool_id, a.day, a.first_cell, a.cells,
       a.starts_at, a.ends_at, a.state, a.reference, a.secret_hash,
       ARRAY (SELECT s.secret_hash FROM appointment_secret s
               WHERE s.office_id = a.office_id AND s.appointment_id = a.id) AS link_hashes,
       a.services ::text AS services, a.persons, a.channel,
       a.emergency, a.created_at, a.expires_at, c.appointment_id IS NOT NULL AS has_contact, c.name, c.phone, c.email,
       c.postal_address ::text AS postal_address, c.language, c.confirm_by, c.remind, c.letter_form
  FROM appointment a
  JOIN office o ON o.id = a.office_id
  LEFT JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
 WHERE a.reference = :reference;

-- name: lock_appointment(reference)$
-- Keeps every other verb away from this appointment until the transaction ends.
SELECT id FROM appointment WHERE reference = :reference FOR UPDATE;

-- name: lock_appointment_by_id(office_id, id)^
-- The same by id, with what its lifecycle needs.
SELECT state, pool_id, day FROM appointment WHERE office_id = :office_id AND id = :id FOR UPDATE;

-- name: change_state(office_id, id, from_state, to_state, now)$
-- Takes the appointment to another state and ends its hold, and notes when nobody has to come any more; no
-- row when another verb was faster.
UPDATE appointment
   SET state = :to_state, expires_at = NULL,
       ended_at = CASE WHEN :to_state ::text NOT IN ('held', 'booked', 'arrived') THEN :now ::timestamptz END
 WHERE office_id = :office_id AND id = :id AND state = :from_state
RETURNING id;

-- name: mark_arrived(office_id, id)$
-- The visitor of a booked appointment is here; no row when another verb was faster.
UPDATE appointment SET state = 'arrived' WHERE office_id = :office_id AND id = :id AND state = 'booked' RETURNING id;

-- name: write_contact(office_id, appointment_id, name, phone, email, postal_address, language, confirm_by, remind, letter_form)!
-- Puts this contact in the place of the one before.
INSERT INTO appointment_contact (office_id, appointment_id, name, phone, email, postal_address, language, confirm_by,
                                 remind, letter_form)
VALUES (:office_id, :appointment_id, :name, :phone, :email, :postal_address ::text::jsonb, :language,
        :confirm_by ::text[], :remind, :letter_form)
ON CONFLICT (office_id, appointment_id) DO UPDATE
   SET name = excluded.name, phone = excluded.phone, email = excluded.email,
       postal_address = excluded.postal_address, language = excluded.language, confirm_by = excluded.confirm_by,
       remind = excluded.remind, letter_form = excluded.letter_form;

-- name: move_appointment(office_id, id, to_office_id, pool_id, day, first_cell, cells, starts_at, ends_at, emergency)!
-- Puts a locked appointment into another place; its pool-days are recomputed by the caller.
UPDATE appointment
   SET office_id = :to_office_id, pool_id = :pool_id, day = :day, first_cell = :first_cell, cells = :cells,
       starts_at = :starts_at, ends_at = :ends_at, emergency = :emergency, moves = moves + 1
 WHERE office_id = :office_id AND id = :id;

-- name: announce(office_id, id, kind, now)$
-- Tells the office's screens about an appointment as it is now.
SELECT publish_change(a.office_id, :kind, appointment_json(a), :now)
  FROM appointment a WHERE a.office_id = :office_id AND a.id = :id;

-- name: announce_departure(office_id, id, kind, now)$
-- Tells the screens of an office about an appointment that is no longer there.
SELECT publish_change(:office_id, :kind, jsonb_build_object('id', :id ::uuid), :now);

-- name: expire_held(now)
-- Ends holds whose time is over and gives them with each pool-day that they were on. Holds that another
-- transaction is working on are left to the next sweep.
WITH ended AS (
    UPDATE appointment SET state = 'expired', expires_at = NULL, ended_at = :now
     WHERE (office_id, id) IN (SELECT a.office_id, a.id FROM appointment a
                                WHERE a.state = 'held' AND a.expires_at <= :now
                                ORDER BY a.pool_id, a.day, a.id
                                  FOR UPDATE SKIP LOCKED)
    RETURNING office_id, id, pool_id, day
)
SELECT id, pool_id, day FROM ended
 UNION ALL
SELECT ended.id, l.pool_id, l.day
  FROM ended JOIN appointment_leg l ON l.office_id = ended.office_id AND l.appointment_id = ended.id;

-- name: miss_past(now)
-- Notes that nobody came to the appointments of earlier days; gives them. Those that another
-- transaction is working on are left to the next sweep.
UPDATE appointment SET state = 'missed', ended_at = :now
 WHERE (office_id, id) IN (SELECT a.office_id, a.id
                             FROM appointment a JOIN office o ON o.id = a.office_id
                            WHERE a.state = 'booked'
                              AND a.day < (:now ::timestamptz AT TIME ZONE o.time_zone)::date
                            ORDER BY a.office_id, a.id
                              FOR UPDATE OF a SKIP LOCKED)
RETURNING id;

-- name: forget_contacts(now)!
-- Deletes who had the appointments that ended, or were cancelled, as many days ago as their authority keeps
-- it, and who let a hold run out; the appointments stay for the figures.
DELETE FROM appointment_contact c USING appointment a, office o, authority au
 WHERE a.office_id = c.office_id AND a.id = c.appointment_id AND o.id = a.office_id AND au.id = o.authority_id
   AND contact_forgotten_at(a.state, a.ends_at, a.ended_at, au.contact_days) < :now;

-- name: visitor_named(office_id, appointment_id)^
-- By which name an appointment was made, and its reference; no row once names are forgotten.
SELECT a.reference, c.name FROM appointment a
  JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
 WHERE a.office_id = :office_id AND a.id = :appointment_id;

-- name: find_for_check_in(reference)^
-- What the queue needs of an appointment.
SELECT a.office_id, o.slug AS office, a.id, a.state, a.starts_at, a.ends_at, a.services ::text AS services,
       coalesce(c.language, 'de') AS language
  FROM appointment a
  JOIN office o ON o.id = a.office_id
  LEFT JOIN appointment_contact c ON c.office_id = a.office_id AND c.appointment_id = a.id
 WHERE a.reference = :reference;

-- name: expected_on(office_id, day)
-- The references of those who are expected at the office on a day, in the order of their visits.
SELECT reference FROM appointment
 WHERE office_id = :office_id AND day = :day AND state = 'booked' ORDER BY starts_at, reference;

-- name: missed_on(office_id, day)
-- When visitors were expected at the office on a day who did not come, and what for.
SELECT starts_at, services ::text AS services FROM appointment
 WHERE office_id = :office_id AND day = :day AND state = 'missed' ORDER BY starts_at, reference;

-- name: still_expected(office_id, day)
-- The visits of a day whose visitors have not come yet, in their order, without anything personal.
SELECT starts_at, services ::text AS services, persons FROM appointment
 WHERE office_id = :office_id AND day = :day AND state = 'booked' ORDER BY starts_at, reference;
