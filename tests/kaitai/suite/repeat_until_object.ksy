# bytes: 01 05 00 06 09
# a[1].v = 6
# b = 9
meta: {id: repeat_until_object, endian: le, encoding: UTF-8}
seq:
  - {id: a, type: t, repeat: until, repeat-until: _.more == 0}
  - {id: b, type: u1}
types:
  t:
    seq:
      - {id: more, type: u1}
      - {id: v, type: u1}
