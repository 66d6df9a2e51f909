-- SPDX-License-Identifier: MIT
-- For wrk: posts answers like the README's first example.
--   wrk ... -s bench/post.lua URL -- KEY CELLS      CELLS: over how many channels and regions they are spread; 1: one body for all
-- Its last line is for bench/run: requests a second, p50, p99 and the longest in ms, failures.
local CHANNELS = { "web", "app", "store", "phone", "email" }
local requests = {}
local turn

local function body(i, cells)
  if cells == 1 then
    return '{"channel":"web","region":"ES-CT","answers":{"nps":9,"csat":5,"ces":6},"comment":"Easy and quick"}'
  end
  local cell = i % cells
  local region = math.floor(cell / #CHANNELS)
  return string.format(
    '{"channel":"%s","region":"ES-%c%c","answers":{"nps":%d,"csat":%d,"ces":%d},"comment":"Easy and quick"}',
    CHANNELS[cell % #CHANNELS + 1], 65 + math.floor(region / 26), 65 + region % 26, i % 11, i % 5 + 1, i % 7 + 1)
end

function init(arguments)
  local headers = { ["Authorization"] = "Bearer " .. arguments[1], ["Content-Type"] = "application/json" }
  local cells = tonumber(arguments[2])
  for i = 1, cells do
    requests[i] = wrk.format("POST", "/v1/responses", headers, body(i, cells))
  end
  math.randomseed(os.time())
  turn = math.random(1, cells)
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
