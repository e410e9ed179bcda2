meta:
  id: tlv
  title: Records of a tag, a length and a value
  file-extension: tlv
  endian: be
  encoding: UTF-8
seq:
  - id: magic
    contents: TLV
  - id: records
    type: record
    repeat: eos
types:
  record:
    seq:
      - id: tag
        type: u1
        enum: tag
      - id: length
        type: u2
      - id: body
        size: length
        type:
          switch-on: tag
          cases:
            'tag::text': text
            'tag::number': number
    instances:
      is_text:
        value: tag == tag::text
  text:
    seq:
      - id: text
        type: str
        size-eos: true
  number:
    seq:
      - id: number
        type: s4
enums:
  tag:
    1: text
    2: number
