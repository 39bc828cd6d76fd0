-- Calico's Installation: Ready once every node runs what its spec says. The generation that a condition was seen at tells
-- an old verdict from a new one.
local health = { status = "Progressing", message = "the operator has not reported yet" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
local seen = {}
for _, condition in ipairs(obj.status.conditions) do
  seen[condition.type] = condition
end
local function current(condition)
  local observed = condition.observedGeneration
  local wanted = obj.metadata ~= nil and obj.metadata.generation or nil
  return observed == nil or wanted == nil or observed >= wanted
end
local function holds(name)
  return seen[name] ~= nil and seen[name].status == "True" and current(seen[name])
end
if holds("Degraded") then
  return { status = "Degraded", message = seen["Degraded"].message or "" }
end
if holds("Ready") then
  return { status = "Healthy", message = seen["Ready"].message or "" }
end
if holds("Progressing") then
  health.message = seen["Progressing"].message or ""
elseif seen["Ready"] ~= nil and not current(seen["Ready"]) then
  health.message = "the operator has not seen this generation yet"
else
  health.message = "waiting for the condition Ready"
end
return health
