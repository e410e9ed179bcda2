# bytes: 05
# r0 = True
# r1 = True
# r2 = True
# r3 = False
# r4 = True
meta: {id: ex_text_compare, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      "a" < "b"
  r1:
    value: |-
      "b" == "b"
  r2:
    value: |-
      "a" != "b"
  r3:
    value: |-
      "b" >= "c"
  r4:
    value: |-
      "ab" > "aa"
