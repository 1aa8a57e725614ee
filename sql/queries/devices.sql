-- name: add_device(office, profile, name, token_hash, now)^
-- Gives an office (by slug) a device with this token; nothing for an unknown office.
INSERT INTO device (office_id, profile, name, token_hash, created_at)
SELECT o.id, :profile, :name, :token_hash, :now FROM office o WHERE o.slug = :office
RETURNING id, office_id;

-- name: device_by_token(token_hash)^
-- Gives the device that this token belongs to, with the further offices that it is set up for, as far as they are
-- of its own office's authority; nothing once it is revoked.
SELECT d.id, d.office_id, d.profile,
       ARRAY(SELECT f.id FROM office o JOIN office f ON f.authority_id = o.authority_id
              WHERE o.id = d.office_id AND d.profile = 'display'
                AND f.slug IN (SELECT jsonb_array_elements_text(d.settings -> 'further_offices'))) AS further_office_ids
  FROM device d WHERE d.token_hash = :token_hash AND d.revoked_at IS NULL;

-- name: revoke_device(device_id, now)$
-- Ends the device's token; returns the id, nothing for an unknown device. Revoking again keeps the first instant.
UPDATE device SET revoked_at = coalesce(revoked_at, :now) WHERE id = :device_id RETURNING id;

-- name: devices(device_id)
-- Lists all devices with their office, revoked ones too; one alone, where it is named.
SELECT d.id, d.office_id, o.slug AS office, o.authority_id, d.profile, d.name, d.created_at, d.revoked_at, d.seen_at,
       d.health ::text AS health, d.settings ::text AS settings, d.renew_since
  FROM device d JOIN office o ON o.id = d.office_id
 WHERE d.id = :device_id OR :device_id ::int IS NULL
 ORDER BY o.slug, d.profile, d.id;

-- name: change_device(device_id, office_id, name, settings)$
-- Renames, moves and configures a device at once; it takes note at its next report.
UPDATE device SET office_id = :office_id, name = :name, settings = :settings ::text ::jsonb
 WHERE id = :device_id AND revoked_at IS NULL RETURNING id;

-- name: ask_for_new_token(device_id, now)$
-- Asks the device to make itself another token; asking again keeps the first instant.
UPDATE device SET renew_since = coalesce(renew_since, :now)
 WHERE id = :device_id AND revoked_at IS NULL RETURNING id;

-- name: replace_token(device_id, token_hash)$
-- From now on the device is known by another token, and by the former no more.
UPDATE device SET token_hash = :token_hash, renew_since = NULL
 WHERE id = :device_id AND revoked_at IS NULL RETURNING id;

-- name: report_health(device_id, health, now)$
-- Keeps what a device says of itself.
UPDATE device SET health = :health ::text ::jsonb, seen_at = :now WHERE id = :device_id RETURNING id;

-- name: count_overdue(before)$
-- How many devices that once reported have not done so since then.
SELECT count(*) FROM device WHERE revoked_at IS NULL AND seen_at < :before;

-- name: lock_pairings()
-- Whoever asks for a code waits until others have theirs: what is counted then holds.
SELECT pg_advisory_xact_lock(hashtextextended('device_pairing', 0));

-- name: forget_pairings(before)!
-- Deletes what was asked for before; nobody entered its code.
DELETE FROM device_pairing WHERE asked_at < :before;

-- name: pairings_asked(asked_from)^
-- How many codes are shown at this moment, in all and to this address.
SELECT count(*) AS of_all, count(*) FILTER (WHERE asked_from = :asked_from) AS of_address FROM device_pairing;

-- name: pairing_of(token_hash)^
-- The code that a device shows already.
SELECT code, profile, version, asked_at, token_hash FROM device_pairing WHERE token_hash = :token_hash;

-- name: find_pairing(code)^
-- What shows this code.
SELECT code, profile, version, asked_at, token_hash FROM device_pairing WHERE code = :code;

-- name: is_known_token(token_hash)$
-- Whether a device has this token, also a revoked one.
SELECT EXISTS (SELECT FROM device WHERE token_hash = :token_hash);

-- name: add_pairing(code, token_hash, profile, version, asked_from, now)$
-- Gives a device a code; nothing when another shows the same one.
INSERT INTO device_pairing (code, token_hash, profile, version, asked_from, asked_at)
VALUES (:code, :token_hash, :profile, :version, :asked_from, :now)
ON CONFLICT (code) DO NOTHING RETURNING code;

-- name: take_pairing(code)^
-- Ends a code and gives what showed it; of two who enter the same code one gets it.
DELETE FROM device_pairing WHERE code = :code RETURNING code, profile, version, asked_at, token_hash;
