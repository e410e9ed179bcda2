# bytes: 05 07 09
# none = []
# l = [5, 7]
# after = 9
meta: {id: repeat_until_absent, endian: le}
seq:
  - {id: none, type: {switch-on: 1, cases: {2: u1}}, repeat: until, repeat-until: _index == 2}
  - {id: l, type: {switch-on: _index, cases: {0: u1, 2: u1}}, repeat: until, repeat-until: _index == 2}
  - {id: after, type: u1}
