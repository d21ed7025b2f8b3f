//! Reads small XML documents into a tree, refusing what makes XML dangerous.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Bytes of a document. The largest body that S3 takes as XML has 2 MB.
pub const MAX_DOCUMENT_BYTES: usize = 4 * 1024 * 1024;
/// Elements inside each other.
pub const MAX_DEPTH: usize = 32;
/// Elements of a document. A multipart upload's completion may list 10,000 parts of eight.
pub const MAX_ELEMENTS: usize = 100_000;
/// Attributes of one element.
pub const MAX_ATTRIBUTES: usize = 16;

/// An element: its name without prefix, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// The name, without a namespace prefix.
    pub name: String,
    /// Attributes with their names as written, such as `xmlns` or `xsi:type`.
    pub attributes: Vec<(String, String)>,
    /// The elements in it.
    pub children: Vec<Element>,
    /// Its own text, without that of its children.
    pub text: String,
}

/// The bytes are no XML document that this server reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// More than [`MAX_DOCUMENT_BYTES`].
    #[error("the document has {bytes} bytes: send at most {MAX_DOCUMENT_BYTES}")]
    TooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// More than [`MAX_DEPTH`].
    #[error("elements are nested too deeply: use at most {MAX_DEPTH} levels")]
    TooDeep,
    /// More than [`MAX_ELEMENTS`].
    #[error("the document has more than {MAX_ELEMENTS} elements: send fewer")]
    TooManyElements,
    /// More than [`MAX_ATTRIBUTES`].
    #[error("the element `{element}` has more than {MAX_ATTRIBUTES} attributes: use fewer")]
    TooManyAttributes {
        /// The element.
        element: String,
    },
    /// A document type definition, which could define entities that grow without bounds.
    #[error("document type definitions are refused: leave `<!DOCTYPE …>` out")]
    DocumentType,
    /// A processing instruction.
    #[error("processing instructions are refused: leave `<?…?>` out")]
    ProcessingInstruction,
    /// An entity other than the five that every document has.
    #[error("the entity `&{name};` is not defined: write the character itself")]
    Entity {
        /// Its name.
        name: String,
    },
    /// Not well formed.
    #[error("the document is not well formed at byte {position}: {reason}")]
    Malformed {
        /// Where reading stopped.
        position: u64,
        /// Why.
        reason: String,
    },
}

impl Element {
    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The attribute of this name as written.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document. Comments are skipped; text among child elements is kept in one piece.
///
/// # Errors
/// What is malformed, refused or over a limit.
pub fn read(document: &[u8]) -> Result<Element, XmlError> {
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(XmlError::TooLarge { bytes: document.len() });
    }
    let text = std::str::from_utf8(document).map_err(|error| XmlError::Malformed {
        position: error.valid_up_to() as u64,
        reason: "the bytes are not UTF-8".to_owned(),
    })?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut tree = Tree::default();
    loop {
        let position = reader.buffer_position();
        let malformed = |reason: String| XmlError::Malformed { position, reason };
        let event = reader.read_event().map_err(|error| malformed(error.to_string()))?;
        match event {
            Event::Start(start) => tree.open(element(&start, position)?, position)?,
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.text(&text.xml10_content(), position)?,
            Event::CData(data) => tree.text(&data.xml10_content(), position)?,
            Event::GeneralRef(reference) => tree.text(&resolve(&reference, position)?, position)?,
            Event::Decl(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::PI(_) => return Err(XmlError::ProcessingInstruction),
            Event::Eof => return tree.finish(position),
            Event::Empty(_) => return Err(malformed("unexpected empty element".to_owned())),
        }
    }
}

/// The elements that are open, outermost first, and the root once it is closed.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree {
    fn open(&mut self, element: Element, position: u64) -> Result<(), XmlError> {
        if self.root.is_some() {
            let reason = "there is a second root element".to_owned();
            return Err(XmlError::Malformed { position, reason });
        }
        if self.open.len() == MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        if self.elements == MAX_ELEMENTS {
            return Err(XmlError::TooManyElements);
        }
        self.elements += 1;
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        if let Some(mut element) = self.open.pop() {
            if !element.children.is_empty() && element.text.trim_ascii().is_empty() {
                // Only the layout between the children.
                element.text.clear();
            }
            match self.open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => self.root = Some(element),
            }
        }
    }

    fn text(&mut self, text: &str, position: u64) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_ascii().trim_start_matches('\u{feff}').is_empty() => {}
            None => {
                let reason = "there is text outside the root element".to_owned();
                return Err(XmlError::Malformed { position, reason });
            }
        }
        Ok(())
    }

    fn finish(self, position: u64) -> Result<Element, XmlError> {
        let reason = if self.open.is_empty() {
            "there is no root element"
        } else {
            "the document ends inside an element"
        };
        self.root
            .filter(|_| self.open.is_empty())
            .ok_or_else(|| XmlError::Malformed { position, reason: reason.to_owned() })
    }
}

fn element(start: &BytesStart<'_>, position: u64) -> Result<Element, XmlError> {
    let malformed = |reason: String| XmlError::Malformed { position, reason };
    let name = start.local_name().as_ref().to_owned();
    let mut element = Element { name, ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| malformed(error.to_string()))?;
        if element.attributes.len() == MAX_ATTRIBUTES {
            return Err(XmlError::TooManyAttributes { element: element.name });
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| malformed(error.to_string()))?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

/// The text of a `&…;`.
fn resolve(reference: &BytesRef<'_>, position: u64) -> Result<String, XmlError> {
    let malformed = |reason: String| XmlError::Malformed { position, reason };
    if let Some(letter) = reference.resolve_char_ref().map_err(|e| malformed(e.to_string()))? {
        return Ok(letter.to_string());
    }
    resolve_predefined_entity(reference)
        .map(str::to_owned)
        .ok_or_else(|| XmlError::Entity { name: (**reference).to_owned() })
}
