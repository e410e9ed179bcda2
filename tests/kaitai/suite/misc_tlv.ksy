# bytes: 01 02 61 62 02 01 07
# l[0].v.s = b'ab'
# l[1].v.n = 7
meta: {id: misc_tlv, endian: le, encoding: UTF-8}
seq:
  - {id: l, type: tlv, repeat: eos}
types:
  tlv:
    seq:
      - {id: tag, type: u1, enum: tag}
      - {id: len, type: u1}
      - id: v
        size: len
        type:
          switch-on: tag
          cases:
            'tag::text': text
            'tag::num': num
  text: {seq: [{id: s, type: str, size-eos: true}]}
  num: {seq: [{id: n, type: u1}]}
enums: {tag: {1: text, 2: num}}
