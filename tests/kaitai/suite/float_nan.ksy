# bytes: 00 00 c0 7f 00 00 80 3f
# less = False
# more = False
# same = False
# other = True
meta: {id: float_nan, endian: le}
seq: [{id: a, type: f4}, {id: b, type: f4}]
instances:
  less: {value: a <= b}
  more: {value: a >= b}
  same: {value: a == a}
  other: {value: a != a}
