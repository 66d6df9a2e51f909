-- The quarters that are a year before $2 and $3 on the clocks and calendars of the zone $1; of 29 February, the day before 1 March.
SELECT ceil(extract(epoch FROM (to_timestamp($2::int4 * 900.0) AT TIME ZONE $1::text - interval '1 year')
                               AT TIME ZONE $1) / 900)::int4,
       ceil(extract(epoch FROM (to_timestamp($3::int4 * 900.0) AT TIME ZONE $1 - interval '1 year')
                               AT TIME ZONE $1) / 900)::int4
