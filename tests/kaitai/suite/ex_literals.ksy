# bytes: 05
# r0 = 31
# r1 = 165
# r2 = 15
# r3 = 1000
# r4 = 1.5
# r5 = 2000.0
# r6 = 0.15
# r7 = True
# r8 = False
# r9 = 18446744073709551615
# r10 = 0.5
# r11 = 0.25
# r12 = 5
meta: {id: ex_literals, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      0x1F
  r1:
    value: |-
      0b1010_0101
  r2:
    value: |-
      0o17
  r3:
    value: |-
      1_000
  r4:
    value: |-
      1.5
  r5:
    value: |-
      2e3
  r6:
    value: |-
      1.5e-1
  r7:
    value: |-
      true
  r8:
    value: |-
      false
  r9:
    value: |-
      0xffff_ffff_ffff_ffff
  r10:
    value: |-
      .25 * 2
  r11:
    value: |-
      1. / 4
  r12:
    value: |-
      a.to_s.to_i
