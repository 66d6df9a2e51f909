-- What a round would do ($2: anonymise; else delete) with what lies before $3.
SELECT (SELECT count(*) FROM response
        WHERE project_id = $1::int4 AND occurred_at < $3::timestamptz AND NOT ($2::bool AND erased)),
       (SELECT count(*) FROM event WHERE project_id = $1 AND occurred_at < $3 AND NOT ($2 AND erased))
