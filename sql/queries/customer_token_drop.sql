-- Nothing leads from the customer to a token any more. A statement of its own: it sees what the rows were waited for.
DELETE FROM customer_token t
USING project p
WHERE t.project_id = $1::int4 AND p.id = t.project_id AND t.digest = sha256(p.secret || convert_to($2::text, 'UTF8'))
