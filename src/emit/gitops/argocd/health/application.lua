-- An Application in an app of apps: without this, a wave does not wait for the Applications of the one before. It is
-- healthy when it is synced, for an Application whose spec has just changed still shows the health of what it was.
local health = { status = "Progressing", message = "not reconciled yet" }
if obj.status == nil or obj.status.sync == nil or obj.status.health == nil then
  return health
end
local function all(one, many)
  if many ~= nil and #many > 0 then
    return many
  end
  return { one }
end
local compared = obj.status.sync.comparedTo
if compared ~= nil and obj.spec ~= nil then
  local wanted = all(obj.spec.source, obj.spec.sources)
  local seen = all(compared.source, compared.sources)
  local same = #wanted == #seen
  for index, source in ipairs(wanted) do
    local other = seen[index] or {}
    same = same
      and source.repoURL == other.repoURL
      and source.targetRevision == other.targetRevision
      and source.path == other.path
      and source.chart == other.chart
  end
  if not same then
    health.message = "the new source is not compared yet"
    return health
  end
end
local status = obj.status.health.status
if status == "Healthy" and obj.status.sync.status ~= "Synced" then
  health.message = "healthy, and not synced"
  return health
end
if status == "Degraded" then
  return { status = "Degraded", message = obj.status.health.message or "" }
end
if status == "Healthy" or status == "Suspended" then
  return { status = status, message = obj.status.health.message or "" }
end
health.message = obj.status.health.message or "waiting for its objects"
return health
