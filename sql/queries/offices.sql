-- name: upsert_authority(slug, name, greeting, land, accent, contact_days)$
-- Makes the authority what its file says; returns its id.
INSERT INTO authority (slug, name, greeting, land, accent, contact_days)
VALUES (:slug, :name ::text::jsonb, :greeting ::text::jsonb, :land, :accent, :contact_days)
ON CONFLICT ON CONSTRAINT authority_slug_key DO UPDATE
   SET name = excluded.name, greeting = excluded.greeting, land = excluded.land, accent = excluded.accent,
       contact_days = excluded.contact_days
RETURNING id;

-- name: upsert_service(code, leika_key, name, service_group, minutes, max_quantity, documents, fee, setup)$
-- Makes the service of the shared catalogue what its file says; returns its id.
INSERT INTO service (code, leika_key, name, service_group, minutes, max_quantity, documents, fee, setup)
VALUES (:code, :leika_key, :name ::text::jsonb, :service_group ::text::jsonb, :minutes, :max_quantity,
        :documents ::text::jsonb, :fee ::text::jsonb, :setup ::text::jsonb)
ON CONFLICT ON CONSTRAINT service_code_key DO UPDATE
   SET leika_key = excluded.leika_key, name = excluded.name, service_group = excluded.service_group,
       minutes = excluded.minutes, max_quantity = excluded.max_quantity,
       documents = excluded.documents, fee = excluded.fee, setup = excluded.setup
RETURNING id;

-- name: upsert_office(slug, authority, time_zone, number_digits, number_restart, order_rules, ticket_layout, setup)$
-- Makes the office what its file says and gives it a line of versions; returns its id. Rules of the
-- calling order that team leads have changed stay until the file's own are others, and so does the look of
-- tickets; a logo, which no file names, stays.
WITH applied AS (
    INSERT INTO office (authority_id, slug, time_zone, number_digits, number_restart, order_rules, ticket_layout, setup)
    SELECT a.id, :slug, :time_zone, :number_digits, :number_restart,
           :order_rules ::text::jsonb, :ticket_layout ::text::jsonb, :setup ::text::jsonb
      FROM authority a WHERE a.slug = :authority
    ON CONFLICT ON CONSTRAINT office_slug_key DO UPDATE
       SET authority_id = excluded.authority_id, time_zone = excluded.time_zone,
           number_digits = excluded.number_digits, number_restart = excluded.number_restart,
           order_rules = CASE WHEN office.setup -> 'order' IS DISTINCT FROM excluded.setup -> 'order'
                              THEN excluded.order_rules ELSE office.order_rules END,
           ticket_layout = CASE WHEN office.setup -> 'ticket' IS DISTINCT FROM excluded.setup -> 'ticket'
                                THEN excluded.ticket_layout
                                     || jsonb_strip_nulls(jsonb_build_object('logo', office.ticket_layout -> 'logo'))
                                ELSE office.ticket_layout END,
           setup = excluded.setup
    RETURNING id
), versions AS (
    INSERT INTO office_version (office_id, version) SELECT id, 0 FROM applied
    ON CONFLICT (office_id) DO NOTHING
)
SELECT id FROM applied;

-- name: drop_office_services(office_id, codes)!
-- Takes away what the office no longer offers; tickets already given out keep their service.
DELETE FROM office_service os USING service s
 WHERE os.office_id = :office_id AND s.id = os.service_id AND s.code <> ALL (:codes ::text[]);

-- name: upsert_office_service(office_id, code, minutes, further_minutes, family_minutes, walk_in, appointment, letter, position)!
-- The office offers this service this way.
INSERT INTO office_service (office_id, service_id, minutes, further_minutes, family_minutes, walk_in, appointment, letter, position)
SELECT :office_id, s.id, :minutes, :further_minutes, :family_minutes, :walk_in, :appointment, :letter, :position
  FROM service s WHERE s.code = :code
ON CONFLICT (office_id, service_id) DO UPDATE
   SET minutes = excluded.minutes, further_minutes = excluded.further_minutes,
       family_minutes = excluded.family_minutes, walk_in = excluded.walk_in, appointment = excluded.appointment,
       letter = excluded.letter, position = excluded.position;

-- name: retire_counters(office_id, numbers)!
-- Counters that the file no longer names take nobody any more; their history stays.
UPDATE counter SET retired = true WHERE office_id = :office_id AND number <> ALL (:numbers ::text[]);

-- name: upsert_counter(office_id, number, name, features, codes, position)!
-- The counter is there and can serve these services; whoever sits at it stays.
INSERT INTO counter (office_id, number, name, features, services, position)
SELECT :office_id, :number, :name ::text::jsonb, :features ::text[],
       coalesce(array_agg(s.id ORDER BY s.id) FILTER (WHERE s.id IS NOT NULL), '{}'), :position
  FROM unnest(:codes ::text[]) AS wanted (code) LEFT JOIN service s ON s.code = wanted.code
ON CONFLICT ON CONSTRAINT counter_number_key DO UPDATE
   SET name = excluded.name, features = excluded.features, services = excluded.services,
       position = excluded.position, retired = false;

-- name: publish(office_id, kind, body, now)$
-- Tells every screen of the office; returns the change's version.
SELECT publish_change(:office_id, :kind, :body ::text::jsonb, :now);

-- name: known_authorities()
-- Slugs that set-up files may refer to.
SELECT slug FROM authority ORDER BY slug;

-- name: known_services()
-- The catalogue as it was applied.
SELECT setup ::text AS setup FROM service ORDER BY code;

-- name: find_office(slug)^
-- One office with what its rules need.
SELECT o.id, o.slug, o.authority_id, a.slug AS authority, a.land, a.accent, a.contact_days,
       o.walk_ins_stopped, o.order_rules ::text AS "order", o.setup ::text AS setup
  FROM office o JOIN authority a ON a.id = o.authority_id
 WHERE o.slug = :slug;

-- name: list_offices()
-- All offices, by name of the authority and slug.
SELECT o.id, o.slug, o.authority_id, a.slug AS authority, a.land, a.accent, a.contact_days,
       o.walk_ins_stopped, o.order_rules ::text AS "order", o.setup ::text AS setup
  FROM office o JOIN authority a ON a.id = o.authority_id
 ORDER BY a.slug, o.slug;

-- name: ticket_layout(office_id)$
-- How the office's tickets look.
SELECT ticket_layout ::text FROM office WHERE id = :office_id;

-- name: keep_ticket_layout(office_id, ticket_layout)!
-- From now on the office's tickets look so.
UPDATE office SET ticket_layout = :ticket_layout ::text::jsonb WHERE id = :office_id;

-- name: list_authorities()
-- All authorities with their greeting on the telephone.
SELECT id, slug, name ::text AS name, greeting ::text AS greeting, accent FROM authority ORDER BY slug;

-- name: list_offered_services(office_id)
-- What the office offers, in the order of its file.
SELECT s.id, s.code, s.leika_key, s.name ::text AS name, s.service_group ::text AS service_group, os.minutes,
       os.walk_in, os.appointment, os.letter, s.max_quantity, s.documents ::text AS documents, s.fee ::text AS fee
  FROM office_service os JOIN service s ON s.id = os.service_id
 WHERE os.office_id = :office_id
 ORDER BY os.position;

-- name: find_offered_service(office_id, code)^
-- One service as the office offers it.
SELECT s.id, s.code, s.leika_key, s.name ::text AS name, s.service_group ::text AS service_group, os.minutes,
       os.walk_in, os.appointment, os.letter, s.max_quantity, s.documents ::text AS documents, s.fee ::text AS fee
  FROM office_service os JOIN service s ON s.id = os.service_id
 WHERE os.office_id = :office_id AND s.code = :code;

-- name: find_service(code)^
-- One service of the catalogue, whether any office offers it or not.
SELECT s.id, s.code, s.leika_key, s.name ::text AS name, s.service_group ::text AS service_group, s.minutes,
       false AS walk_in, false AS appointment, 'A' AS letter,
       s.max_quantity, s.documents ::text AS documents, s.fee ::text AS fee
  FROM service s WHERE s.code = :code;

-- name: service_exists(code)$
-- Tells whether the catalogue knows this code.
SELECT EXISTS (SELECT FROM service WHERE code = :code);

-- name: list_catalogue()
-- All services that any office offers, with the ways in which any office offers them.
SELECT s.id, s.code, s.leika_key, s.name ::text AS name, s.service_group ::text AS service_group, s.minutes,
       bool_or(os.walk_in) AS walk_in, bool_or(os.appointment) AS appointment, 'A' AS letter,
       s.max_quantity, s.documents ::text AS documents, s.fee ::text AS fee
  FROM service s JOIN office_service os ON os.service_id = s.id
 GROUP BY s.id
 ORDER BY s.code;

-- name: find_office_by_id(office_id)^
-- One office by its inner id, as device tokens name it.
SELECT o.id, o.slug, o.authority_id, a.slug AS authority, a.land, a.accent, a.contact_days,
       o.walk_ins_stopped, o.order_rules ::text AS "order", o.setup ::text AS setup
  FROM office o JOIN authority a ON a.id = o.authority_id
 WHERE o.id = :office_id;

-- name: stop_walk_ins(office_id, stopped)!
-- Whether staff have stopped giving out numbers to visitors without an appointment.
UPDATE office SET walk_ins_stopped = :stopped WHERE id = :office_id;
