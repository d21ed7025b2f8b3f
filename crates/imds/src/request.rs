//! What a request asks for, and whether it may.

use std::borrow::Cow;

use crate::token::{MAX_TTL_SECONDS, MIN_TTL_SECONDS};

/// The header with the token.
pub const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
/// The header that says how long a token is to last, which the answer repeats.
pub const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
/// Bytes of all headers of a request together. What the real service takes is unverified.
pub const MAX_HEADER_BYTES: usize = 8 * 1024;
/// Bytes of the longest path: far beyond every item, tags included.
pub const MAX_PATH_BYTES: usize = 1024;

/// Where tokens are made.
const TOKEN_PATH: &str = "/latest/api/token";

/// The versions that are served beside `latest`, which all show the same. The real service shows each as
/// it was then.
pub const VERSIONS: [&str; 29] = [
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "2011-01-01",
    "2011-05-01",
    "2012-01-12",
    "2014-02-25",
    "2014-11-05",
    "2015-10-20",
    "2016-04-19",
    "2016-06-30",
    "2016-09-02",
    "2018-03-28",
    "2018-08-17",
    "2018-09-24",
    "2019-10-01",
    "2020-08-24",
    "2020-10-27",
    "2021-01-03",
    "2021-03-23",
    "2021-07-15",
    "2022-09-24",
    "2024-04-11",
];

/// What counts of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, without a query.
    pub path: &'a str,
    /// The token, if it has one.
    pub token: Option<&'a [u8]>,
    /// The wish for a token's length, if it has one.
    pub ttl: Option<&'a [u8]>,
    /// Whether it was forwarded: it has an `X-Forwarded-For`.
    pub forwarded: bool,
}

/// How the instance lets itself be asked: `MetadataOptions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// `HttpEndpoint`
    pub enabled: bool,
    /// `HttpTokens` is `required`.
    pub tokens_required: bool,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked<'a> {
    /// A token of this many seconds.
    Token(u32),
    /// The item under this path, after its token was checked, if it has one.
    Item {
        /// The parts of the path after the version; none for the list of versions.
        path: Option<Vec<Cow<'a, str>>>,
        /// The token to check.
        token: Option<&'a [u8]>,
    },
}

/// Why there is no answer, as an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 400: the wish for a token's length is missing or not within its bounds.
    BadRequest,
    /// 401: a token is missing where one is required, or is not good.
    Unauthorized,
    /// 403: the service is off; a token is asked for elsewhere than it is made, or through a proxy.
    Forbidden,
    /// 404: there is no such item.
    NotFound,
    /// 405: not by this method.
    MethodNotAllowed,
}

impl Status {
    /// The number.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
        }
    }

    /// The page that comes with it, of the form that users paste in reports (its exact text is unverified).
    #[must_use]
    pub fn page(self) -> String {
        let text = match self {
            Self::BadRequest => "400 - Bad Request",
            Self::Unauthorized => "401 - Unauthorized",
            Self::Forbidden => "403 - Forbidden",
            Self::NotFound => "404 - Not Found",
            Self::MethodNotAllowed => "405 - Method Not Allowed",
        };
        format!(
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n\
             <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n\
             \t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
             <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n \
             <head>\n  <title>{text}</title>\n </head>\n <body>\n  <h1>{text}</h1>\n </body>\n</html>\n"
        )
    }
}

impl<'a> Request<'a> {
    /// What it asks for. A token is left to be checked: [`crate::Tokens::check`].
    ///
    /// # Errors
    /// The [`Status`] that refuses it (user guide, "use the Instance Metadata Service": 400, 401, 403;
    /// 405 for a `GET` of the token is what SDKs fall back on).
    pub fn read(&self, options: Options) -> Result<Asked<'a>, Status> {
        if !options.enabled {
            return Err(Status::Forbidden);
        }
        if self.path.len() > MAX_PATH_BYTES {
            return Err(Status::NotFound);
        }
        match self.method {
            "PUT" => self.token(),
            "GET" | "HEAD" if self.path == TOKEN_PATH => Err(Status::MethodNotAllowed),
            "GET" | "HEAD" => self.item(options),
            _ => Err(Status::MethodNotAllowed),
        }
    }

    fn token(&self) -> Result<Asked<'a>, Status> {
        if self.path != TOKEN_PATH || self.forwarded {
            return Err(Status::Forbidden);
        }
        let text = self.ttl.and_then(|ttl| std::str::from_utf8(ttl).ok());
        let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let seconds: Option<u32> = digits.and_then(|digits| digits.parse().ok());
        seconds
            .filter(|seconds| (MIN_TTL_SECONDS..=MAX_TTL_SECONDS).contains(seconds))
            .map(Asked::Token)
            .ok_or(Status::BadRequest)
    }

    fn item(&self, options: Options) -> Result<Asked<'a>, Status> {
        if self.token.is_none() && options.tokens_required {
            return Err(Status::Unauthorized);
        }
        let mut parts = self.path.split('/').filter(|part| !part.is_empty());
        let path = match parts.next() {
            None => None,
            Some(version) if version == "latest" || VERSIONS.contains(&version) => {
                Some(parts.map(decode).collect::<Option<_>>().ok_or(Status::NotFound)?)
            }
            Some(_) => return Err(Status::NotFound),
        };
        Ok(Asked::Item { path, token: self.token })
    }
}

/// A part of a path without its percent signs; `None` for what is no text.
fn decode(part: &str) -> Option<Cow<'_, str>> {
    if !part.contains('%') {
        return Some(Cow::Borrowed(part));
    }
    let mut out = Vec::with_capacity(part.len());
    let mut bytes = part.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let value = bytes.next().and_then(digit)? * 16 + bytes.next().and_then(digit)?;
        out.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}
