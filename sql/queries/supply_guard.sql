-- name: lock_claims(hashes)
-- Lets one booking at a time of each of these be counted, until the transaction ends; in one order for
-- all, so that no two wait for each other.
SELECT pg_advisory_xact_lock(ordered.key)
  FROM (SELECT DISTINCT hashtextextended('claim ' || encode(hash, 'hex'), 0) AS key
          FROM unnest(:hashes ::bytea[]) AS hash
         ORDER BY 1) AS ordered;

-- name: coming_of(hashes, codes, without, now)^
-- How many coming appointments there are of any one of these hashes, the most: altogether, and of any
-- one of the services. Without the appointment of a reference, when one is given.
WITH coming AS (
    SELECT c.hash, a.services
      FROM online_claim c
      JOIN appointment a ON a.office_id = c.office_id AND a.id = c.appointment_id
     WHERE c.hash = ANY (:hashes ::bytea[])
       AND a.state IN ('held', 'booked')
       AND a.starts_at > :now
       AND coalesce(a.expires_at, 'infinity') > :now
       AND a.reference IS DISTINCT FROM :without ::text
)
SELECT coalesce((SELECT max(counted.n)
                   FROM (SELECT count(*) AS n FROM coming GROUP BY coming.hash) AS counted), 0) AS altogether,
       coalesce((SELECT max(counted.n)
                   FROM (SELECT count(*) AS n
                           FROM coming CROSS JOIN unnest(:codes ::text[]) AS code
                          WHERE coming.services @> jsonb_build_array(jsonb_build_object('service', code))
                          GROUP BY coming.hash, code) AS counted), 0) AS of_service;

-- name: coming_parties_of(hashes, office_id, code, without, now)^
-- The same of bookings of hours: altogether, and of this kind of hour at this office.
WITH coming AS (
    SELECT c.hash, e.office_id = :office_id AND e.code = :code AS of_kind
      FROM online_claim c
      JOIN entry_booking b ON b.office_id = c.office_id AND b.id = c.entry_booking_id
      JOIN timed_entry e ON e.office_id = b.office_id AND e.id = b.entry_id
     WHERE c.hash = ANY (:hashes ::bytea[])
       AND b.state IN ('held', 'booked')
       AND e.starts_at > :now
       AND coalesce(b.expires_at, 'infinity') > :now
       AND b.reference IS DISTINCT FROM :without ::text
)
SELECT coalesce(max(counted.n), 0) AS altogether, coalesce(max(counted.of_kind), 0) AS of_service
  FROM (SELECT count(*) AS n, count(*) FILTER (WHERE coming.of_kind) AS of_kind
          FROM coming GROUP BY coming.hash) AS counted;

-- name: unconfirmed_from(hash, since, now)$
-- How many visits somebody at this address has asked for since then whose places are held still, or
-- were booked by nobody whom a telephone number or an e-mail address would name.
SELECT count(*)
  FROM online_claim c
  JOIN visit v ON v.office_id = c.office_id AND v.id = c.visit_id
 WHERE c.hash = :hash AND c.at > :since
   AND (v.state = 'held' AND v.expires_at > :now
        OR v.state = 'booked' AND NOT EXISTS (SELECT FROM online_claim named
                                               WHERE named.office_id = v.office_id AND named.visit_id = v.id
                                                 AND named.kind <> 'address'));

-- name: full_since(hash, since, most)$
-- From when on so many visits were asked for from this address, of those since then: once it is too
-- long ago, there is room for one more. Nothing when they are fewer.
SELECT c.at FROM online_claim c WHERE c.hash = :hash AND c.at > :since
 ORDER BY c.at DESC OFFSET :most ::integer - 1 LIMIT 1;

-- name: write_claims(visit_kind, reference, kinds, hashes, now, address_until)!
-- Lets this visit count for these hashes, each of its kind: an address until then, the others as long as
-- it is to come.
INSERT INTO online_claim (office_id, appointment_id, entry_booking_id, kind, hash, at, forget_at)
SELECT v.office_id, v.appointment_id, v.entry_booking_id, claim.kind, claim.hash, :now,
       CASE WHEN claim.kind = 'address' THEN :address_until ::timestamptz ELSE v.ends_at END
  FROM visit v CROSS JOIN unnest(:kinds ::text[], :hashes ::bytea[]) AS claim (kind, hash)
 WHERE v.reference = :reference AND v.kind = :visit_kind;

-- name: drop_claims(visit_kind, reference)!
-- The visit no longer counts for a telephone number or e-mail address.
DELETE FROM online_claim c USING visit v
 WHERE v.reference = :reference AND v.kind = :visit_kind
   AND c.office_id = v.office_id AND c.visit_id = v.id AND c.kind <> 'address';

-- name: forget_addresses(now)!
-- Deletes addresses whose hour is over.
DELETE FROM online_claim WHERE kind = 'address' AND forget_at <= :now;

-- name: forget_claims(now)!
-- Deletes telephone numbers and e-mail addresses once their visit is over, wherever it was moved, or nobody
-- has to come any more.
DELETE FROM online_claim c USING visit v
 WHERE v.office_id = c.office_id AND v.id = c.visit_id AND c.kind <> 'address'
   AND (v.ends_at <= :now OR v.state NOT IN ('held', 'booked'));

-- name: use_challenge(nonce, expires_at)$
-- Notes that this challenge was answered; nothing when it was answered before. Of two who use it at
-- once, one gets it.
INSERT INTO used_challenge (nonce, expires_at) VALUES (:nonce, :expires_at)
ON CONFLICT (nonce) DO NOTHING
RETURNING true;

-- name: forget_challenges(now)!
-- Deletes challenges that are too old to be answered.
DELETE FROM used_challenge WHERE expires_at <= :now;

-- name: attendance(office_id, first_day, today)
-- How many came and how many did not to each pool's appointments from the first day to yesterday.
SELECT p.code AS pool, p.plan ::text AS plan,
       count(*) FILTER (WHERE a.state = 'missed') AS missed,
       count(*) FILTER (WHERE a.state IN ('arrived', 'fulfilled')) AS came
  FROM pool p
  LEFT JOIN appointment a ON a.pool_id = p.id AND a.office_id = p.office_id
       AND a.day >= :first_day AND a.day < :today
       AND a.state IN ('arrived', 'fulfilled', 'missed')
 WHERE p.office_id = :office_id AND NOT p.retired
 GROUP BY p.id, p.code, p.plan
 ORDER BY p.code;
