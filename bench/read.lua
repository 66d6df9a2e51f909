-- SPDX-License-Identifier: MIT
-- For wrk: asks for numbers by channel and region.
--   wrk ... -s bench/read.lua URL -- KEY QUESTION [HEADER...]
-- QUESTION is a path. What it holds in braces differs from one request to the next, so that no kept reply answers it: {from}, midnight
-- UTC 29 or 30 days ago; {place}, one of the touchpoints that post.lua names; {n}, from 1000 up to 9999. A HEADER is "Name: value".
-- Its last line is for bench/run: requests a second, p50, p99 and the longest in ms, failures, bytes a reply.
local PLACES = { "checkout", "support", "delivery", "search", "account" }
local DAY = 86400
local path, headers, midnight, turn

local function fill()
  turn = turn + 1
  local from = os.date("!%Y-%m-%dT%H:%M:%SZ", midnight - (29 + turn % 2) * DAY)
  return (path:gsub("{from}", from):gsub("{place}", PLACES[turn % #PLACES + 1]):gsub("{n}", tostring(1000 + turn % 9000)))
end

function init(arguments)
  path = arguments[2]
  headers = { ["Authorization"] = "Bearer " .. arguments[1] }
  for i = 3, #arguments do
    local name, value = arguments[i]:match("^([^:]+): *(.*)$")
    headers[name] = value
  end
  midnight = math.floor(os.time() / DAY) * DAY
  turn = 0
end

function request()
  return wrk.format("GET", path:find("{", 1, true) and fill() or path, headers)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("samples %.1f %.3f %.3f %.3f %d %d", summary.requests * 1e6 / summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout,
    summary.bytes / math.max(summary.requests, 1)))
end
