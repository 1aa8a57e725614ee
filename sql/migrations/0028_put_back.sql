-- Whom a counter put back into the queue it takes last, until it has had somebody else
-- depends: 0022_visits 0025_moves
-- migrate: apply

-- The ticket, while it is so. It stands in no screen's snapshot: the order that is read tells it.
ALTER TABLE counter ADD COLUMN put_back uuid;

-- migrate: rollback
ALTER TABLE counter DROP COLUMN put_back;
