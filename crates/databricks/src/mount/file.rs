//! Files as a cluster sees them: objects of S3, with the credentials that the cluster's driver has.
//!
//! What the JVM says around AWS's own sentences follows reports of users (sparklyr issue 3254,
//! terraform-provider-databricks issue 418) and is otherwise unverified.

use cloud::Fault as AwsFault;
use s3::content::{MAX_INLINE_BYTES, Received};
use s3::list::objects::ListObjectsV2;
use s3::object::get::{GetObject, HeadObject};
use s3::object::put::PutObject;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::aws::Session;
use crate::cluster::{ClusterRow, driver};
use crate::command::python::repr;
use crate::command::result::Exception;
use crate::mount::Encryption;
use crate::mount::place::Place;
use crate::operation::Act;

/// Bytes of the longest list that a command shows: results are kept, and a row holds a mebibyte. Databricks' own
/// limit is unverified.
pub const MAX_LISTED_BYTES: usize = 512 * 1024;

/// A file or folder, as `dbutils.fs.ls` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    path: String,
    name: String,
    size: u64,
    /// In milliseconds; none for folders, which S3 does not have.
    modified: i64,
}

/// What `dbutils.fs.ls` lists.
#[derive(Debug)]
pub struct Listed {
    /// The files and folders.
    pub files: Vec<File>,
    /// Whether there are more than one page of S3's.
    pub truncated: bool,
}

impl Listed {
    /// They as Python shows them, and whether that is not all.
    #[must_use]
    pub fn repr(&self) -> (String, bool) {
        let mut shown = String::from("[");
        for (at, file) in self.files.iter().enumerate() {
            let file = file.repr();
            if shown.len() + file.len() > MAX_LISTED_BYTES {
                return (shown + "]", true);
            }
            shown.push_str(if at == 0 { "" } else { ", " });
            shown.push_str(&file);
        }
        (shown + "]", self.truncated)
    }
}

impl File {
    /// It as Python shows it.
    fn repr(&self) -> String {
        format!(
            "FileInfo(path={}, name={}, size={}, modificationTime={})",
            repr(&self.path),
            repr(&self.name),
            self.size,
            self.modified
        )
    }
}

/// Whether a cluster can look into a place.
///
/// # Errors
/// Why it cannot.
pub fn look(act: &mut Act<'_, '_>, cluster: &ClusterRow, place: &Place) -> Result<(), Exception> {
    let session = session(act, cluster, place)?;
    let list = input::<ListObjectsV2>(json!({
        "Bucket": place.bucket, "Prefix": place.prefix(), "Delimiter": "/", "MaxKeys": 1,
    }))?;
    act.read_in(&session, list).map(drop).map_err(|fault| refused(&fault, place, "GET", &session))
}

/// `dbutils.fs.ls`
///
/// # Errors
/// Why not.
pub fn list(act: &mut Act<'_, '_>, cluster: &ClusterRow, path: &str) -> Result<Listed, Exception> {
    let place = place(act, cluster, path)?;
    let session = session(act, cluster, &place)?;
    let prefix = place.prefix();
    let list = input::<ListObjectsV2>(json!({
        "Bucket": place.bucket, "Prefix": prefix, "Delimiter": "/",
    }))?;
    let page = act.read_in(&session, list);
    let page: Page = output(page.map_err(|fault| refused(&fault, &place, "GET", &session))?)?;
    let exists =
        place.key.is_empty() || !page.contents.is_empty() || !page.common_prefixes.is_empty();
    if !exists {
        return only(act, &session, &place);
    }
    let name = |key: &str| key.strip_prefix(prefix.as_str()).unwrap_or(key).to_owned();
    let file = |key: &str, size: u64, modified: i64| {
        let name = name(key);
        File { path: format!("{}/{name}", place.shown), name, size, modified }
    };
    let objects = page.contents.iter().filter(|object| object.key != prefix);
    let mut files: Vec<File> =
        objects.map(|object| file(&object.key, object.size, object.last_modified)).collect();
    files.extend(page.common_prefixes.iter().map(|folder| file(&folder.prefix, 0, 0)));
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Listed { files, truncated: page.is_truncated })
}

/// A path that no other begins with is itself a file, or nothing.
fn only(act: &mut Act<'_, '_>, session: &Session, place: &Place) -> Result<Listed, Exception> {
    let head = act.read_in(session, HeadObject::of(&place.bucket, &place.key));
    let head: Head = output(head.map_err(|fault| refused(&fault, place, "HEAD", session))?)?;
    let name = place.key.rsplit('/').next().unwrap_or(&place.key).to_owned();
    let file = File {
        path: place.shown.clone(),
        name,
        size: head.content_length,
        modified: head.last_modified,
    };
    Ok(Listed { files: vec![file], truncated: false })
}

/// `dbutils.fs.head`, whose limit of 65,536 bytes is not reached here: a write of rolecall's store reads what
/// stands in rows, and that is less.
///
/// # Errors
/// Why not.
pub fn head(act: &mut Act<'_, '_>, cluster: &ClusterRow, path: &str) -> Result<String, Exception> {
    let place = place(act, cluster, path)?;
    let session = session(act, cluster, &place)?;
    let got = act.read_in(&session, GetObject::of(&place.bucket, &place.key));
    let got = got.map_err(|fault| refused(&fault, &place, "GET", &session))?;
    let Some(bytes) = got.inline() else {
        return Err(too_large("reads", &place, got.content_length, "S3 allowed it"));
    };
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// `dbutils.fs.put`, over what is there.
///
/// # Errors
/// Why not.
pub fn put(
    act: &mut Act<'_, '_>,
    cluster: &ClusterRow,
    path: &str,
    contents: &str,
) -> Result<(), Exception> {
    let place = place(act, cluster, path)?;
    let session = session(act, cluster, &place)?;
    let Some(received) = Received::inline(contents.as_bytes()) else {
        return Err(too_large("writes", &place, contents.len() as u64, "S3 was not asked"));
    };
    let (algorithm, key) = match &place.encryption {
        Encryption::OfBucket => (None, None),
        Encryption::SseS3 => (Some("AES256"), None),
        Encryption::SseKms(key) => (Some("aws:kms"), key.as_deref()),
    };
    let put = input::<PutObject>(json!({
        "Bucket": place.bucket, "Key": place.key,
        "ServerSideEncryption": algorithm, "SSEKMSKeyId": key,
    }))?;
    let put = act.write_in(&session, put.with_received(received));
    put.map(drop).map_err(|fault| refused(&fault, &place, "PUT", &session))
}

fn place(act: &Act<'_, '_>, cluster: &ClusterRow, path: &str) -> Result<Place, Exception> {
    Place::of_path(act.aws.tx, &cluster.workspace, path)
}

fn session(
    act: &mut Act<'_, '_>,
    cluster: &ClusterRow,
    place: &Place,
) -> Result<Session, Exception> {
    driver::session(act, cluster).map_err(|why| {
        let text = format!(
            "{}: org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by \
             InstanceProfileCredentialsProvider: {why}",
            place.url()
        );
        Exception::jvm("java.nio.file.AccessDeniedException", &text)
    })
}

/// What the file system of the JVM makes of a refusal of S3's.
fn refused(fault: &AwsFault, place: &Place, method: &str, session: &Session) -> Exception {
    let url = place.url();
    match fault.code {
        "AccessDenied" => {
            let text = format!(
                "{url}: getFileStatus on {url}: com.amazonaws.services.s3.model.AmazonS3Exception: {}; request: \
                 {method} https://{}.s3.{}.amazonaws.com {} (Service: Amazon S3; Status Code: 403; Error Code: \
                 AccessDenied)",
                fault.message, place.bucket, session.region, place.key
            );
            Exception::jvm("java.nio.file.AccessDeniedException", &text)
        }
        "NoSuchBucket" => {
            let text = format!("Bucket {} does not exist", place.bucket);
            Exception::jvm("java.io.FileNotFoundException", &text)
        }
        "NoSuchKey" | "NotFound" => {
            let text = format!("No such file or directory: {url}");
            Exception::jvm("java.io.FileNotFoundException", &text)
        }
        "NotImplemented" => Exception::NotModelled(fault.message.clone()),
        code => Exception::jvm("java.io.IOException", &format!("{url}: {code}: {}", fault.message)),
    }
}

fn too_large(verb: &str, place: &Place, bytes: u64, s3: &str) -> Exception {
    Exception::NotModelled(format!(
        "a command {verb} up to {MAX_INLINE_BYTES} bytes in rolecall, and {} has {bytes}. {s3}; to move more with the \
         cluster's credentials: rolecall exec INSTANCE -- COMMAND",
        place.url()
    ))
}

fn input<O: DeserializeOwned>(input: Value) -> Result<O, Exception> {
    serde_json::from_value(input).map_err(|error| Exception::NotModelled(error.to_string()))
}

fn output<T: DeserializeOwned>(output: impl serde::Serialize) -> Result<T, Exception> {
    let value = serde_json::to_value(output).and_then(serde_json::from_value);
    value.map_err(|error| Exception::NotModelled(error.to_string()))
}

/// A page of S3's.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    contents: Vec<Object>,
    common_prefixes: Vec<Folder>,
    is_truncated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Object {
    key: String,
    size: u64,
    last_modified: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Folder {
    prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Head {
    content_length: u64,
    last_modified: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_where_it_gets_too_long() {
        let file = |name: String| File { path: String::new(), name, size: 1, modified: 2 };
        let shown = |file: &File| file.repr().len();
        let empty = shown(&file(String::new()));
        let longest = file("x".repeat(MAX_LISTED_BYTES - "[".len() - empty));
        let longer = file("x".repeat(MAX_LISTED_BYTES - "[".len() - empty + 1));
        let of = |files: Vec<File>, truncated| Listed { files, truncated }.repr();
        assert!(!of(vec![longest.clone()], false).1);
        assert_eq!(of(vec![longer], false), ("[]".to_owned(), true));
        let (text, cut) = of(vec![file("a".to_owned()), longest], false);
        assert_eq!(
            (text.as_str(), cut),
            ("[FileInfo(path='', name='a', size=1, modificationTime=2)]", true)
        );
        assert_eq!(of(Vec::new(), true), ("[]".to_owned(), true));
    }
}
