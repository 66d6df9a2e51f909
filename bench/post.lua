-- SPDX-License-Identifier: MIT
-- For wrk: posts answers like the README's first example.
--   wrk ... -s bench/post.lua URL -- KEY CELLS [PLACES]
-- CELLS: over how many channels and regions they are spread; 1: one body for all. PLACES: over how many touchpoints, besides.
-- Its last line is for bench/run: requests a second, p50, p99 and the longest in ms, failures.
local CHANNELS = { "web", "app", "store", "phone", "email" }
local TOUCHPOINTS = { "checkout", "support", "delivery", "search", "account" }
local requests = {}
local turn

local function body(i, cells, places)
  if cells == 1 then
    return '{"channel":"web","region":"ES-CT","answers":{"nps":9,"csat":5,"ces":6},"comment":"Easy and quick"}'
  end
  local cell = i % cells
  local region = math.floor(cell / #CHANNELS)
  local place = places > 0 and string.format('"touchpoint":"%s",', TOUCHPOINTS[math.floor(i / cells) % places + 1]) or ""
  return string.format(
    '{"channel":"%s","region":"ES-%c%c",%s"answers":{"nps":%d,"csat":%d,"ces":%d},"comment":"Easy and quick"}',
    CHANNELS[cell % #CHANNELS + 1], 65 + math.floor(region / 26), 65 + region % 26, place, i % 11, i % 5 + 1, i % 7 + 1)
end

function init(arguments)
  local headers = { ["Authorization"] = "Bearer " .. arguments[1], ["Content-Type"] = "application/json" }
  local cells = tonumber(arguments[2])
  local places = tonumber(arguments[3] or 0)
  for i = 1, cells * math.max(places, 1) do
    requests[i] = wrk.format("POST", "/v1/responses", headers, body(i, cells, places))
  end
  math.randomseed(os.time())
  turn = math.random(1, #requests)
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("samples %.1f %.3f %.3f %.3f %d", summary.requests * 1e6 / summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
