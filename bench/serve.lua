-- The load of bench/serve: requests of a file (METHOD, path, header, body by tabs; a line each) in turn, and the figures as
-- one JSON object. wrk -s bench/serve.lua URL -- FILE
local requests, place = {}, 0

function init(args)
    for line in io.lines(args[1]) do
        local method, path, header, body = line:match("^(%S+)\t(%S+)\t([^\t]*)\t(.*)$")
        local headers = { Authorization = "Bearer bench" }
        if body ~= "" then headers["Content-Type"] = "application/json" else body = nil end
        if header ~= "" then headers[header:match("^(%S+): ")] = header:match(": (.+)$") end
        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
end

function request()
    place = place % #requests + 1
    return requests[place]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\nJSON {"requests": %d, "seconds": %f, "bytes": %d, "refused": %d, "broken": %d, "p50": %f, "p99": %f, "max": %f}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
