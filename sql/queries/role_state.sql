-- Are the roles there, may this session take them on, and have they been given what they need?
SELECT count(*) = 2
           AND coalesce(bool_and(pg_has_role(current_user, oid, 'MEMBER')), false)
           AND coalesce(bool_and(has_schema_privilege(oid, 'public', 'USAGE')
                                 AND has_column_privilege(oid, 'public.response', 'id', 'SELECT')), false)
FROM pg_roles
WHERE rolname IN ('hark_writer', 'hark_reader')
