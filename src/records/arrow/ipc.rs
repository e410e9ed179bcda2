//! The messages of Arrow's files and streams, and the record batches in them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::sync::{Arc, LazyLock};

use arrow_array::ArrayRef;
use arrow_buffer::Buffer;
use arrow_ipc::reader::read_record_batch;
use arrow_ipc::{
    DictionaryBatch, Message, MessageHeader, MetadataVersion, root_as_footer, root_as_message,
};
use arrow_schema::{DataType, Field, Schema};

use super::dictionary::{self, Dictionary};
use super::read::Rows;
use super::{check, most_unpacked, of_arrow, wrong};
use crate::offset::Position;

/// The marker before the length of a message's metadata, since the format's version 0.15.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// The signature at the beginning and the end of a file.
const MAGIC: &[u8] = b"ARROW1";

/// Bytes before the first message of a file: [`MAGIC`], and two that fill it.
const HEAD: u64 = 8;

/// Bytes at the end of a file: the length of its footer, and [`MAGIC`].
const TAIL: u64 = 10;

/// The dictionaries that are passed to the decoding crate.
static NONE: LazyLock<HashMap<i64, ArrayRef>> = LazyLock::new(HashMap::new);

/// A message: its metadata, and where its body is.
struct FramedMessage {
    /// Counts from 1; 0 is the footer of a file.
    number: u64,
    offset: u64,
    metadata: Vec<u8>,
    /// Bytes of the body, where a file says it; a stream says it in the metadata.
    body: Option<u64>,
}

impl FramedMessage {
    fn error(&self, text: impl std::fmt::Display) -> io::Error {
        wrong(match self.number {
            0 => format!("the footer at {:#x}: {text}", self.offset),
            number => format!("message {number} at {:#x}: {text}", self.offset),
        })
    }
}

/// Where messages come from.
enum Messages {
    /// One after the other.
    Stream(Box<dyn Read>),
    /// From places that the footer lists: offsets, and the sizes of metadata and body.
    File(File, std::vec::IntoIter<(u64, u64, u64)>),
}

/// The record batches of a file or a stream. They are validated before they are decoded.
pub(super) struct IpcBatches {
    messages: Messages,
    /// How many messages were read.
    number: u64,
    /// Where the next message of a stream begins.
    offset: u64,
    schema: Arc<Schema>,
    /// The schema as batches are decoded.
    decoded: Arc<Schema>,
    dictionaries: HashMap<i64, Arc<Dictionary>>,
    /// Bytes that all dictionaries have, and had in their messages.
    held: (u64, u64),
    is_done: bool,
}

impl IpcBatches {
    /// The batches of a stream.
    pub(super) fn stream(stream: Box<dyn Read>) -> io::Result<IpcBatches> {
        let mut batches = IpcBatches {
            messages: Messages::Stream(Box::new(BufReader::new(stream))),
            number: 0,
            offset: 0,
            schema: Arc::new(Schema::empty()),
            decoded: Arc::new(Schema::empty()),
            dictionaries: HashMap::new(),
            held: (0, 0),
            is_done: false,
        };
        let Some(found) = batches.message()? else {
            return Err(wrong(
                "a stream of Arrow begins with its schema, and the input is empty",
            ));
        };
        let message = parsed(&found)?;
        let Some(schema) = message.header_as_schema() else {
            return Err(found.error("it is the first of a stream, and no schema"));
        };
        (batches.schema, batches.decoded) = of_schema(&found, &schema)?;
        batches.body(&found, &message)?;
        Ok(batches)
    }

    /// The batches of a file, in the order of its footer.
    pub(super) fn file(mut file: File) -> io::Result<IpcBatches> {
        let length = file.seek(SeekFrom::End(0))?;
        let no_file = || wrong("a file of Arrow begins and ends with ARROW1, and this doesn't");
        let tail_at = length.checked_sub(TAIL).filter(|at| *at >= HEAD);
        let tail_at = tail_at.ok_or_else(no_file)?;
        let head = read_at(&mut file, 0, HEAD)?;
        let tail = read_at(&mut file, tail_at, TAIL)?;
        let Some((size, magic)) = tail.split_first_chunk().filter(|_| head.starts_with(MAGIC))
        else {
            return Err(no_file());
        };
        if magic != MAGIC {
            return Err(no_file());
        }
        let size = i32::from_le_bytes(*size);
        let at = u64::try_from(size)
            .ok()
            .and_then(|size| tail_at.checked_sub(size));
        let Some(at) = at.filter(|at| *at >= HEAD) else {
            return Err(wrong(format!(
                "the footer has {size} bytes, and {} are between the first message and the end",
                tail_at.saturating_sub(HEAD)
            )));
        };
        let found = FramedMessage {
            number: 0,
            offset: at,
            metadata: read_at(&mut file, at, tail_at.since(at))?,
            body: None,
        };
        let footer = root_as_footer(&found.metadata)
            .map_err(|error| found.error(first_line("it is broken", &error)))?;
        let schema = footer
            .schema()
            .ok_or_else(|| found.error("it has no schema"))?;
        let (schema, decoded) = of_schema(&found, &schema)?;
        let dictionaries = footer.dictionaries().into_iter().flatten();
        let blocks = dictionaries.chain(footer.recordBatches().into_iter().flatten());
        let mut left = at;
        let blocks = blocks.map(|block| {
            let place = (
                u64::try_from(block.offset()).ok()?,
                u64::try_from(block.metaDataLength()).ok()?,
                u64::try_from(block.bodyLength()).ok()?,
            );
            let size = place.1.checked_add(place.2)?;
            // Messages don't share bytes, so all together are no larger than the file.
            left = left.checked_sub(size)?;
            let end = place.0.checked_add(size)?;
            (end <= at).then_some(place)
        });
        let blocks = blocks.collect::<Option<Vec<_>>>().ok_or_else(|| {
            found.error("its blocks overlap, or lie outside of what is before it")
        })?;
        Ok(IpcBatches {
            messages: Messages::File(file, blocks.into_iter()),
            number: 0,
            offset: 0,
            schema,
            decoded,
            dictionaries: HashMap::new(),
            held: (0, 0),
            is_done: false,
        })
    }

    /// The metadata of the next message; `None` at the end.
    fn message(&mut self) -> io::Result<Option<FramedMessage>> {
        let number = self.number.past(1);
        self.number = number;
        match &mut self.messages {
            Messages::Stream(stream) => {
                let offset = self.offset;
                let found = |metadata| FramedMessage {
                    number,
                    offset,
                    metadata,
                    body: None,
                };
                let mut prefix = up_to(stream, 4)?;
                let mut start = 4u64;
                if prefix == CONTINUATION {
                    prefix = up_to(stream, 4)?;
                    start = 8;
                }
                if prefix.is_empty() && start == 4 {
                    // The mark of the end may be left out.
                    return Ok(None);
                }
                let Some(size) = prefix.first_chunk() else {
                    return Err(found(Vec::new()).error("the input ends in its length"));
                };
                let size = i32::from_le_bytes(*size);
                if size == 0 {
                    return Ok(None);
                }
                let Ok(size) = u64::try_from(size) else {
                    return Err(
                        found(Vec::new()).error(format_args!("its metadata have {size} bytes"))
                    );
                };
                let metadata = up_to(stream, size)?;
                let found = found(metadata);
                let has = found.metadata.len() as u64;
                if has < size {
                    return Err(found.error(format_args!(
                        "its metadata have {size} bytes, and the input ends after {has} of them"
                    )));
                }
                self.offset = offset.past(start).past(size);
                Ok(Some(found))
            }
            Messages::File(file, blocks) => {
                let Some((offset, size, body)) = blocks.next() else {
                    return Ok(None);
                };
                let mut found = FramedMessage {
                    number,
                    offset,
                    metadata: Vec::new(),
                    body: Some(body),
                };
                let bytes = read_at(file, offset, size)?;
                let rest = bytes.strip_prefix(&CONTINUATION).unwrap_or(&bytes);
                let metadata = rest.split_first_chunk().and_then(|(size, rest)| {
                    rest.get(..usize::try_from(i32::from_le_bytes(*size)).ok()?)
                });
                match metadata {
                    Some(metadata) => found.metadata = metadata.to_vec(),
                    None => return Err(found.error("its metadata don't fit into its block")),
                }
                Ok(Some(found))
            }
        }
    }

    /// The body of the message whose metadata were read last.
    fn body(&mut self, found: &FramedMessage, message: &Message<'_>) -> io::Result<Buffer> {
        let size = found
            .body
            .or_else(|| u64::try_from(message.bodyLength()).ok());
        let Some(size) = size else {
            return Err(found.error(format_args!("its body has {} bytes", message.bodyLength())));
        };
        let body = match &mut self.messages {
            // It comes after the metadata, which were read.
            Messages::File(file, _) => up_to(file, size)?,
            Messages::Stream(stream) => {
                let body = up_to(stream, size)?;
                self.offset.advance(body.len() as u64);
                body
            }
        };
        let has = body.len() as u64;
        match has < size {
            true => Err(found.error(format_args!(
                "its body has {size} bytes, and the input ends after {has} of them"
            ))),
            false => Ok(Buffer::from_vec(body)),
        }
    }

    fn next_batch(&mut self) -> io::Result<Option<Rows>> {
        while let Some(found) = self.message()? {
            let message = parsed(&found)?;
            let body = self.body(&found, &message)?;
            let (version, size) = (message.version(), found.metadata.len());
            if version != MetadataVersion::V4 && version != MetadataVersion::V5 {
                let name = version.variant_name().unwrap_or("a later one");
                return Err(found.error(format_args!("its version is {name}, and may be V4 or V5")));
            }
            if let Some(batch) = message.header_as_record_batch() {
                let fields = self.schema.fields().iter().map(|field| &**field);
                check::batch(&batch, fields, size, &body).map_err(|text| found.error(text))?;
                let schema = Arc::clone(&self.decoded);
                let batch = read_record_batch(&body, batch, schema, &NONE, None, &version);
                let batch = batch.map_err(|error| found.error(of_arrow(error)))?;
                return Ok(Some(Rows {
                    schema: Arc::clone(&self.schema),
                    dictionaries: self.dictionaries(),
                    batch,
                }));
            }
            if let Some(dictionary) = message.header_as_dictionary_batch() {
                self.hold(&found, dictionary, &body, version)?;
                continue;
            }
            let kind = message.header_type();
            if kind != MessageHeader::NONE {
                let name = kind.variant_name().unwrap_or("of a later kind");
                return Err(found.error(format_args!(
                    "it is {name}, and no record batch or dictionary"
                )));
            }
        }
        Ok(None)
    }

    /// The dictionary of each column that has one.
    fn dictionaries(&self) -> Vec<Option<Arc<Dictionary>>> {
        let fields = self.schema.fields().iter();
        let own = fields.map(|field| {
            #[expect(deprecated, reason = "as in what takes them")]
            let id = field.dict_id()?;
            self.dictionaries.get(&id).cloned()
        });
        own.collect()
    }

    /// Stores a dictionary, which later batches refer to.
    fn hold(
        &mut self,
        found: &FramedMessage,
        dictionary: DictionaryBatch<'_>,
        body: &Buffer,
        version: MetadataVersion,
    ) -> io::Result<()> {
        let id = dictionary.id();
        #[expect(
            deprecated,
            reason = "fields have the identifiers of their dictionaries, and nothing else tells them"
        )]
        let fields = self.schema.fields_with_dict_id(id);
        let values = fields.first().and_then(|field| match field.data_type() {
            DataType::Dictionary(_, values) => Some(Field::new("values", (**values).clone(), true)),
            _ => None,
        });
        let (Some(values), Some(data)) = (values, dictionary.data()) else {
            return Err(found.error(format_args!("it is dictionary {id}, which no column has")));
        };
        let size = found.metadata.len();
        let own = check::batch(&data, [&values], size, body).map_err(|text| found.error(text))?;
        let (held, packed) = self.held;
        let held = held.saturating_add(own as u64);
        let packed = packed.saturating_add(size.saturating_add(body.len()) as u64);
        if held > most_unpacked(packed) {
            return Err(found.error(format_args!(
                "the dictionaries so far have {held} bytes, of which {packed} are in their messages"
            )));
        }
        self.held = (held, packed);
        let kind = dictionary::plain(values.data_type()).map_err(|text| found.error(text))?;
        let schema = Arc::new(Schema::new(vec![Field::new("values", kind, true)]));
        let values = read_record_batch(body, data, schema, &NONE, None, &version)
            .map_err(|error| found.error(of_arrow(error)))?;
        let own = self.dictionaries.entry(id).or_default();
        if !dictionary.isDelta() {
            *own = Arc::default();
        }
        // Earlier rows are dropped by now, so that nothing is copied.
        let own = Arc::make_mut(own);
        values
            .columns()
            .iter()
            .for_each(|column| own.add(Arc::clone(column)));
        Ok(())
    }
}

impl Iterator for IpcBatches {
    type Item = io::Result<Rows>;

    fn next(&mut self) -> Option<io::Result<Rows>> {
        if self.is_done {
            return None;
        }
        let batch = self.next_batch().transpose();
        self.is_done = !matches!(batch, Some(Ok(_)));
        batch
    }
}

fn parsed(found: &FramedMessage) -> io::Result<Message<'_>> {
    root_as_message(&found.metadata)
        .map_err(|error| found.error(first_line("its metadata are broken", &error)))
}

/// The others say which tables it is in.
fn first_line(what: &str, error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    format!("{what}: {}", text.lines().next().unwrap_or_default())
}

/// A schema as it is, and as it is decoded.
fn of_schema(
    found: &FramedMessage,
    schema: &arrow_ipc::Schema<'_>,
) -> io::Result<(Arc<Schema>, Arc<Schema>)> {
    check::schema(schema, found.metadata.len()).map_err(|text| found.error(text))?;
    let schema = arrow_ipc::convert::fb_to_schema(*schema);
    let decoded = dictionary::decoded(&schema).map_err(|text| found.error(text))?;
    Ok((Arc::new(schema), Arc::new(decoded)))
}

/// The next bytes; fewer at the end. No more memory than there are bytes, whatever the size says.
fn up_to(input: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.by_ref().take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Bytes of a file that are there.
pub(super) fn read_at(file: &mut File, offset: u64, size: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let bytes = up_to(file, size)?;
    match (bytes.len() as u64) < size {
        true => Err(wrong(format!(
            "the file ends before {:#x}",
            offset.saturating_add(size)
        ))),
        false => Ok(bytes),
    }
}
