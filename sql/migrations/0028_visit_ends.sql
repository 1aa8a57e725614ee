-- Whom a counter put back it takes last; a family's number is joined to another also after its call
-- depends: 0022_visits 0025_moves
-- migrate: apply

-- The ticket that the counter put back, until it has had somebody else. It stands in no screen's
-- snapshot: the order that is read tells it.
ALTER TABLE counter ADD COLUMN put_back uuid;

INSERT INTO lifecycle_transition (lifecycle, from_state, verb, to_state) VALUES
    ('ticket', 'called', 'merge', 'cancelled');

-- migrate: rollback
DELETE FROM lifecycle_transition WHERE lifecycle = 'ticket' AND from_state = 'called' AND verb = 'merge';
ALTER TABLE counter DROP COLUMN put_back;
