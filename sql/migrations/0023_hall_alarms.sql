-- Nobody is called into a hall that is left or paused, and no number is given out where everybody leaves
-- depends: 0022_visits
-- migrate: apply

-- What stands over the whole hall: "leave" before "paused" before "open".
CREATE FUNCTION hall_now(p_office_id integer) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT CASE a.kind WHEN 'leave' THEN 'leave' ELSE 'paused' END
                       FROM hall_alarm a
                      WHERE a.office_id = p_office_id AND a.kind <> 'staff' AND a.ended_at IS NULL
                      ORDER BY a.kind LIMIT 1), 'open')
$$;

CREATE FUNCTION alarm_json(a hall_alarm) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', a.id ::text, 'kind', a.kind,
        'counter', (SELECT o.slug || '.' || c.number FROM counter c JOIN office o ON o.id = c.office_id
                     WHERE c.office_id = a.office_id AND c.id = a.counter_id),
        'raised_by', a.actor, 'at', a.at,
        'acknowledged_by', a.acknowledged_by, 'acknowledged_at', a.acknowledged_at,
        'ended_by', a.ended_by, 'ended_at', a.ended_at)
$$;

-- Whoever publishes has the office's version locked, so what this sees is what stands at that version:
-- a call either comes before the pause or is refused. A check inside the call's own statement can't do
-- that; its view of the hall is older than the lock.
CREATE FUNCTION refuse_in_closed_hall() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hall text;
BEGIN
    hall := hall_now(NEW.office_id);
    IF hall = 'leave' OR (hall = 'paused' AND NEW.kind <> 'ticket.issued') THEN
        RAISE check_violation USING MESSAGE = NEW.kind || ' in a hall that is ' || hall,
                                    CONSTRAINT = 'hall_open_check', DETAIL = hall;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hall_open_check BEFORE INSERT ON change
    FOR EACH ROW WHEN (NEW.kind IN ('ticket.called', 'ticket.recalled', 'ticket.issued'))
    EXECUTE FUNCTION refuse_in_closed_hall();

-- What hangs in the list for a day: the last alarms of an office.
CREATE INDEX hall_alarm_at_index ON hall_alarm (office_id, at);

-- migrate: rollback
DROP INDEX hall_alarm_at_index;
DROP TRIGGER hall_open_check ON change;
DROP FUNCTION refuse_in_closed_hall();
DROP FUNCTION alarm_json(hall_alarm);
DROP FUNCTION hall_now(integer);
