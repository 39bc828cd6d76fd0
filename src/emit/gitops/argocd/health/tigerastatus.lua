-- A TigeraStatus. Its conditions speak of the generation of the object that the operator acts on, which is another
-- object, so that generations are not compared here.
local health = { status = "Progressing", message = "the operator has not reported yet" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
local available = nil
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Degraded" and condition.status == "True" then
    return { status = "Degraded", message = condition.message or "" }
  end
  if condition.type == "Available" then
    available = condition
  end
  if condition.type == "Progressing" and condition.status == "True" then
    health.message = condition.message or ""
  end
end
if available ~= nil and available.status == "True" then
  return { status = "Healthy", message = available.message or "" }
end
return health
