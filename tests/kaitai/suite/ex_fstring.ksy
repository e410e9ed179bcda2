# bytes: 05
# r0 = b'n=5'
# r1 = b'6x!'
# r2 = b'plain'
# r3 = b'\t5'
meta: {id: ex_fstring, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: u1}
instances:
  r0:
    value: |-
      f"n={a}"
  r1:
    value: |-
      f"{a + 1}{"x"}!"
  r2:
    value: |-
      f"plain"
  r3:
    value: |-
      f"\t{a}"
