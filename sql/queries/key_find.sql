-- Whose key it is (0: of a whole organization), and whether it is for tests.
SELECT coalesce(project_id, 0), is_test FROM key WHERE id = $1::int4
