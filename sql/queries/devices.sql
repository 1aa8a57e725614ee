-- name: add_device(office, profile, name, token_hash, now)^
-- Gives an office (by slug) a device with this token; nothing for an unknown office.
INSERT INTO device (office_id, profile, name, token_hash, created_at)
SELECT o.id, :profile, :name, :token_hash, :now FROM office o WHERE o.slug = :office
RETURNING id, office_id;

-- name: device_by_token(token_hash)^
-- Gives the device that this token belongs to; nothing once it is revoked.
SELECT d.id, d.office_id, d.profile FROM device d WHERE d.token_hash = :token_hash AND d.revoked_at IS NULL;

-- name: revoke_device(device_id, now)$
-- Ends the device's token; returns the id, nothing for an unknown device. Revoking again keeps the first instant.
UPDATE device SET revoked_at = coalesce(revoked_at, :now) WHERE id = :device_id RETURNING id;

-- name: devices()
-- Lists all devices with their office, revoked ones too.
SELECT d.id, o.slug AS office, d.profile, d.name, d.created_at, d.revoked_at
  FROM device d JOIN office o ON o.id = d.office_id
 ORDER BY o.slug, d.profile, d.id;
