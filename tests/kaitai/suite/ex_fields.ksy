# bytes: 05 01 02 03 34 32 41 42
# r0 = 3
# r1 = 4
# r2 = 3
# r3 = 1
# r4 = 2
# r5 = 2
# r6 = 42
# r7 = 67
# r8 = b'AB42'
# r9 = True
# r10 = 66
meta: {id: ex_fields, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
  - {id: l, type: u1, repeat: expr, repeat-expr: 3}
  - {id: s, type: str, size: 2}
  - {id: b, size: 2}
instances:
  r0:
    value: |-
      l.size
  r1:
    value: |-
      l.first + l.last
  r2:
    value: |-
      l.max
  r3:
    value: |-
      l.min
  r4:
    value: |-
      l[1]
  r5:
    value: |-
      s.length
  r6:
    value: |-
      s.to_i
  r7:
    value: |-
      b.length + b[0]
  r8:
    value: |-
      b.to_s("ASCII") + s
  r9:
    value: |-
      b == [0x41, 0x42]
  r10:
    value: |-
      b.last
