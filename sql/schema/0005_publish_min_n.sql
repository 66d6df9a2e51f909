-- How many answers a number needs before a key of scope metrics sees it.
ALTER TABLE project ADD COLUMN publish_min_n integer NOT NULL DEFAULT 1 CHECK (publish_min_n BETWEEN 1 AND 1000);
