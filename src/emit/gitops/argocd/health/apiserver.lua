-- Calico's APIServer: `state` is Ready once projectcalico.org/v3 is served.
local health = { status = "Progressing", message = "the operator has not reported yet" }
if obj.status == nil then
  return health
end
local wanted = obj.metadata ~= nil and obj.metadata.generation or nil
local stale = false
for _, condition in ipairs(obj.status.conditions or {}) do
  local observed = condition.observedGeneration
  if observed ~= nil and wanted ~= nil and observed < wanted then
    stale = true
  elseif condition.type == "Degraded" and condition.status == "True" then
    return { status = "Degraded", message = condition.message or "" }
  end
end
if stale then
  health.message = "the operator has not seen this generation yet"
elseif obj.status.state == "Ready" then
  return { status = "Healthy", message = "" }
else
  health.message = "waiting for the state Ready"
end
return health
