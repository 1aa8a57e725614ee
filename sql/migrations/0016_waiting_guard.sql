-- The waiting list: whom a freed place fits, from where somebody joined, and that joining is confirmed
-- depends: 0007_waiting_list 0015_entry_notices
-- migrate: apply

-- At which cells of a plane a visit can begin: of one cell, of two, and so on up to the longest that fits.
CREATE FUNCTION visit_starts(plane bit) RETURNS bit[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    starts bit(300)[] := '{}';
    longer bit(300)   := plane;
BEGIN
    WHILE longer <> 0::bit(300) LOOP
        starts := starts || longer;
        longer := plane & (longer << 1);
    END LOOP;
    RETURN starts;
END $$;

-- Whether one of these starts lies in the cells from the first to before the end.
CREATE FUNCTION begins_within(starts bit, first_cell integer, end_cell integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (starts << first_cell) >> (300 - end_cell + first_cell) <> 0::bit(300)
$$;

-- migrate: rollback
DROP FUNCTION begins_within(bit, integer, integer);
DROP FUNCTION visit_starts(bit);
