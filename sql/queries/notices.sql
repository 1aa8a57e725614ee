-- name: next_sequence(office_id, visit_id)$
-- How often the visit has been told of as changed, or was moved without a word if that is more; the caller
-- has it locked or has just made it. Of somebody's place on the waiting list: 0.
SELECT greatest(coalesce(max(m.sequence) + 1, 0),
                (SELECT v.moves FROM visit v WHERE v.office_id = :office_id AND v.id = :visit_id)) AS sequence
  FROM outbox m WHERE m.office_id = :office_id AND m.visit_id = :visit_id;

-- name: enqueue(office_id, ids, ways, visit_id, reference, kind, payload, sequence, useful_until, now)!
-- Writes one message for each way, in the transaction of what it tells, about a visit or about somebody's
-- place on the waiting list; one that isn't there is a violation of outbox_visit_check.
INSERT INTO outbox (office_id, id, appointment_id, entry_booking_id, waiting_entry_id, reference, way, kind, payload, sequence,
                    next_attempt_at, created_at, useful_until)
SELECT :office_id, message.id, v.appointment_id, v.entry_booking_id, e.id, :reference, message.way, :kind,
       :payload ::text::jsonb, :sequence, :now, :now, :useful_until
  FROM unnest(:ids ::uuid[], :ways ::text[]) AS message (id, way)
  LEFT JOIN visit v ON v.office_id = :office_id AND v.id = :visit_id
  LEFT JOIN waiting_entry e ON e.id = :visit_id;

-- name: unsent_displacement(office_id, visit_id)
-- Messages that the office had to move a visit, of which nothing has reached its visitor by any way, nor
-- anything newer; the newest first. Their senders wait until the transaction ends.
SELECT m.payload ::text AS payload
  FROM outbox m
 WHERE m.office_id = :office_id AND m.visit_id = :visit_id
   AND m.kind = 'displaced' AND m.state IN ('queued', 'failed', 'printed')
   AND NOT EXISTS (SELECT FROM outbox told
                    WHERE told.office_id = m.office_id AND told.visit_id = m.visit_id
                      AND told.sequence >= m.sequence
                      AND told.state IN ('sending', 'unclear', 'sent', 'posted', 'settled'))
 ORDER BY m.sequence DESC, m.id
   FOR NO KEY UPDATE OF m;

-- name: withdraw_earlier(office_id, visit_id)!
-- Takes back what has not been sent about a visit, because something newer is told.
UPDATE outbox SET state = 'withdrawn', payload = NULL
 WHERE office_id = :office_id AND visit_id = :visit_id
   AND state IN ('queued', 'failed', 'unclear', 'printed');

-- name: withdraw_about_waiting(entry_ids)!
-- Takes back what has not been sent about these people's places on the waiting list.
UPDATE outbox SET state = 'withdrawn', payload = NULL
 WHERE waiting_entry_id = ANY (:entry_ids ::uuid[]) AND state IN ('queued', 'failed', 'unclear', 'printed');

-- name: claim(way, most, claim, now, claimed_until)
-- Takes the messages that have waited longest for this way, each by one sender alone: whoever else
-- asks at the same moment is given others.
WITH due AS (
    SELECT m.office_id, m.id FROM outbox m
     WHERE m.state = 'queued' AND m.way = :way AND m.next_attempt_at <= :now AND m.useful_until > :now
     ORDER BY m.next_attempt_at
     LIMIT :most
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE outbox m SET state = 'sending', attempts = m.attempts + 1, claim = :claim, claimed_until = :claimed_until
  FROM due WHERE m.office_id = due.office_id AND m.id = due.id
RETURNING m.id, m.way, m.kind, m.attempts, m.claim, m.useful_until, m.payload ::text AS payload;

-- name: note_outcome(id, claim, state, last_error, next_attempt_at, now)$
-- Writes down what became of a message; gives its id, or no row when it is no longer this sender's.
UPDATE outbox
   SET state = :state, last_error = :last_error, claimed_until = NULL,
       payload = CASE WHEN :state = 'sent' THEN NULL ELSE payload END,
       sent_at = CASE WHEN :state = 'sent' THEN :now ::timestamptz END,
       next_attempt_at = coalesce(:next_attempt_at, next_attempt_at)
 WHERE id = :id AND claim = :claim AND state IN ('sending', 'unclear')
RETURNING id;

-- name: lose_claims(now)
-- Gives the messages whose sender has not said in time what became of them; from now on they are unclear.
UPDATE outbox SET state = 'unclear', last_error = 'sender_lost', claimed_until = NULL
 WHERE (office_id, id) IN (SELECT m.office_id, m.id FROM outbox m
                            WHERE m.state = 'sending' AND m.claimed_until <= :now AND m.kind <> 'alarm'
                              FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id;

-- name: enqueue_alarm(office_id, alarm_id, ids, ways, payload, useful_until, now)!
-- Writes one message for each way in the alarm's transaction; it goes before whatever else is due.
INSERT INTO outbox (office_id, id, alarm_id, reference, way, kind, payload, sequence, next_attempt_at, created_at, useful_until)
SELECT :office_id, message.id, :alarm_id ::bigint, (:alarm_id ::bigint) ::text, message.way, 'alarm', :payload ::text::jsonb, 0,
       :now ::timestamptz - interval '1 hour', :now, :useful_until
  FROM unnest(:ids ::uuid[], :ways ::text[]) AS message (id, way);

-- name: withdraw_alarm(office_id, alarm_id)!
-- Takes back what has not been sent about an alarm that is over.
UPDATE outbox SET state = 'withdrawn', payload = NULL
 WHERE office_id = :office_id AND alarm_id = :alarm_id AND state IN ('queued', 'failed', 'unclear');

-- name: retry_lost_alarms(now)
-- Gives the alarms whose sender has not said in time what became of them; they are sent again, because
-- twice is better than not at all.
UPDATE outbox SET state = 'queued', last_error = 'sender_lost', claimed_until = NULL, next_attempt_at = :now
 WHERE (office_id, id) IN (SELECT m.office_id, m.id FROM outbox m
                            WHERE m.state = 'sending' AND m.claimed_until <= :now AND m.kind = 'alarm'
                              FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id;

-- name: find_message(id)^
-- A message with the office that it belongs to, and by which channel its visit was booked or waited for.
SELECT m.office_id, o.authority_id, coalesce(v.channel, e.channel) AS channel, m.id, m.reference, v.starts_at, m.way, m.kind, m.state, m.attempts,
       m.last_error, m.created_at, m.next_attempt_at, m.sent_at
  FROM outbox m
  JOIN office o ON o.id = m.office_id
  LEFT JOIN visit v ON v.office_id = m.office_id AND v.id = m.visit_id
  LEFT JOIN waiting_entry e ON e.id = m.waiting_entry_id
 WHERE m.id = :id;

-- name: resend(id, from_states, now)^
-- Puts a message back into the queue as if it were new; no row when another verb was faster.
UPDATE outbox SET state = 'queued', attempts = 0, next_attempt_at = :now, last_error = NULL
 WHERE id = :id AND state = ANY (:from_states ::text[])
RETURNING id;

-- name: settle(id, from_states)^
-- Notes that the visitor was told in another way; no row when another verb was faster.
UPDATE outbox SET state = 'settled', payload = NULL
 WHERE id = :id AND state = ANY (:from_states ::text[])
RETURNING id;

-- name: list_messages(office_id, states, channel, most)
-- An office's messages in these states, the newest first, without anything of what they say;
-- channel may be NULL: of all channels.
SELECT m.id, m.reference, v.starts_at, m.way, m.kind, m.state, m.attempts, m.last_error, m.created_at,
       m.next_attempt_at, m.sent_at
  FROM outbox m
  LEFT JOIN visit v ON v.office_id = m.office_id AND v.id = m.visit_id
  LEFT JOIN waiting_entry e ON e.id = m.waiting_entry_id
 WHERE m.office_id = :office_id AND m.state = ANY (:states ::text[])
   AND (:channel ::text IS NULL OR coalesce(v.channel, e.channel) = :channel)
 ORDER BY m.created_at DESC, m.id
 LIMIT :most;

-- name: withdraw_useless(now)!
-- Takes back what would tell nobody anything any more. What failed stays in the staff's sight as many days
-- longer as its authority keeps who it was for.
UPDATE outbox SET state = 'withdrawn', payload = NULL
 WHERE (office_id, id) IN (SELECT m.office_id, m.id
                             FROM outbox m
                             JOIN office o ON o.id = m.office_id
                             JOIN authority au ON au.id = o.authority_id
                            WHERE m.state IN ('queued', 'printed', 'failed', 'unclear') AND m.useful_until <= :now
                              AND (m.state IN ('queued', 'printed')
                                   OR m.useful_until <= :now ::timestamptz - au.contact_days * interval '24 hours')
                              FOR NO KEY UPDATE OF m SKIP LOCKED);

-- name: forget_messages(before)!
-- Deletes the messages that nobody has to do anything about and that were of use until before this.
DELETE FROM outbox
 WHERE useful_until < :before AND state IN ('sent', 'posted', 'withdrawn', 'settled');

-- name: untouched_since(before)
-- Messages that should have been tried before this instant, and never were.
SELECT o.slug AS office, m.id, m.way
  FROM outbox m JOIN office o ON o.id = m.office_id
 WHERE m.state = 'queued' AND m.way <> 'letter' AND m.attempts = 0 AND m.next_attempt_at < :before
 ORDER BY m.next_attempt_at;
