meta: {id: vlq}
seq:
  - {id: groups, type: group, repeat: until, repeat-until: not _.has_next}
types:
  group:
    seq:
      - {id: has_next, type: b1}
      - {id: value, type: b7}
instances:
  value:
    value: 'groups.size == 1 ? groups[0].value : groups[0].value + (groups[1].value << 7)'
