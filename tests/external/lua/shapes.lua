-- A module, found by package.path.
local shapes = {}
shapes.__index = shapes

function shapes.new(width, height)
	return setmetatable({width = width, height = height}, shapes)
end

function shapes:area()
	return self.width * self.height
end

shapes.__add = function(one, other)
	return shapes.new(one.width + other.width, one.height + other.height)
end

return shapes
