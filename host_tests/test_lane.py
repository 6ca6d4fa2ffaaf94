"""The emulated cores count what a board would run, and stop where it would come to harm."""

import lane
import pytest
from lane.mpy_file import compiled

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
ARCHES = ["armv6m", "armv7emsp", "rv32imc"]
THUMB = """
import micropython
@micropython.asm_thumb
def f(r0, r1):
{}
"""
RISCV = THUMB.replace("asm_thumb", "asm_rv32").replace("r0, r1", "a0, a1")
VIPER = """
import micropython

class Unused:
    pass

@micropython.viper
def f({}){}:
{}
"""


def function(template, lines, arch, parameters=None, result=""):
    body = "".join(f"    {line}\n" for line in lines.split("; "))
    fields = [body] if parameters is None else [parameters, result, body]
    return compiled(template.format(*fields).encode(), "test.py", arch)["f"]


def run(arch, function, *arguments):
    core = lane.of(arch)
    result = core.call(function, *arguments)
    return result, core


@pytest.mark.parametrize(
    ("arch", "lines", "why"),
    [
        pytest.param("armv6m", "data(2, 0xf04f, 1)", "not an ARMv6-M", id="mov.w"),
        pytest.param("armv6m", "data(2, 0xb100)", "not an ARMv6-M", id="cbz"),
        pytest.param("armv6m", "mov(r8, r0)", "changed register r8", id="r8"),
        pytest.param("armv7emsp", "vmov(s17, r0)", "changed register s17", id="s17"),
        pytest.param("armv7emsp", "data(2, 0xee30, 0x0b01)", "not an ARMv7E-M", id="vadd.f64"),
        pytest.param("armv7emsp", "data(2, 0xfe80, 0x0a00)", "not an ARMv7E-M", id="vmaxnm"),
        pytest.param("rv32imc", "mv(s2, a0)", "changed register x18", id="s2"),
        pytest.param("rv32imc", "data(4, 0x20c5a533)", "not an RV32IMC", id="sh1add"),
        pytest.param("rv32imc", "data(2, 0x6000)", "not an RV32IMC", id="c.flw"),
    ],
)
def test_an_instruction_or_register_that_is_not_the_functions_is_a_fault(arch, lines, why):
    template = RISCV if arch == "rv32imc" else THUMB
    with pytest.raises(lane.Fault, match=why):
        run(arch, function(template, lines, arch), 5, 6)


@pytest.mark.parametrize(
    ("arch", "leave", "find"),
    [
        ("armv6m", "mov(r12, r0)", "mov(r0, r12)"),
        ("armv7emsp", "vmov(s3, r0)", "vmov(r0, s3)"),
        ("rv32imc", "mv(t3, a0)", "mv(a0, t3)"),
    ],
)
def test_no_call_finds_what_the_last_one_left(arch, leave, find):
    template = RISCV if arch == "rv32imc" else THUMB
    core = lane.of(arch)
    core.call(function(template, leave, arch), 5, 6)
    assert core.call(function(template, find, arch), 7, 8) not in (5, 6, 7, 8)


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ptr32(p)[4] = 0", "write outside the places"),
        ("ptr8(int(p) - 1)[0] = 0", "write outside the places"),
        ("n = int(p[16])", "read outside the places"),
        ("q[0] = 1", "write to what is only for reading"),
        ("while True: n += 1", "does not end"),
    ],
)
def test_a_wrong_access_is_a_fault(arch, line, why):
    core = lane.of(arch)
    there, fixed = core.place(bytes(16)), core.place(bytes(16), writable=False)
    code = function(VIPER, line, arch, "p: ptr8, q: ptr8, n: int")
    with pytest.raises(lane.Fault, match=why):
        core.call(code, there, fixed, 0)


@pytest.mark.parametrize("arch", ["armv6m", "rv32imc"])
@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ptr16(int(p) + 1)[0] = 0", "access of 2 bytes"),
        ("ptr32(int(p) + 2)[0] = 0", "access of 4 bytes"),
    ],
)
def test_an_unaligned_access_is_a_fault(arch, line, why):
    core = lane.of(arch)
    there = core.place(bytes(16))
    with pytest.raises(lane.Fault, match=why):
        core.call(function(VIPER, line, arch, "p: ptr8"), there)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("data(2, 0xc90c)", "access of 4 bytes"),  # ldmia r1!, {r2, r3}
        ("data(2, 0xe891, 0x000c)", "access of 4 bytes"),  # ldmia.w r1, {r2, r3}
        ("data(2, 0xe9d1, 0x2300)", "access of 4 bytes"),  # ldrd r2, r3, [r1]
        ("vldr(s0, [r1, 0])", "access of 4 bytes"),
        ("data(2, 0xec81, 0x0a02)", "access of 4 bytes"),  # vstmia r1, {s0, s1}
    ],
)
def test_an_m4_takes_single_words_at_any_address_but_no_others(line, why):
    core = lane.of("armv7emsp")
    there = core.place(bytes(16)) + 1
    single = "ldr(r2, [r1, 0]); ldrh(r2, [r1, 4]); str(r2, [r1, 8]); strh(r2, [r1, 12])"
    core.call(function(THUMB, single, "armv7emsp"), 0, there)
    with pytest.raises(lane.Fault, match=why):
        core.call(function(THUMB, f"{single}; {line}", "armv7emsp"), 0, there)


def test_a_rounding_mode_left_behind_is_a_fault():
    core = lane.of("armv7emsp")
    some = "movwt(r0, 0x10); data(2, 0xeee1, 0x0a10)"  # vmsr fpscr, r0: a cumulative flag
    core.call(function(THUMB, some, "armv7emsp"), 0, 0)
    other = "movwt(r0, 0xc00000); data(2, 0xeee1, 0x0a10)"  # towards zero
    with pytest.raises(lane.Fault, match="changed the modes of the FPU"):
        core.call(function(THUMB, other, "armv7emsp"), 0, 0)


@pytest.mark.parametrize("arch", ARCHES)
def test_a_viper_function_gets_its_arguments_and_gives_its_result(arch):
    line = "return ptr32(p)[1] + n + m"
    code = function(VIPER, line, arch, "p: ptr32, n: int, m: int, k: int", " -> int")
    core = lane.of(arch)
    words = core.place(b"\0\0\0\0\5\0\0\0", writable=False)
    assert core.call(code, words, 7, -20, 0) == -8
    with pytest.raises(lane.Fault, match="wrong number of arguments"):
        core.call(code, words, 7, 1)
    with pytest.raises(lane.Fault, match="allocates an object for 1073741835"):
        core.call(code, words, 6, 2**30, 0)


@pytest.mark.parametrize("arch", ARCHES)
def test_a_viper_function_without_result_gives_none(arch):
    assert run(arch, function(VIPER, "n += 1", arch, "n: int"), 1)[0] is None


@pytest.mark.parametrize("arch", ARCHES)
def test_what_needs_micropython_itself_is_a_fault(arch):
    with pytest.raises(lane.Fault, match="entry 15 of MicroPython's table"):
        run(arch, function(VIPER, "return o[0]", arch, "o"), 1)


@pytest.mark.parametrize(
    ("arch", "template", "lines", "instructions", "cycles"),
    [
        ("armv6m", THUMB, "add(r0, 1); mul(r0, r1)", 2, 2),
        ("armv6m", THUMB, "ldr(r2, [r0, 0])", 1, 2),
        ("armv6m", THUMB, "label(L); sub(r1, 1); bne(L)", 12, 12 + 5),
        ("armv6m", THUMB, "push({r1, r2}); pop({r1, r2})", 2, 6),
        ("armv6m", THUMB, "data(2, 0xc80c); b(L); label(L)", 2, 3 + 2),
        ("armv7emsp", THUMB, "ldr(r2, [r0, 0])", 1, 2),
        ("armv7emsp", THUMB, "vldr(s0, [r0, 0]); vadd(s0, s0, s0); vdiv(s1, s0, s0)", 3, 17),
        ("armv7emsp", THUMB, "data(2, 0xec90, 0x0a04)", 1, 5),
        ("rv32imc", RISCV, "lw(a2, 0(a0)); addi(a3, a2, 1)", 2, 3),
        ("rv32imc", RISCV, "lw(a2, 0(a0)); addi(a3, a1, 1)", 2, 2),
        # The first time back and the way out are mispredicted; and five jumps to a wide
        # instruction that begins at a halfword.
        ("rv32imc", RISCV, "mv(a2, a2); label(L); addi(a1, a1, -1); bne(a1, zero, L)", 13, 15),
        ("rv32imc", RISCV, "label(L); addi(a1, a1, -1); bne(a1, zero, L)", 12, 12 + 2 + 5),
        ("rv32imc", RISCV, "div(a0, a0, a1)", 1, 19),
    ],
)
def test_instructions_and_published_cycles(arch, template, lines, instructions, cycles):
    counts = []
    first = "mv(a2, a2)" if template is RISCV else "nop()"
    core = lane.of(arch)
    address = core.place(bytes(64))
    for body in (first, f"{first}; {lines}"):  # entry and exit cancel out
        core.call(function(template, body, arch), address, 6)
        counts.append((core.instructions, core.cycles))
    assert counts[1][0] - counts[0][0] == instructions
    assert counts[1][1] - counts[0][1] == cycles


_INTERPOLATE = "; ".join(
    [
        "mov(r2, 0xD0)",
        "lsl(r2, r2, 24)",
        "add(r2, 0x80)",
        "str(r0, [r2, 0x00])",
        "str(r1, [r2, {register}])",
        "ldr(r0, [r2, {result}])",
    ]
)


@pytest.mark.parametrize(
    ("register", "value", "result", "expected"),
    [
        pytest.param(0x2C, 4 | 2 << 5 | 7 << 10, 0x34, 0x64, id="masked"),
        pytest.param(0x2C, 4 | 31 << 10, 0x20, 0x1234567, id="shifted"),
        pytest.param(0x08, 0x100, 0x20, 0x100, id="base added"),
        pytest.param(0x30, 8 | 7 << 10 | 1 << 16, 0x24, 0x56 + 0x11, id="crossed input"),
        pytest.param(0x34, 0xFFFFFFFF, 0x00, 0x12345677, id="added"),
    ],
)
def test_an_rp2040_has_interpolators(register, value, result, expected):
    lines = _INTERPOLATE.format(register=register, result=result)
    core = lane.of("armv6m")
    base = _INTERPOLATE.format(register=0x0C, result=0)
    core.call(function(THUMB, base, "armv6m"), 0, 0x11)
    assert core.call(function(THUMB, lines, "armv6m"), 0x12345678, value) == expected


def test_an_interpolator_answers_at_once():
    lines = _INTERPOLATE.format(register=4, result=4)
    _, core = run("armv6m", function(THUMB, lines, "armv6m"), 1, 2)
    other = lines.replace("str(", "add(r3, 1); #").partition("; #")[0]
    _, without = run("armv6m", function(THUMB, other, "armv6m"), 1, 2)
    assert core.cycles - without.cycles == 2


@pytest.mark.parametrize(("place", "value"), [(0x2C, 1 << 21), (0x3C, 1)])
def test_what_the_interpolators_here_have_not_is_a_fault(place, value):
    lines = _INTERPOLATE.format(register=place, result=0)
    with pytest.raises(lane.Fault, match="is not modelled"):
        run("armv6m", function(THUMB, lines, "armv6m"), 0, value)
    lines = "mov(r2, 0xD0); lsl(r2, r2, 24); ldr(r0, [r2, 0])"
    with pytest.raises(lane.Fault, match="no register that is modelled"):
        run("armv6m", function(THUMB, lines, "armv6m"), 0, 0)
