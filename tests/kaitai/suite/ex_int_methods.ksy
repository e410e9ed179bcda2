# bytes: 05
# r0 = b'5'
# r1 = b'15'
# r2 = b'-5'
# r3 = 3
# r4 = -3
# r5 = 1
# r6 = 0
meta: {id: ex_int_methods, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      a.to_s
  r1:
    value: |-
      (a * 3).to_s
  r2:
    value: |-
      (-a).to_s
  r3:
    value: |-
      3.7.to_i
  r4:
    value: |-
      (-3.7).to_i
  r5:
    value: |-
      true.to_i
  r6:
    value: |-
      (a == 4).to_i
