-- name: keep_plan(office_id)$
-- Keeps every other making of this office's hours away until the transaction ends; gives the day up
-- to which they were made, the first of all days for an office that never had any.
INSERT INTO entry_plan (office_id, opened_until) VALUES (:office_id, '-infinity')
ON CONFLICT (office_id) DO UPDATE SET opened_until = entry_plan.opened_until
RETURNING opened_until;

-- name: offices_to_open(horizon_days, now)
-- Offices that have hours and whose last day within the horizon isn't made yet.
SELECT o.id AS office_id
  FROM entry_plan p JOIN office o ON o.id = p.office_id
 WHERE p.opened_until < (:now ::timestamptz AT TIME ZONE o.time_zone)::date + :horizon_days ::integer
 ORDER BY o.id;

-- name: set_opened_until(office_id, opened_until)!
-- Notes up to which day an office's hours are made.
UPDATE entry_plan SET opened_until = :opened_until WHERE office_id = :office_id;

-- name: lock_coming(office_id, now)
-- Keeps bookings away from the office's coming hours until the transaction ends; in the order in
-- which everybody locks hours, that of their ids.
SELECT e.id FROM timed_entry e WHERE e.office_id = :office_id AND e.starts_at > :now ORDER BY e.id FOR UPDATE;

-- name: upsert_entry(office_id, code, starts_at, ends_at, title, price, most_party, places, counter_places, phone_places, online_places, next_release_at)*!
-- The hour is there as planned; what is taken of it stays.
INSERT INTO timed_entry (office_id, code, starts_at, ends_at, title, price, most_party, places, counter_places,
                         phone_places, online_places, next_release_at)
VALUES (:office_id, :code, :starts_at, :ends_at, :title ::text::jsonb, :price ::text::jsonb, :most_party, :places,
        :counter_places, :phone_places, :online_places, :next_release_at)
ON CONFLICT ON CONSTRAINT timed_entry_start_key DO UPDATE
   SET ends_at = excluded.ends_at, title = excluded.title, price = excluded.price,
       most_party = excluded.most_party, places = excluded.places, counter_places = excluded.counter_places,
       phone_places = excluded.phone_places, online_places = excluded.online_places,
       next_release_at = excluded.next_release_at, withdrawn = false;

-- name: due_releases(now, most)
-- Hours of which more is to be opened by now, the longest due first, each locked for one asker alone: one
-- that somebody books, or whose plan is being changed, is left to the next round.
SELECT e.office_id, e.id, e.code, e.starts_at
  FROM timed_entry e
 WHERE e.next_release_at <= :now
 ORDER BY e.next_release_at, e.office_id, e.id
 LIMIT :most
   FOR UPDATE SKIP LOCKED;

-- name: open_places(office_id, hour_id, counter_places, phone_places, online_places, next_release_at)*!
-- A locked hour is open as far as that.
UPDATE timed_entry
   SET counter_places = :counter_places, phone_places = :phone_places, online_places = :online_places,
       next_release_at = :next_release_at
 WHERE office_id = :office_id AND id = :hour_id;

-- name: overdue_releases(due_before, now)
-- Hours still to come of which more was to be opened before then.
SELECT o.slug AS office, e.code, e.starts_at, e.next_release_at
  FROM timed_entry e JOIN office o ON o.id = e.office_id
 WHERE e.next_release_at < :due_before AND e.starts_at > :now
 ORDER BY e.office_id, e.id;

-- name: drop_unplanned(office_id, codes, starts, now)!
-- Takes coming hours away that the plan no longer has and nobody has ever booked.
DELETE FROM timed_entry e
 WHERE e.office_id = :office_id AND e.starts_at > :now
   AND NOT EXISTS (SELECT FROM unnest(:codes ::text[], :starts ::timestamptz[]) AS planned (code, starts_at)
                    WHERE planned.code = e.code AND planned.starts_at = e.starts_at)
   AND NOT EXISTS (SELECT FROM entry_booking b WHERE b.office_id = e.office_id AND b.entry_id = e.id);

-- name: withdraw_unplanned(office_id, codes, starts, now)!
-- Offers coming hours no longer that the plan doesn't have, but somebody has booked.
UPDATE timed_entry e SET withdrawn = true, next_release_at = NULL
 WHERE e.office_id = :office_id AND e.starts_at > :now
   AND NOT EXISTS (SELECT FROM unnest(:codes ::text[], :starts ::timestamptz[]) AS planned (code, starts_at)
                    WHERE planned.code = e.code AND planned.starts_at = e.starts_at);

-- name: search(offices, codes, not_before, before, first_day, last_day, party_size, level, limit)
-- The earliest hours with places for the party by this level. offices, codes and the ends of the
-- time may be NULL; days are the office's own.
SELECT o.slug AS office, o.time_zone, e.code, e.starts_at, e.ends_at, e.title ::text AS title, e.price ::text AS price,
       e.most_party, e.places, entry_free(e, :level) AS free
  FROM timed_entry e JOIN office o ON o.id = e.office_id
 WHERE NOT e.withdrawn
   AND (:offices ::text[] IS NULL OR o.slug = ANY (:offices))
   AND (:codes ::text[] IS NULL OR e.code = ANY (:codes))
   AND e.starts_at >= :not_before AND e.starts_at < coalesce(:before ::timestamptz, 'infinity')
   AND (e.starts_at AT TIME ZONE o.time_zone)::date >= coalesce(:first_day ::date, '-infinity')
   AND (e.starts_at AT TIME ZONE o.time_zone)::date <= coalesce(:last_day ::date, 'infinity')
   AND e.most_party >= :party_size ::integer AND entry_free(e, :level) >= :party_size ::integer
 ORDER BY e.starts_at, o.slug, e.code
 LIMIT :limit;

-- name: searched(offices, codes, not_before, before, first_day, last_day, party_size)^
-- Why such a search may have found nothing: is there anything of the kind at all; at this time; for
-- parties as large; and with places left that another level could take, or that are opened then.
SELECT count(*) > 0 AS offered,
       count(*) FILTER (WHERE asked.in_time) > 0 AS planned,
       coalesce(bool_or(asked.in_time AND asked.most_party >= :party_size ::integer), false) AS party_fits,
       coalesce(bool_or(asked.in_time AND asked.most_party >= :party_size ::integer AND asked.free >= :party_size ::integer), false)
           AS left_for_others,
       min(asked.next_release_at)
           FILTER (WHERE asked.in_time AND asked.most_party >= :party_size ::integer AND asked.free >= :party_size ::integer)
           AS next_release_at
  FROM (SELECT e.most_party, entry_free(e, 4 ::smallint) AS free, e.next_release_at,
               e.starts_at >= :not_before AND e.starts_at < coalesce(:before ::timestamptz, 'infinity')
               AND (e.starts_at AT TIME ZONE o.time_zone)::date >= coalesce(:first_day ::date, '-infinity')
               AND (e.starts_at AT TIME ZONE o.time_zone)::date <= coalesce(:last_day ::date, 'infinity') AS in_time
          FROM timed_entry e JOIN office o ON o.id = e.office_id
         WHERE NOT e.withdrawn
           AND (:offices ::text[] IS NULL OR o.slug = ANY (:offices))
           AND (:codes ::text[] IS NULL OR e.code = ANY (:codes))) AS asked;

-- name: coming(office_id, now, level, limit)
-- The office's next hours, full ones among them, with what this level may still take.
SELECT o.slug AS office, o.time_zone, e.code, e.starts_at, e.ends_at, e.title ::text AS title, e.price ::text AS price,
       e.most_party, e.places, entry_free(e, :level) AS free
  FROM timed_entry e JOIN office o ON o.id = e.office_id
 WHERE NOT e.withdrawn AND e.office_id = :office_id AND e.starts_at > :now
 ORDER BY e.starts_at, e.code
 LIMIT :limit;

-- name: offered_entry(office_id, code, starts_at, level)^
-- One hour of the office with what this level may still take, full or over though it may be.
SELECT o.slug AS office, o.time_zone, e.code, e.starts_at, e.ends_at, e.title ::text AS title, e.price ::text AS price,
       e.most_party, e.places, entry_free(e, :level) AS free
  FROM timed_entry e JOIN office o ON o.id = e.office_id
 WHERE NOT e.withdrawn AND e.office_id = :office_id AND e.code = :code AND e.starts_at = :starts_at;

-- name: find_entry(office_id, code, starts_at)^
-- One hour, also one that is over or withdrawn.
SELECT e.id, e.code, e.starts_at, e.ends_at, e.title ::text AS title, e.price ::text AS price, e.most_party
  FROM timed_entry e WHERE e.office_id = :office_id AND e.code = :code AND e.starts_at = :starts_at;

-- name: book(office_id, hour_id, id, references, secret_hash, state, party_size, channel, emergency, level, expires_at, name, phone, email, postal_address, language, confirm_by, remind, letter_form, now)$
-- Takes the party's places and writes its booking, or does nothing and gives no row when they are
-- gone. One statement: the row lock of the hour is the only lock, and whoever waited for it sees what
-- is left then. The first of the references that nobody has yet is used and given.
WITH taken AS (
    UPDATE timed_entry e
       SET taken = e.taken + :party_size ::integer,
           taken_counter = e.taken_counter + CASE WHEN :level ::smallint <= 3 THEN :party_size ::integer ELSE 0 END,
           taken_phone = e.taken_phone + CASE WHEN :level ::smallint <= 2 THEN :party_size ::integer ELSE 0 END,
           taken_online = e.taken_online + CASE WHEN :level ::smallint <= 1 THEN :party_size ::integer ELSE 0 END
     WHERE e.office_id = :office_id AND e.id = :hour_id AND NOT e.withdrawn AND e.most_party >= :party_size ::integer
       AND entry_free(e, :level ::smallint) >= :party_size ::integer
    RETURNING e.office_id, e.id
), made AS (
    INSERT INTO entry_booking (office_id, id, entry_id, state, reference, secret_hash, party_size, channel,
                               emergency, created_at, expires_at)
    SELECT taken.office_id, :id, taken.id, :state,
           (SELECT free.reference FROM unnest(:references ::text[]) AS free (reference)
             WHERE NOT EXISTS (SELECT FROM entry_booking b WHERE b.reference = free.reference) LIMIT 1),
           :secret_hash, :party_size ::integer, :channel, :emergency, :now, :expires_at
      FROM taken
    RETURNING office_id, id, reference
), told AS (
    INSERT INTO entry_contact (office_id, booking_id, name, phone, email, postal_address, language, confirm_by, remind,
                               letter_form)
    SELECT made.office_id, made.id, :name, :phone, :email, :postal_address ::text::jsonb, :language, :confirm_by ::text[],
           :remind, :letter_form
      FROM made
)
SELECT made.reference FROM made;

-- name: find_booking(reference)^
-- One booking with its hour, its office and its contact.
SELECT b.office_id, b.id, o.slug AS office, o.authority_id, o.time_zone, b.entry_id, e.code, e.starts_at, e.ends_at,
       e.title ::text AS title, e.price ::text AS price, b.state, b.reference, b.secret_hash,
       ARRAY (SELECT s.secret_hash FROM entry_secret s
               WHERE s.office_id = b.office_id AND s.booking_id = b.id) AS link_hashes, b.party_size, b.channel,
       b.emergency, b.created_at, b.expires_at, c.booking_id IS NOT NULL AS has_contact, c.name, c.phone, c.email,
       c.postal_address ::text AS postal_address, c.language, c.confirm_by, c.remind, c.letter_form
  FROM entry_booking b
  JOIN timed_entry e ON e.office_id = b.office_id AND e.id = b.entry_id
  JOIN office o ON o.id = b.office_id
  LEFT JOIN entry_contact c ON c.office_id = b.office_id AND c.booking_id = b.id
 WHERE b.reference = :reference;

-- name: lock_booking(reference)$
-- Keeps every other verb away from this booking until the transaction ends.
SELECT id FROM entry_booking WHERE reference = :reference FOR UPDATE;

-- name: change_state(office_id, id, from_state, to_state, now)$
-- Takes the booking to another state and ends its hold, and notes when nobody has to come any more; no row
-- when another verb was faster.
UPDATE entry_booking
   SET state = :to_state, expires_at = CASE WHEN :to_state ::text = 'held' THEN expires_at END,
       ended_at = CASE WHEN :to_state ::text NOT IN ('held', 'booked', 'arrived') THEN :now ::timestamptz END
 WHERE office_id = :office_id AND id = :id AND state = :from_state
RETURNING id;

-- name: write_contact(office_id, booking_id, name, phone, email, postal_address, language, confirm_by, remind, letter_form)!
-- Puts this contact in the place of the one before.
INSERT INTO entry_contact (office_id, booking_id, name, phone, email, postal_address, language, confirm_by, remind,
                           letter_form)
VALUES (:office_id, :booking_id, :name, :phone, :email, :postal_address ::text::jsonb, :language, :confirm_by ::text[],
        :remind, :letter_form)
ON CONFLICT (office_id, booking_id) DO UPDATE
   SET name = excluded.name, phone = excluded.phone, email = excluded.email,
       postal_address = excluded.postal_address, language = excluded.language, confirm_by = excluded.confirm_by,
       remind = excluded.remind, letter_form = excluded.letter_form;

-- name: lock_entries(office_id, hour_ids)
-- Keeps bookings away from these hours until the transaction ends. Locked in the order of their ids,
-- so that no two transactions wait for each other.
SELECT e.id FROM timed_entry e WHERE e.office_id = :office_id AND e.id = ANY (:hour_ids ::integer[]) ORDER BY e.id FOR UPDATE;

-- name: move_booking(office_id, id, hour_id, party_size, level, emergency)$
-- Puts a locked booking into another locked hour of the same kind; no row when its places are gone.
-- What both hours hold is counted anew by the caller.
UPDATE entry_booking b SET entry_id = e.id, emergency = :emergency, moves = b.moves + 1
  FROM timed_entry e
 WHERE b.office_id = :office_id AND b.id = :id
   AND e.office_id = b.office_id AND e.id = :hour_id AND NOT e.withdrawn AND e.most_party >= :party_size ::integer
   AND entry_free(e, :level) >= :party_size ::integer
RETURNING b.id;

-- name: recount(office_id, hour_ids)!
-- Counts what is taken of locked hours from their bookings, whatever was kept before.
UPDATE timed_entry e
   SET taken = truth.taken, taken_counter = truth.taken_counter, taken_phone = truth.taken_phone,
       taken_online = truth.taken_online
  FROM (SELECT counted.id, coalesce(sum(b.party_size), 0) AS taken,
               coalesce(sum(b.party_size) FILTER (WHERE booking_level(b.channel, b.emergency) <= 3), 0) AS taken_counter,
               coalesce(sum(b.party_size) FILTER (WHERE booking_level(b.channel, b.emergency) <= 2), 0) AS taken_phone,
               coalesce(sum(b.party_size) FILTER (WHERE booking_level(b.channel, b.emergency) <= 1), 0) AS taken_online
          FROM unnest(:hour_ids ::integer[]) AS counted (id)
          LEFT JOIN entry_booking b ON b.office_id = :office_id AND b.entry_id = counted.id
               AND b.state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed')
         GROUP BY counted.id) AS truth
 WHERE e.office_id = :office_id AND e.id = truth.id;

-- name: expire_held(now)
-- Ends holds whose time is over and gives the hours that they were on. Holds that another
-- transaction is working on are left to the next sweep.
UPDATE entry_booking SET state = 'expired', expires_at = NULL, ended_at = :now
 WHERE (office_id, id) IN (SELECT b.office_id, b.id FROM entry_booking b
                            WHERE b.state = 'held' AND b.expires_at <= :now
                            ORDER BY b.office_id, b.id
                              FOR UPDATE SKIP LOCKED)
RETURNING office_id, entry_id;

-- name: end_past(now)
-- When an hour is over, who came has had it and who didn't has missed it. Bookings that another
-- transaction is working on are left to the next sweep.
UPDATE entry_booking SET state = CASE state WHEN 'arrived' THEN 'fulfilled' ELSE 'missed' END, ended_at = :now
 WHERE (office_id, id) IN (SELECT b.office_id, b.id
                             FROM entry_booking b
                             JOIN timed_entry e ON e.office_id = b.office_id AND e.id = b.entry_id
                            WHERE b.state IN ('booked', 'arrived') AND e.ends_at <= :now
                            ORDER BY b.office_id, b.id
                              FOR UPDATE OF b SKIP LOCKED)
RETURNING id;

-- name: forget_contacts(now)!
-- Deletes who had booked hours that ended, or had cancelled, as many days ago as their authority keeps it,
-- and who let a hold run out; the bookings stay for the figures.
DELETE FROM entry_contact c USING visit v, office o, authority au
 WHERE v.office_id = c.office_id AND v.id = c.booking_id AND o.id = v.office_id AND au.id = o.authority_id
   AND contact_forgotten_at(v.state, v.ends_at, v.ended_at, au.contact_days) < :now;

-- name: add_secret(office_id, booking_id, secret_hash)!
-- Makes a further secret open the booking.
INSERT INTO entry_secret (office_id, booking_id, secret_hash) VALUES (:office_id, :booking_id, :secret_hash);

-- name: forget_secrets(now)!
-- Ends what links in messages open, for bookings whose contact is forgotten too.
DELETE FROM entry_secret s USING visit v, office o, authority au
 WHERE v.office_id = s.office_id AND v.id = s.booking_id AND o.id = v.office_id AND au.id = o.authority_id
   AND contact_forgotten_at(v.state, v.ends_at, v.ended_at, au.contact_days) < :now;

-- name: due_reminders(now, ahead, most)
-- Bookings whose parties want to be reminded, and are to be by now, each given to one asker alone; as
-- of appointments. Of an hour that is no longer planned nobody is reminded.
SELECT b.office_id, b.id, b.reference, e.starts_at
  FROM timed_entry e
  JOIN entry_booking b ON b.office_id = e.office_id AND b.entry_id = e.id
  JOIN entry_contact c ON c.office_id = b.office_id AND c.booking_id = b.id
  JOIN office o ON o.id = b.office_id
 CROSS JOIN LATERAL (SELECT reminder_at(e.starts_at, :ahead ::interval, o.time_zone) AS at) AS due
 WHERE b.state = 'booked' AND c.remind AND c.reminded_for IS DISTINCT FROM e.starts_at AND NOT e.withdrawn
   -- The evening before is at most thirteen hours earlier, fourteen when clocks are set back.
   AND e.starts_at > :now AND e.starts_at <= :now ::timestamptz + :ahead ::interval + interval '14 hours'
   AND due.at <= :now AND b.created_at < due.at
   AND (:now ::timestamptz AT TIME ZONE o.time_zone)::time BETWEEN '08:00' AND '20:00'
   AND NOT EXISTS (SELECT FROM outbox m
                    WHERE m.office_id = b.office_id AND m.visit_id = b.id AND m.created_at >= due.at)
 ORDER BY e.starts_at, b.id
 LIMIT :most
   FOR UPDATE OF b SKIP LOCKED;

-- name: note_reminded(office_id, booking_id, starts_at)$
-- Notes that the party is reminded of this start; no row when that was noted before.
UPDATE entry_contact SET reminded_for = :starts_at
 WHERE office_id = :office_id AND booking_id = :booking_id AND reminded_for IS DISTINCT FROM :starts_at
RETURNING booking_id;

-- name: miscounted(now)
-- Hours that aren't over and of which something else is kept than their bookings say.
SELECT o.slug AS office, e.code, e.starts_at,
       ARRAY[e.taken, e.taken_counter, e.taken_phone, e.taken_online] AS taken,
       ARRAY[truth.taken, truth.taken_counter, truth.taken_phone, truth.taken_online] AS booked
  FROM timed_entry e
  JOIN office o ON o.id = e.office_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(b.party_size), 0) ::integer AS taken,
              coalesce(sum(b.party_size) FILTER (WHERE booking_level(b.channel, b.emergency) <= 3), 0) ::integer AS taken_counter,
              coalesce(sum(b.party_size) FILTER (WHERE booking_level(b.channel, b.emergency) <= 2), 0) ::integer AS taken_phone,
              coalesce(sum(b.party_size) FILTER (WHERE booking_level(b.channel, b.emergency) <= 1), 0) ::integer AS taken_online
         FROM entry_booking b
        WHERE b.office_id = e.office_id AND b.entry_id = e.id
          AND b.state IN ('held', 'booked', 'arrived', 'fulfilled', 'missed')) AS truth
 WHERE e.ends_at > :now
   AND (e.taken, e.taken_counter, e.taken_phone, e.taken_online)
       IS DISTINCT FROM (truth.taken, truth.taken_counter, truth.taken_phone, truth.taken_online)
 ORDER BY e.office_id, e.id;

-- name: overbooked(office_id, now)
-- Coming hours with more people than the plan has places for, or that are no longer planned at all;
-- office_id may be NULL: of all offices.
SELECT o.slug AS office, e.code, e.starts_at, CASE WHEN e.withdrawn THEN 0 ELSE e.places END AS places, e.taken
  FROM timed_entry e JOIN office o ON o.id = e.office_id
 WHERE (:office_id ::integer IS NULL OR e.office_id = :office_id)
   AND e.ends_at > :now AND e.taken > CASE WHEN e.withdrawn THEN 0 ELSE e.places END
 ORDER BY e.starts_at, o.slug, e.code;

-- name: overbooked_parties(office_id, now)
-- Who has booked those hours of an office, of each the one that booked last first.
SELECT e.code, e.starts_at, b.reference, b.party_size
  FROM timed_entry e
  JOIN entry_booking b ON b.office_id = e.office_id AND b.entry_id = e.id AND b.state IN ('held', 'booked')
 WHERE e.office_id = :office_id
   AND e.ends_at > :now AND e.taken > CASE WHEN e.withdrawn THEN 0 ELSE e.places END
 ORDER BY e.starts_at, e.code, b.created_at DESC, b.reference;
