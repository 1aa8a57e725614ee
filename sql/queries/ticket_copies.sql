-- name: kiosk_for(office_id, ticket_id, device_id)$
-- The kiosk that is to print: the one that is named; otherwise the one that gave the number out, or else the
-- one that was heard of last. Nothing for an office without kiosks.
SELECT d.id FROM device d
 WHERE d.office_id = :office_id AND d.profile = 'kiosk' AND d.revoked_at IS NULL
   AND (d.id = :device_id OR :device_id ::int IS NULL)
 ORDER BY EXISTS (SELECT FROM ticket_event e
                   WHERE e.office_id = :office_id AND e.ticket_id = :ticket_id
                     AND e.verb = 'issue' AND e.actor = 'device:' || d.id) DESC,
          d.seen_at DESC NULLS LAST, d.id
 LIMIT 1;

-- name: order_copy(copy_id, office_id, ticket_id, device_id, actor, now)$
-- Has a kiosk print a ticket that somebody waits with or is served by; says so in the visit's timeline and to
-- the office's kiosks. Gives the change's version; nothing for a ticket that is over.
WITH held AS (
    SELECT t.id, t.state, t.counter_id FROM ticket t
     WHERE t.office_id = :office_id AND t.id = :ticket_id AND t.state IN ('waiting', 'called', 'serving', 'parked')
       FOR NO KEY UPDATE
), ordered AS (
    INSERT INTO ticket_copy (id, office_id, ticket_id, device_id, ordered_at, ordered_by)
    SELECT :copy_id, :office_id, id, :device_id, :now, :actor FROM held
), event AS (
    INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor)
    SELECT :office_id, id, :now, 'copy', state, counter_id, :actor FROM held
)
SELECT publish_change(:office_id, 'ticket.copy_ordered', '{}', :now) FROM held;

-- name: open_copies(device_id, since)
-- What a kiosk is still to print, the oldest first; what was ordered longer ago nobody waits for any more.
SELECT c.id, c.ticket_id, c.ordered_at FROM ticket_copy c
 WHERE c.device_id = :device_id AND c.told_at IS NULL AND c.ordered_at >= :since
 ORDER BY c.ordered_at, c.id;

-- name: tell_copy(copy_id, device_id, reason, now)$
-- Keeps how it went; what was said first stays.
UPDATE ticket_copy SET told_at = coalesce(told_at, :now), reason = CASE WHEN told_at IS NULL THEN :reason ELSE reason END
 WHERE id = :copy_id AND device_id = :device_id RETURNING id;

-- name: copies_at(office_id, since)
-- The papers that were ordered at an office, the latest first.
SELECT c.id, t.number, d.name AS kiosk, c.ordered_at, c.told_at, c.reason
  FROM ticket_copy c
  JOIN ticket t ON t.office_id = c.office_id AND t.id = c.ticket_id
  JOIN device d ON d.id = c.device_id
 WHERE c.office_id = :office_id AND c.ordered_at >= :since
 ORDER BY c.ordered_at DESC, c.id;

-- name: forget_copies(before)!
-- Deletes what was ordered before; the visit's timeline still says that it was printed again.
DELETE FROM ticket_copy WHERE ordered_at < :before;
