# bytes: 05
# r0 = [1000, 2, 300]
# r1 = 2
# r2 = 1000
# r3 = 2
# r4 = b'b'
# r5 = 1.5
# r6 = 2
# r7 = b'a'
meta: {id: ex_lists, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      [1000, 2, 300]
  r1:
    value: |-
      [1000, 2].size
  r2:
    value: |-
      [1000, 2].max
  r3:
    value: |-
      [1000, 2].min
  r4:
    value: |-
      ["a", "b"].last
  r5:
    value: |-
      [1.5, 2.5].first
  r6:
    value: |-
      [1000, 2][1]
  r7:
    value: |-
      ["b", "a"].min
