-- What Lua's own libraries do with the C library below them.
local count = 0

local function check(good, what)
	if not good then
		error("not ok: " .. what, 2)
	end
	count = count + 1
end

-- Files.
local file <const> = assert(io.open("/lines.txt", "w"))
for i = 1, 500 do
	file:write(string.format("%d %s\n", i, string.rep("x", i % 7)))
end
check(file:seek("cur") > 500, "seek tells the position")
check(file:close(), "close")
local sum = 0
for line in io.lines("/lines.txt") do
	local number, text = line:match("^(%d+) (x*)$")
	sum = sum + tonumber(number)
	check(#text == number % 7, "line " .. number)
end
check(sum == 500 * 501 // 2, "all lines")
local again <close> = assert(io.open("/lines.txt", "r+b"))
check(again:read("n") == 1 and again:read("l") == " x" and again:read("L") == "2 xx\n", "formats of read")
check(again:seek("set", 2) == 2 and again:write("Y") and again:seek("end") == #assert(io.open("/lines.txt", "rb")):read("a"), "in place")
again:flush()
check(io.open("/lines.txt"):read(5) == "1 Y\n2", "what was written is there")
local missing, why, number = io.open("/missing", "r")
check(missing == nil and why == "/missing: No such file or directory" and number == 2, "errors have text and number")
check(os.rename("/lines.txt", "/other.txt") and not io.open("/lines.txt") and os.remove("/other.txt"), "rename and remove")
check(select(2, os.remove("/other.txt")):find("No such file"), "remove of nothing")
local name = os.tmpname()
check(type(name) == "string" and io.open(name, "w"):write("t"):close() and os.remove(name), "tmpname")
local scratch = assert(io.tmpfile())
check(scratch:write("abc") and scratch:seek("set") == 0 and scratch:read("a") == "abc", "tmpfile")
io.output("/output.txt")
io.write("by io.write ", 1, " ", 2.5, "\n")
io.close()
io.output(io.stdout)
check(io.open("/output.txt"):read("a") == "by io.write 1 2.5\n", "io.output")
check(file ~= nil and not pcall(file.read, file), "a closed file")

-- Texts and numbers.
check(string.format("%5.2f|%-6s|%06d|%x|%q|%g|%a", math.pi, "ab", -42, 255, 'a"\n', 1e100, 1.0) ==
	' 3.14|ab    |-00042|ff|"a\\"\\\n"|1e+100|0x1p+0', "format: " .. string.format("%a", 1.0))
check(("%.14g"):format(0.1) == "0.1" and tostring(1e15) == "1e+15" and tostring(2^53) == "9.007199254741e+15", "floats as texts")
check(tonumber("0x1p4") == 16.0 and tonumber("1e1") == 10.0 and tonumber(" 12 ") == 12 and tonumber("z", 36) == 35, "texts as numbers")
check(math.maxinteger + 1 == math.mininteger and 7 // -2 == -4 and 7 % -2 == -1 and 7.5 // 2 == 3.0, "integers and floats")
check(math.sqrt(2) ^ 2 - 2 < 1e-15 and math.abs(math.sin(math.pi)) < 1e-15 and math.log(8, 2) == 3.0 and math.exp(0) == 1.0, "mathematics")
check(("hello world"):gsub("o", "0") == "hell0 w0rld" and ("key = value"):match("^(%w+)%s*=%s*(%w+)$") == "key", "patterns")
check(string.pack("<i4>I2z", -2, 258, "end") == "\xfe\xff\xff\xff\1\2end\0" and string.unpack("<d", string.pack("<d", 0.5)) == 0.5, "pack")
check(utf8.char(228, 8364, 0x1F600) == "ä€😀" and utf8.len("ä€😀") == 3, "utf8")
local sorted = {}
for i = 1, 1000 do
	sorted[i] = (i * 7919) % 1009
end
table.sort(sorted)
for i = 2, #sorted do
	check(sorted[i - 1] <= sorted[i], "sorted")
end
math.randomseed(1, 2)
local one = math.random(1, 1000000)
math.randomseed(1, 2)
check(one == math.random(1, 1000000), "random numbers of a seed")

-- Coroutines, errors, memory.
local function tree(depth)
	return coroutine.wrap(function()
		local function visit(level)
			if level > 0 then
				visit(level - 1)
				coroutine.yield(level)
				visit(level - 1)
			end
		end
		visit(depth)
	end)
end
local visited = 0
for _ in tree(10) do
	visited = visited + 1
end
check(visited == 1023, "coroutines")
local failed, message = coroutine.resume(coroutine.create(function() local nothing; return nothing.field end))
check(not failed and message:find("attempt to index a nil value"), "an error in a coroutine")
check(select(2, pcall(error, {code = 7})).code == 7, "pcall with a table")
check(select(2, xpcall(function() return 1 + {} end, debug.traceback)):find("stack traceback"), "xpcall with a traceback")
check(not pcall(function() local function deep() return 1 + deep() end; return deep() end), "a stack that is too deep")
check(not pcall(string.rep, "x", 1 << 40), "more memory than there is")
local weak = setmetatable({}, {__mode = "k"})
local function fill()
	for _ = 1, 1000 do
		weak[{}] = ("x"):rep(1000)
	end
end
collectgarbage()
local used = collectgarbage("count")
fill()
check(collectgarbage("count") > used + 900, "memory is used")
collectgarbage()
check(next(weak) == nil and collectgarbage("count") < used + 100, "garbage goes")
check(load("return 1 +")== nil and load("x = ...; return x * 2")(21) == 42, "load")
package.path = "/?.lua"
local shapes = require("shapes")
check((shapes.new(2, 3) + shapes.new(1, 1)):area() == 12 and package.loaded.shapes == shapes, "a module")

-- Time and environment.
local before = os.clock()
check(os.time() >= 0 and os.time({year = 2000, month = 1, day = 1, hour = 12}) == 946728000, "time")
check(os.date("!%Y-%m-%d %H:%M:%S", 86400 * 365) == "1971-01-01 00:00:00" and os.date("!*t", 0).year == 1970, "date")
check(os.difftime(10, 4) == 6.0 and os.clock() >= before, "clock")
check(os.getenv("COLOUR") == "green" and os.getenv("NOTHING") == nil, "environment")
check(os.execute() == false and arg[1] == "argument", "no shell; arguments")
check(io.read("a") == "", "stdin is at its end")
print(("%d checks of %s passed"):format(count, _VERSION))
