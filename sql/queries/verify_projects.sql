-- Quarters before the horizon are not compared: the rows of a part of them may be gone.
SELECT id,
       CASE
           WHEN isfinite(retention_horizon) THEN ceil(extract(epoch FROM retention_horizon) / 900)
           ELSE -2147483648
       END::int4
FROM project
ORDER BY id
