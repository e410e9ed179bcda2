# bytes: 03
# plain = absent
# absent_of = absent
# chosen = absent
# cast = absent
# through = absent
# size ! K003
# n = 3
meta: {id: inst_absent_value, endian: le}
seq:
  - {id: n, type: u1}
instances:
  plain: {pos: 0, size: 1, if: n == 1}
  absent_of: {value: plain}
  chosen: {value: 'n == 2 ? other : plain'}
  other: {pos: 0, size: 1, if: n == 2}
  cast: {value: plain.as<bytes>}
  through: {value: _root.chosen}
  size: {value: plain.size}
